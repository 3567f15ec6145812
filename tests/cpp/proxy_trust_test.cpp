#include <startgate/proxy_trust.hpp>

#include <gtest/gtest.h>

#include <set>

namespace {

using startgate::address;
using startgate::forwarding_header;
using startgate::parse_address;
using startgate::parse_prefix;
using startgate::proxy_trust;
using startgate::proxy_trust_error;

const address inside = *parse_address("10.1.2.3"), outside = *parse_address("192.0.2.1");

TEST(proxy_trust, trusts_nobody_unless_told) {
  EXPECT_FALSE(proxy_trust().trusts(inside, 0));
  EXPECT_FALSE(proxy_trust::make({})->trusts(*parse_address("127.0.0.1"), 0));
}

TEST(proxy_trust, by_prefix_by_count_and_where_both_agree) {
  const auto by_prefix = proxy_trust::make({.trusted_proxies = {*parse_prefix("10.0.0.0/8")}});
  EXPECT_TRUE(by_prefix->trusts(inside, 15));
  EXPECT_FALSE(by_prefix->trusts(outside, 0));
  const auto by_count = proxy_trust::make({.hops = 2});
  EXPECT_TRUE(by_count->trusts(outside, 1));
  EXPECT_FALSE(by_count->trusts(outside, 2));
  const auto both = proxy_trust::make({.trusted_proxies = {*parse_prefix("10.0.0.0/8")}, .hops = 2});
  EXPECT_TRUE(both->trusts(inside, 1));
  EXPECT_FALSE(both->trusts(outside, 1));
  EXPECT_FALSE(both->trusts(inside, 2));
}

TEST(proxy_trust, knows_the_two_lists_by_name_in_any_case) {
  EXPECT_EQ(proxy_trust::make({.header = "X-Forwarded-FOR"})->kind(), forwarding_header::x_forwarded_for);
  EXPECT_EQ(proxy_trust::make({.header = "Forwarded"})->kind(), forwarding_header::forwarded);
  EXPECT_EQ(proxy_trust::make({.header = "x-real-ip"})->kind(), forwarding_header::single);
}

TEST(proxy_trust, cannot_be_made_from_settings_that_make_no_sense) {
  for (const char* name : {"", "x forwarded for", "x-forwarded-for:", "a,b", "\xc3\xa9"})
    EXPECT_EQ(proxy_trust::make({.header = name}).error(), proxy_trust_error::header_name_invalid) << name;
  EXPECT_EQ(proxy_trust::make({.hops = 0}).error(), proxy_trust_error::hops_out_of_range);
  EXPECT_EQ(proxy_trust::make({.hops = 17}).error(), proxy_trust_error::hops_out_of_range);
  EXPECT_EQ(proxy_trust::make({.hops = 1, .header = "x-real-ip"}).error(), proxy_trust_error::hops_need_a_list);
  std::set<std::string_view> sentences;
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(sentences.insert(sentence_of(proxy_trust_error(i))).second);
}

}  // namespace
