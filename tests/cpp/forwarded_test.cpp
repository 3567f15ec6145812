#include <startgate/forwarded.hpp>

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>

namespace {

using startgate::parse_address;
using startgate::parse_forwarded_element;
using startgate::parse_forwarded_node;

constexpr std::string_view last_element(std::string_view line) {
  return line.substr(startgate::detail::last_element_start(line));
}

static_assert(parse_forwarded_element("for=192.0.2.60;proto=http;by=203.0.113.43") == parse_address("192.0.2.60"));

TEST(forwarded, reads_the_elements_of_rfc_7239) {
  EXPECT_EQ(parse_forwarded_element("For=\"[2001:db8:cafe::17]:4711\""), parse_address("2001:db8:cafe::17"));
  EXPECT_EQ(parse_forwarded_element("for=192.0.2.43"), parse_address("192.0.2.43"));
  EXPECT_EQ(parse_forwarded_element("FOR=\"192.0.2.43:47011\""), parse_address("192.0.2.43"));
  EXPECT_EQ(parse_forwarded_element("by=203.0.113.60;for=192.0.2.43;host=\"a,b;c=\\\"d\\\"\""), parse_address("192.0.2.43"));
  EXPECT_EQ(parse_forwarded_element("for=192.0.2.43;"), parse_address("192.0.2.43"));  // empty pairs are legal
  EXPECT_EQ(parse_forwarded_element(";;for=192.0.2.43;;proto=http"), parse_address("192.0.2.43"));
  EXPECT_EQ(parse_forwarded_element("for=\"\\1\\9\\2.0.2.43\""), parse_address("192.0.2.43"));  // so are needless escapes
  EXPECT_EQ(parse_forwarded_element("ext=!;for=1.1.1.1"), parse_address("1.1.1.1"));
}

TEST(forwarded, a_valid_element_may_name_nobody) {
  for (const char* text :
       {"", ";", "proto=https", "for=unknown", "for=_hidden", "for=\"_SEVKISEK\"", "for=\"unknown:80\"", "for=\"\""})
    EXPECT_FALSE(parse_forwarded_element(text)) << text;
}

TEST(forwarded, refuses_what_breaks_the_grammar) {
  for (const char* text : {"1.1.1.1",
                           "for",
                           "for=",
                           "=1.1.1.1",
                           "for =1.1.1.1",
                           "for= 1.1.1.1",
                           "for=1.1.1.1; proto=http",
                           "for=1.1.1.1 ;proto=http",
                           "for=1.1.1.1:80",
                           "for=[2001:db8::1]",
                           "for=2001:db8::1",
                           "for=\"2001:db8::1\"",
                           "for=\"[1.1.1.1]\"",
                           "for=\"1.1.1.1",
                           "for=1.1.1.1\"",
                           "for=\"1.1.1.1\"x",
                           "for=1.1.1.1;for=2.2.2.2",
                           "for=1.1.1.1;FOR=1.1.1.1",
                           "by=_a;for=1.1.1.1;by=_b",
                           "for='1.1.1.1'",
                           "for=\"1.1.1.1\\",
                           "for=\"1.1.1.1\n\"",
                           "for=\" 1.1.1.1\"",
                           "for=\"010.1.1.1\"",
                           "for=1.1.1.1;x",
                           "for=1.1.1.1;x=\"a\"\"b\"",
                           "for=1.1.1.1;host=\"a\rb\"",
                           "for=1.1.1.1;host=\"a\x7f\"",
                           "for=1.1.1.1;host=\"a\\\x01\""})
    EXPECT_FALSE(parse_forwarded_element(text)) << text;
}

TEST(forwarded, takes_sixteen_pairs_in_an_element_and_no_more) {
  std::string element = "for=1.1.1.1";
  for (int i = 1; i < 16; ++i) element += ";p" + std::to_string(i) + "=x";
  EXPECT_EQ(parse_forwarded_element(element), parse_address("1.1.1.1"));
  for (int i = 16; i < 40; ++i) EXPECT_FALSE(parse_forwarded_element(element += ";p" + std::to_string(i) + "=x")) << i;
}

TEST(forwarded, ports_are_five_digits_or_obfuscated) {
  EXPECT_EQ(parse_forwarded_node("1.1.1.1:99999"), parse_address("1.1.1.1"));  // legal text in section 6
  EXPECT_EQ(parse_forwarded_node("1.1.1.1:_a.b-c_D"), parse_address("1.1.1.1"));
  EXPECT_EQ(parse_forwarded_node("[2001:db8::1]:_x"), parse_address("2001:db8::1"));
  EXPECT_EQ(parse_forwarded_node("[::ffff:1.1.1.1]"), parse_address("1.1.1.1"));
  for (const char* text : {"1.1.1.1:", "1.1.1.1:123456", "1.1.1.1:_", "1.1.1.1:_a!", "1.1.1.1:x", "1.1.1.1:8_", "[2001:db8::1",
                           "[2001:db8::1]80", "[]"})
    EXPECT_FALSE(parse_forwarded_node(text)) << text;
  EXPECT_FALSE(parse_forwarded_node("1.1.1.1:_" + std::string(200, 'a')));
}

TEST(forwarded, splits_at_commas_outside_quotes_only) {
  EXPECT_EQ(last_element("for=1.1.1.1;host=\"x, for=10.6.6.6\""), "for=1.1.1.1;host=\"x, for=10.6.6.6\"");
  EXPECT_EQ(last_element("for=1.1.1.1, for=2.2.2.2"), " for=2.2.2.2");
  EXPECT_EQ(last_element("for=1.1.1.1,"), "");
  EXPECT_EQ(last_element("a=\"\\\\\",b=\"\\\",\\\"\""), "b=\"\\\",\\\"\"");
}

TEST(forwarded, an_unterminated_quote_on_the_left_swallows_nothing) {
  for (const std::string caller :
       {"for=\"6.6.6.6", "x=\"", "\"", "x=\"\\", "x=\"\\\"", "for=6.6.6.6;x=\"\\\\\\", "\",\"", "=\"=\"=\""})
    EXPECT_EQ(last_element(caller + ", for=2.2.2.2;host=\"a,\\\"b\""), " for=2.2.2.2;host=\"a,\\\"b\"") << caller;
}

// What the proxy wrote is quoted as it should be, whatever the caller put into the Host that the proxy copied.
TEST(forwarded, a_hostile_host_inside_the_proxys_element_stays_inside) {
  for (const std::string host : {",for=6.6.6.6,", "\",for=6.6.6.6,x=\"", "\\", "\\\"", "\",\"", ",\\\\\","}) {
    std::string quoted;
    for (const char c : host) quoted += (c == '"' || c == '\\') ? std::string{'\\', c} : std::string(1, c);
    for (const std::string caller : {"", "for=6.6.6.6, ", "x=\", "}) {
      const std::string element = "for=2.2.2.2;host=\"" + quoted + "\"";
      EXPECT_EQ(last_element(caller + "," + element), element);
      EXPECT_EQ(parse_forwarded_element(element), parse_address("2.2.2.2"));
    }
  }
}

}  // namespace
