#include <startgate/limit_key.hpp>

#include <gtest/gtest.h>

#include <string>

namespace {

using startgate::limit_key;
using startgate::parse_address;
using startgate::print_prefix;

static_assert(limit_key(*parse_address("2001:db8:1:2:3::4")).network() == *parse_address("2001:db8:1:2::"));

TEST(limit_key, cve_2026_45364_ghsa_p6v2_xcpg_h6xw_addresses_of_one_64_share_a_key) {
  const auto key = limit_key(*parse_address("2001:db8:1:2::1"));
  EXPECT_EQ(print_prefix(key).view(), "2001:db8:1:2::/64");
  for (const char* text :
       {"2001:db8:1:2::2", "2001:DB8:1:2:ffff:ffff:ffff:ffff", "2001:db8:0001:0002:0:0:0:0", "2001:db8:1:2::1.2.3.4"})
    EXPECT_EQ(limit_key(*parse_address(text)), key) << text;
  EXPECT_NE(limit_key(*parse_address("2001:db8:1:3::1")), key);
  EXPECT_EQ(limit_key(*parse_address("::ffff:192.0.2.1")), limit_key(*parse_address("192.0.2.1")));
  EXPECT_NE(limit_key(*parse_address("192.0.2.2")), limit_key(*parse_address("192.0.2.1")));
}

TEST(limit_key, express_rate_limit_pull_667_the_key_is_decided_by_bits_and_not_by_spelling) {
  EXPECT_EQ(print_prefix(limit_key(*parse_address("::ffff:102:304"), {.ipv6_prefix = 56})).view(), "1.2.3.4/32");
  EXPECT_EQ(print_prefix(limit_key(*parse_address("2001:db8::1.2.3.4"), {.ipv6_prefix = 56})).view(), "2001:db8::/56");
}

TEST(limit_key, takes_other_lengths_and_keeps_them_apart) {
  const auto a = *parse_address("2001:db8:aaaa:bbcc::1");
  const auto by = [&](std::uint8_t bits) { return std::string(print_prefix(limit_key(a, {.ipv6_prefix = bits})).view()); };
  EXPECT_EQ(by(64), "2001:db8:aaaa:bbcc::/64");
  EXPECT_EQ(by(56), "2001:db8:aaaa:bb00::/56");
  EXPECT_EQ(by(48), "2001:db8:aaaa::/48");
  EXPECT_EQ(by(128), "2001:db8:aaaa:bbcc::1/128");
  const auto b = *parse_address("2001:db8:aaaa::1");
  EXPECT_NE(limit_key(b, {.ipv6_prefix = 48}), limit_key(b, {.ipv6_prefix = 64}));
}

TEST(limit_key, unwraps_nat64_and_6to4_only_where_asked) {
  const auto nat64 = *parse_address("64:ff9b::192.0.2.1"), six = *parse_address("2002:c000:201:7::1");
  EXPECT_EQ(print_prefix(limit_key(nat64)).view(), "64:ff9b::/64");
  EXPECT_EQ(print_prefix(limit_key(six)).view(), "2002:c000:201:7::/64");
  EXPECT_EQ(print_prefix(limit_key(nat64, {.fold_nat64 = true})).view(), "192.0.2.1/32");
  EXPECT_EQ(print_prefix(limit_key(six, {.fold_6to4 = true})).view(), "192.0.2.1/32");
  EXPECT_EQ(print_prefix(limit_key(*parse_address("64:ff9b:1::192.0.2.1"), {.fold_nat64 = true})).view(), "64:ff9b:1::/64");
  EXPECT_EQ(print_prefix(limit_key(*parse_address("64:ff9b::1:192.0.2.1"), {.fold_nat64 = true})).view(), "64:ff9b::/64");
  EXPECT_EQ(print_prefix(limit_key(*parse_address("2001:db8::1"), {.fold_6to4 = true})).view(), "2001:db8::/64");
}

}  // namespace
