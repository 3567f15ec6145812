#include <startgate/prefix.hpp>

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <type_traits>

namespace {

using startgate::address;
using startgate::parse_address;
using startgate::parse_prefix;
using startgate::prefix;
using startgate::prefix_error;
using startgate::print_prefix;

constexpr auto ten = parse_prefix("10.0.0.0/8");
static_assert(ten->contains(*parse_address("10.255.0.1")));

// A network that makes no sense cannot be written down: there is no way around the checks.
static_assert(!std::is_aggregate_v<prefix>);
static_assert(!std::is_constructible_v<prefix, address, int>);
static_assert(!std::is_default_constructible_v<prefix>);
constexpr auto made = prefix::make(*parse_address("10.0.0.0"), 8);
static_assert(*made == *ten);

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

TEST(prefix, is_made_of_an_address_and_a_length_that_fit_each_other) {
  const auto error = [](const char* a, unsigned length) { return prefix::make(*parse_address(a), length).error(); };
  EXPECT_EQ(error("10.0.0.0", 33), prefix_error::length_too_long);
  EXPECT_EQ(error("10.0.0.0", 104), prefix_error::length_too_long);  // the length of an IPv4 prefix is the written one
  EXPECT_EQ(error("2001:db8::", 129), prefix_error::length_too_long);
  EXPECT_EQ(error("10.0.0.1", 8), prefix_error::host_bits_set);
  EXPECT_EQ(error("10.0.0.0", 4), prefix_error::host_bits_set);
  EXPECT_EQ(error("2001:db8::1", 64), prefix_error::host_bits_set);
  EXPECT_EQ(print_prefix(*prefix::make(*parse_address("::ffff:10.0.0.0"), 8)).view(), "10.0.0.0/8");
  EXPECT_EQ(print_prefix(prefix(*parse_address("10.0.0.1"))).view(), "10.0.0.1/32");
}

TEST(prefix, around_an_address_is_its_network_of_that_length) {
  const auto around = [](const char* a, unsigned length) {
    return std::string(print_prefix(prefix::around(*parse_address(a), length)).view());
  };
  EXPECT_EQ(around("10.1.2.3", 8), "10.0.0.0/8");
  EXPECT_EQ(around("10.1.2.3", 0), "0.0.0.0/0");
  EXPECT_EQ(around("2001:db8:1:2:3::4", 64), "2001:db8:1:2::/64");
  EXPECT_EQ(around("10.1.2.3", 64), "10.1.2.3/32");  // no longer than an address is
  EXPECT_EQ(around("2001:db8::1", 500), "2001:db8::1/128");
}

TEST(prefix, parse_of_print_is_identity) {
  std::mt19937_64 random(20261124);
  for (int i = 0; i < 100'000; ++i) {
    const bool v4 = i % 3 == 0;
    const address a = v4 ? address::v4(static_cast<std::uint32_t>(random())) : address{random(), random()};
    const prefix p = prefix::around(a, static_cast<unsigned>(random() % (v4 ? 33 : 129)));
    ASSERT_EQ(*parse_prefix(print_prefix(p).view()), p) << print_prefix(p).view();
    ASSERT_TRUE(p.contains(a));
  }
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
    const address first{0x5555'5555'5555'5555, 0xaaaa'aaaa'aaaa'aaaa};
    const unsigned n = bits * 4;
    const prefix p = prefix::around(first, n);
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

}  // namespace
