#include <startgate/ip.hpp>

#include <arpa/inet.h>
#include <gtest/gtest.h>

#include <array>
#include <random>
#include <string>

namespace {

using startgate::address;
using startgate::parse_address;
using startgate::print_address;

static_assert(parse_address("192.0.2.1") == address::v4(0xc000'0201));
static_assert(parse_address("::1") == address{0, 1});
static_assert(print_address(address{0x2001'0db8'0000'0000, 1}).view() == "2001:db8::1");

std::string spelled(const char* text) {
  const auto a = parse_address(text);
  return a ? std::string(print_address(*a).view()) : "refused";
}

TEST(ip, prints_as_rfc_5952_says) {
  EXPECT_EQ(spelled("2001:DB8:0:0:0:0:0:1"), "2001:db8::1");
  EXPECT_EQ(spelled("2001:0db8::0001"), "2001:db8::1");
  EXPECT_EQ(spelled("2001:db8::1:1:1:1:1"), "2001:db8:0:1:1:1:1:1");  // section 4.2.2: one group is not shortened
  EXPECT_EQ(spelled("2001:0:0:1:0:0:0:1"), "2001:0:0:1::1");          // the longest run
  EXPECT_EQ(spelled("2001:db8:0:0:1:0:0:1"), "2001:db8::1:0:0:1");    // the first of equals
  EXPECT_EQ(spelled("::"), "::");
  EXPECT_EQ(spelled("1::"), "1::");
  EXPECT_EQ(spelled("::1"), "::1");
  EXPECT_EQ(spelled("1:2:3:4:5:6:7::"), "1:2:3:4:5:6:7:0");
  EXPECT_EQ(spelled("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255"), "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
}

TEST(ip, a_mapped_address_is_the_ipv4_address) {
  for (const char* text : {"::ffff:1.2.3.4", "::FFFF:102:304", "0:0:0:0:0:ffff:102:304", "0000::ffff:0102:0304"}) {
    EXPECT_EQ(parse_address(text), parse_address("1.2.3.4")) << text;
    EXPECT_EQ(spelled(text), "1.2.3.4");
  }
  EXPECT_TRUE(parse_address("::ffff:1.2.3.4")->is_v4());
}

TEST(ip, no_other_embedding_is_unwrapped) {
  EXPECT_EQ(spelled("::1.2.3.4"), "::102:304");
  EXPECT_EQ(spelled("64:ff9b::1.2.3.4"), "64:ff9b::102:304");
  EXPECT_EQ(spelled("2002:102:304::"), "2002:102:304::");
  EXPECT_EQ(spelled("::ffff:0:1.2.3.4"), "::ffff:0:102:304");
  EXPECT_EQ(spelled("2001:db8::1.2.3.4"), "2001:db8::102:304");
}

TEST(ip, refuses_what_is_no_plain_literal) {
  for (const char* text : {"",
                           " ",
                           "localhost",
                           "unknown",
                           "_hidden",
                           "1.2.3",
                           "1.2.3.4.5",
                           "1.2.3.4 ",
                           " 1.2.3.4",
                           "1.2.3.256",
                           "1..2.3",
                           "1.2.3.",
                           ".1.2.3",
                           "...",
                           "1.2.3.4:80",
                           "[::1]",
                           "[1.2.3.4]",
                           "fe80::1%eth0",
                           "1.2.3.4%1",
                           ":",
                           ":::",
                           "1:",
                           ":1",
                           "1:2",
                           "1:2:3:4:5:6:7:8:9",
                           "1::2::3",
                           "12345::",
                           "::g",
                           "::1.2.3",
                           "1.2.3.4::",
                           "::1.2.3.4:5",
                           "1:2:3:4:5:6:7:1.2.3.4",
                           "1:2:3:4::5:6:7:8",
                           "::1/128",
                           "1.2.3.4/32",
                           "-1.2.3.4",
                           "+1.2.3.4",
                           "1.2.3.4\n",
                           "::ffff:01.2.3.4"})
    EXPECT_FALSE(parse_address(text)) << text;
  EXPECT_FALSE(parse_address(std::string_view("1.2.3.4\0", 8)));
}

TEST(ip, cve_2021_29921_cve_2021_29922_cve_2021_29923_cve_2021_28918_leading_zeros_are_refused) {
  for (const char* text : {"010.1.1.1", "10.01.1.1", "0177.0.0.1", "00.0.0.0", "127.0.0.01", "1.2.3.04", "::ffff:010.1.1.1"})
    EXPECT_FALSE(parse_address(text)) << text;
}

TEST(ip, cve_2023_42282_cve_2024_29415_short_and_hexadecimal_ipv4_are_refused) {
  for (const char* text : {"127.1", "0x7f.1", "0x7f.0.0.1", "0x7f000001", "2130706433", "017700000001", "127.0.1", "0"})
    EXPECT_FALSE(parse_address(text)) << text;
}

TEST(ip, ghsa_p6v2_xcpg_h6xw_every_spelling_is_one_value) {
  for (const char* text : {"2001:db8::ab:0:0:1", "2001:DB8::AB:0:0:1", "2001:db8:0:0:00ab::1",
                           "2001:0db8:0000:0000:00ab:0000:0000:0001", "2001:db8::ab:0:0.0.0.1"})
    EXPECT_EQ(spelled(text), "2001:db8::ab:0:0:1");
}

TEST(ip, parse_of_print_is_identity) {
  std::mt19937_64 random(20261124);
  for (int i = 0; i < 200'000; ++i) {
    address a{random(), random()};
    for (int group = 0; group < 8; ++group)  // most groups zero, so that runs of every length and place come up
      if (random() % 3 != 0) (group < 4 ? a.high : a.low) &= ~(0xffffULL << (group % 4 * 16));
    if (i % 4 == 0) a = address::v4(static_cast<std::uint32_t>(random()));
    const auto text = print_address(a);
    ASSERT_EQ(parse_address(text.view()), a) << text.view();
    ASSERT_EQ(address::from_bytes(bytes_of(a)), a) << text.view();
  }
}

// One character inserted, dropped, replaced or repeated, up to four times over.
std::string mutated(std::string text, std::mt19937_64& random) {
  constexpr std::string_view alphabet = "0123456789abcdefABCDEF:::....%/[] xg";
  for (auto n = random() % 5; n-- > 0;) {
    const auto at = text.empty() ? 0 : random() % text.size();
    const char c = alphabet[random() % alphabet.size()];
    switch (random() % 4) {
      case 0: text.insert(at, 1, c); break;
      case 1: text.erase(at, 1); break;
      case 2:
        if (!text.empty()) text[at] = c;
        break;
      default: text.insert(at, text.substr(at, random() % 6)); break;
    }
  }
  return text;
}

TEST(ip, agrees_with_inet_pton_on_a_million_mutated_strings) {
  std::mt19937_64 random(4);
  constexpr const char* seeds[] = {"192.0.2.1",
                                   "255.255.255.255",
                                   "0.0.0.0",
                                   "::",
                                   "::1",
                                   "2001:db8::1",
                                   "2001:db8:1:2:3:4:5:6",
                                   "::ffff:192.0.2.1",
                                   "64:ff9b::192.0.2.1",
                                   "1:2:3:4:5:6:7::",
                                   "::2:3:4:5:6:7:8",
                                   "1:2:3:4:5:6:1.2.3.4",
                                   "fe80::1"};
  int accepted = 0;
  for (int i = 0; i < 1'000'000; ++i) {
    const std::string text = mutated(seeds[random() % std::size(seeds)], random);
    std::optional<address> expected;
    std::array<std::uint8_t, 16> bytes;
    in_addr v4;
    if (inet_pton(AF_INET, text.c_str(), &v4) == 1)
      expected = address::v4(ntohl(v4.s_addr));
    else if (inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1)
      expected = address::from_bytes(bytes);
    ASSERT_EQ(parse_address(text), expected) << text;
    accepted += expected.has_value();
  }
  EXPECT_GT(accepted, 200'000);  // both sides of the grammar were exercised
  EXPECT_LT(accepted, 800'000);
}

}  // namespace
