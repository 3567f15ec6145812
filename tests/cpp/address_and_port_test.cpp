#include <startgate/address_and_port.hpp>

#include <gtest/gtest.h>

#include <string>

namespace {

using startgate::parse_address;
using startgate::parse_address_and_port;

TEST(address_and_port, a_port_is_dropped_where_brackets_or_a_single_colon_mark_it) {
  EXPECT_EQ(parse_address_and_port("1.2.3.4"), parse_address("1.2.3.4"));
  EXPECT_EQ(parse_address_and_port("1.2.3.4:0"), parse_address("1.2.3.4"));
  EXPECT_EQ(parse_address_and_port("1.2.3.4:65535"), parse_address("1.2.3.4"));
  EXPECT_EQ(parse_address_and_port("[2001:db8::1]"), parse_address("2001:db8::1"));
  EXPECT_EQ(parse_address_and_port("[2001:db8::1]:443"), parse_address("2001:db8::1"));
  EXPECT_EQ(parse_address_and_port("[::ffff:1.2.3.4]:443"), parse_address("1.2.3.4"));
  for (const char* text :
       {"1.2.3.4:", "1.2.3.4:65536", "1.2.3.4:http", "1.2.3.4:+80", "1.2.3.4: 80", "1.2.3.4:000080", "[1.2.3.4]", "[1.2.3.4]:80",
        "[::1", "::1]", "[::1]80", "[::1]:", "[::1]:a", "[::1]:65536", "[]", "[]:80", ":80", "[fe80::1%1]:80", "[[::1]]"})
    EXPECT_FALSE(parse_address_and_port(text)) << text;
}

TEST(address_and_port, uvicorn_1d5dda9_ipv6_without_brackets_is_not_cut_at_its_last_colon) {
  EXPECT_EQ(parse_address_and_port("2001:db8::1"), parse_address("2001:db8::1"));
  EXPECT_EQ(parse_address_and_port("2001:db8::1:80"), parse_address("2001:db8::1:80"));
  EXPECT_FALSE(parse_address_and_port("2001:db8:1:2:3:4:5:6:80"));
}

TEST(address_and_port, nothing_longer_than_the_longest_form_is_read) {
  const std::string longest = "[0000:0000:0000:0000:0000:ffff:255.255.255.255]:65535";
  EXPECT_EQ(parse_address_and_port(longest), parse_address("255.255.255.255"));
  EXPECT_FALSE(parse_address_and_port(longest + "0"));
}

}  // namespace
