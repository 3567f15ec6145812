#include <startgate/prefix.hpp>

#include <gtest/gtest.h>

#include <string>

namespace {

using startgate::limit_key;
using startgate::parse_address;
using startgate::parse_prefix;
using startgate::prefix;
using startgate::prefix_error;
using startgate::print_address;
using startgate::print_prefix;

constexpr auto ten = parse_prefix("10.0.0.0/8");
static_assert(ten->contains(*parse_address("10.255.0.1")));
static_assert(limit_key(*parse_address("2001:db8:1:2:3::4")).network == *parse_address("2001:db8:1:2::"));

prefix_error error_of(const char* text) {
  const auto p = parse_prefix(text);
  EXPECT_FALSE(p.has_value()) << text;
  return p ? prefix_error{255} : p.error();
}

std::string spelled(const char* text) { return std::string(print_prefix(*parse_prefix(text)).view()); }

TEST(prefix, reads_networks_and_single_addresses) {
  EXPECT_EQ(spelled("10.0.0.0/8"), "10.0.0.0/8");
  EXPECT_EQ(spelled("0.0.0.0/0"), "0.0.0.0/0");
  EXPECT_EQ(spelled("192.0.2.1"), "192.0.2.1/32");
  EXPECT_EQ(spelled("2001:DB8::/32"), "2001:db8::/32");
  EXPECT_EQ(spelled("::/0"), "::/0");
  EXPECT_EQ(spelled("::1"), "::1/128");
  EXPECT_EQ(spelled("::ffff:10.0.0.0/104"), "10.0.0.0/8");
  EXPECT_EQ(spelled("::ffff:0:0/96"), "0.0.0.0/0");
}

TEST(prefix, names_what_is_wrong) {
  EXPECT_EQ(error_of(""), prefix_error::address_invalid);
  EXPECT_EQ(error_of("/8"), prefix_error::address_invalid);
  EXPECT_EQ(error_of("10.0.0/8"), prefix_error::address_invalid);
  EXPECT_EQ(error_of("10.0.0.0 /8"), prefix_error::address_invalid);
  EXPECT_EQ(error_of("fe80::%eth0/64"), prefix_error::address_invalid);
  for (const char* text :
       {"10.0.0.0/", "10.0.0.0/08", "10.0.0.0/+8", "10.0.0.0/-8", "10.0.0.0/8 ", "10.0.0.0/255.0.0.0", "10.0.0.0/8/8"})
    EXPECT_EQ(error_of(text), prefix_error::length_invalid) << text;
  for (const char* text : {"10.0.0.0/33", "::/129", "::ffff:10.0.0.0/129", "10.0.0.0/4294967304"})
    EXPECT_EQ(error_of(text), prefix_error::length_too_long) << text;
  EXPECT_EQ(error_of("10.0.0.1/8"), prefix_error::host_bits_set);
  EXPECT_EQ(error_of("2001:db8::1/32"), prefix_error::host_bits_set);
  EXPECT_EQ(error_of("10.0.0.1/0"), prefix_error::host_bits_set);
}

TEST(prefix, every_error_has_its_own_sentence) {
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(sentence_of(prefix_error(i)).empty());
  EXPECT_TRUE(sentence_of(prefix_error(5)).empty());
}

TEST(prefix, cve_2026_90711_ghsa_jqcg_44mw_7w3h_a_mapped_prefix_shorter_than_96_is_refused) {
  EXPECT_EQ(error_of("::ffff:10.0.0.0/8"), prefix_error::mapped_too_short);
  EXPECT_EQ(error_of("::ffff:0:0/95"), prefix_error::mapped_too_short);
  EXPECT_EQ(error_of("::ffff:0.0.0.0/0"), prefix_error::mapped_too_short);
  EXPECT_EQ(error_of("::ffff:a00:0/8"), prefix_error::mapped_too_short);
}

TEST(prefix, cve_2021_29418_cve_2021_29424_cve_2021_4456_a_leading_zero_is_refused) {
  EXPECT_EQ(error_of("010.0.0.0/8"), prefix_error::address_invalid);
  EXPECT_EQ(error_of("10.0.0.0/08"), prefix_error::length_invalid);
  EXPECT_EQ(error_of("0127.0.0.1"), prefix_error::address_invalid);
}

TEST(prefix, an_ipv6_prefix_holds_no_ipv4_address) {
  const auto all6 = *parse_prefix("::/0");
  EXPECT_TRUE(all6.contains(*parse_address("2001:db8::1")));
  EXPECT_FALSE(all6.contains(*parse_address("192.0.2.1")));
  EXPECT_FALSE(all6.contains(*parse_address("::ffff:192.0.2.1")));
  EXPECT_FALSE(parse_prefix("::/80")->contains(*parse_address("192.0.2.1")));
  EXPECT_FALSE(parse_prefix("0.0.0.0/0")->contains(*parse_address("::1.2.3.4")));
}

TEST(prefix, contains_what_shares_its_leading_bits) {
  for (unsigned bits = 0; bits <= 32; ++bits) {
    const startgate::address first{0x5555'5555'5555'5555, 0xaaaa'aaaa'aaaa'aaaa};
    const unsigned n = bits * 4;
    const prefix p{startgate::detail::keep_bits(first, n), static_cast<std::uint8_t>(n)};
    EXPECT_TRUE(p.contains(first)) << n;
    if (n == 0) continue;
    auto other = first;  // the last bit that counts, flipped
    (n <= 64 ? other.high : other.low) ^= 1ULL << ((64 - n % 64) % 64);
    EXPECT_FALSE(p.contains(other)) << n;
    if (n == 128) continue;
    auto same = first;  // the first bit that does not
    (n < 64 ? same.high : same.low) ^= 1ULL << (63 - n % 64);
    EXPECT_TRUE(p.contains(same)) << n;
  }
}

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
}

}  // namespace
