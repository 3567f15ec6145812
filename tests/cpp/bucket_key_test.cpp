#include <startgate/bucket_key.hpp>

#include <gtest/gtest.h>

#include <array>
#include <set>
#include <string>
#include <utility>

namespace {

using namespace startgate;

constexpr bucket_keys keys({1, 2});
using enum bucket_space;

TEST(bucket_key, of_the_same_parts_is_the_same) {
  EXPECT_EQ(keys.of(start_per_identifier, "ada@example.com"), keys.of(start_per_identifier, std::string("ada@example.com")));
}

TEST(bucket_key, tells_apart_parts_that_join_to_the_same_text) {  // zulip 21578: joined key parts collide
  std::set<std::pair<std::uint64_t, std::uint64_t>> seen;
  const auto add = [&](bucket_key k) { EXPECT_TRUE(seen.emplace(k.high, k.low).second); };
  add(keys.of(start_per_identifier));
  add(keys.of(start_per_identifier, ""));
  add(keys.of(start_per_identifier, "", ""));
  add(keys.of(start_per_identifier, "ab", "c"));
  add(keys.of(start_per_identifier, "a", "bc"));
  add(keys.of(start_per_identifier, "abc"));
  add(keys.of(start_per_identifier, "abc", ""));
  add(keys.of(start_per_identifier, "", "abc"));
  add(keys.of(start_per_identifier, std::string("abc\0", 4)));
  add(keys.of(start_per_identifier, std::string("\3\0\0\0\0\0\0\0abc", 11)));
  add(keys.of(brute_force, "abc"));
}

TEST(bucket_key, depends_on_the_seed) {
  EXPECT_NE(keys.of(brute_force, "a"), bucket_keys({1, 3}).of(brute_force, "a"));
  EXPECT_NE(keys.of(brute_force, "a"), bucket_keys({2, 2}).of(brute_force, "a"));
}

TEST(bucket_key, of_a_network_differs_by_bits_length_and_space_and_from_the_same_bytes_as_text) {
  const prefix a = *parse_prefix("2001:db8::/64"), b = *parse_prefix("2001:db8:0:1::/64"), wider = *parse_prefix("2001:db8::/48");
  EXPECT_EQ(keys.of_network(start_per_address, a), keys.of_network(start_per_address, *parse_prefix("2001:db8::/64")));
  EXPECT_NE(keys.of_network(start_per_address, a), keys.of_network(start_per_address, b));
  EXPECT_NE(keys.of_network(start_per_address, a), keys.of_network(start_per_address, wider));
  EXPECT_NE(keys.of_network(start_per_address, a), keys.of_network(refused_per_address, a));
  const auto bytes = bytes_of(a.network());
  EXPECT_NE(keys.of_network(start_per_address, a),
            keys.of(start_per_address, std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size())));
}

TEST(bucket_key, carries_its_space_and_thereby_its_table) {
  for (int i = 0; i <= static_cast<int>(replay); ++i) EXPECT_EQ(keys.of(bucket_space(i), "x").space(), bucket_space(i));
  EXPECT_EQ(origin_of(authentication_api), key_origin::configuration);
  EXPECT_EQ(origin_of(start_per_address), key_origin::address);
  EXPECT_EQ(origin_of(start_per_identifier), key_origin::identifier);
  EXPECT_EQ(origin_of(start_per_transaction), key_origin::identifier);
  EXPECT_EQ(origin_of(brute_force), key_origin::pair);
  EXPECT_EQ(origin_of(replay), key_origin::assertion);
}

TEST(bucket_key, can_be_made_by_the_compiler) {
  constexpr bucket_key k = keys.of(brute_force, "ada@example.com", "192.0.2.1");
  static_assert(k.space() == brute_force);
}

}  // namespace
