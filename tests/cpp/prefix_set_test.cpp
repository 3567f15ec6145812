#include <startgate/prefix_set.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <random>
#include <utility>
#include <vector>

namespace {

using startgate::address;
using startgate::parse_address;
using startgate::parse_prefix;
using startgate::prefix;
using startgate::prefix_set;

TEST(prefix_set, nothing_is_in_an_empty_set) {
  EXPECT_TRUE(prefix_set().empty());
  EXPECT_FALSE(prefix_set().contains({}));
  EXPECT_FALSE(prefix_set().contains(address::v4(0)));
}

TEST(prefix_set, joins_prefixes_that_overlap) {
  const std::vector<prefix> given{*parse_prefix("10.0.0.0/8"), *parse_prefix("10.1.0.0/16"),     *parse_prefix("10.0.0.0/8"),
                                  *parse_prefix("11.0.0.0/8"), *parse_prefix("255.255.255.255"), *parse_prefix("::/0")};
  const prefix_set set(given);
  EXPECT_EQ(set.size(), 6U);
  for (const char* inside :
       {"10.0.0.0", "10.1.2.3", "10.2.0.0", "11.255.255.255", "255.255.255.255", "::", "ffff::", "::1.2.3.4"})
    EXPECT_TRUE(set.contains(*parse_address(inside))) << inside;
  for (const char* outside : {"9.255.255.255", "12.0.0.0", "255.255.255.254", "0.0.0.0"})
    EXPECT_FALSE(set.contains(*parse_address(outside))) << outside;
}

TEST(prefix_set, agrees_with_a_plain_loop) {
  std::mt19937_64 random(7);
  for (const std::size_t count : {1U, 2U, 3U, 16U, 1'000U}) {
    std::vector<prefix> prefixes;
    for (std::size_t i = 0; i < count; ++i) {
      const bool v4 = random() % 2 == 0;
      const address a = v4 ? address::v4(static_cast<std::uint32_t>(random())) : address{random(), random()};
      prefixes.push_back(prefix::around(a, static_cast<unsigned>(random() % (v4 ? 33 : 129))));
    }
    const prefix_set set(prefixes);
    for (int i = 0; i < 4'000; ++i) {
      const auto& p = prefixes[random() % count];
      const bool near = i % 2 == 0;  // at the edges of what is in the set, or anywhere
      address a = i % 3 == 0 ? address::v4(static_cast<std::uint32_t>(random())) : address{random(), random()};
      if (near) a = {p.network().high, p.network().low + random() % 3 - 1};
      const bool expected = std::ranges::any_of(prefixes, [&](const prefix& q) { return q.contains(a); });
      ASSERT_EQ(set.contains(a), expected) << startgate::print_address(a).view();
    }
  }
}

// As real tables are: the networks of a few providers, all beginning alike, with edges on both sides.
TEST(prefix_set, agrees_with_a_plain_loop_on_networks_that_share_their_leading_bits) {
  std::mt19937_64 random(8);
  for (const char* text : {"2001:db8::/32", "2001:db8::/64", "2001:db8::/100", "10.0.0.0/8", "10.1.0.0/16", "10.1.2.0/28"}) {
    const prefix within = *parse_prefix(text);
    const address free{~within.network().high & within.last().high, ~within.network().low & within.last().low};
    const auto inside = [&] {
      return address{within.network().high | (random() & free.high), within.network().low | (random() & free.low)};
    };
    std::vector<prefix> prefixes;
    for (int i = 0; i < 400; ++i) {
      const unsigned longest = within.is_v4() ? 32 : 128;
      prefixes.push_back(
          prefix::around(inside(), within.length() + static_cast<unsigned>(random() % (longest - within.length() + 1))));
    }
    if (random() % 2 == 0) prefixes.push_back(*parse_prefix("::1"));
    std::erase_if(prefixes, [&](const prefix& p) { return p.length() < within.length() + 2; });
    const prefix_set set(prefixes);
    for (int i = 0; i < 4'000; ++i) {
      const prefix& near = prefixes[random() % prefixes.size()];
      address a = i % 2 == 0 ? inside() : i % 3 == 0 ? near.last() : near.network();
      a.low += random() % 3 - 1;
      const bool expected = std::ranges::any_of(prefixes, [&](const prefix& q) { return q.contains(a); });
      ASSERT_EQ(set.contains(a), expected) << text << ' ' << startgate::print_address(a).view();
    }
  }
}

// Two providers far apart, one of them with single addresses of one /64: no one table tells all of these apart.
TEST(prefix_set, agrees_with_a_search_on_thousands_of_networks_in_two_places) {
  std::mt19937_64 random(9);
  std::vector<prefix> prefixes;
  for (int i = 0; i < 6'000; ++i) {
    const std::uint64_t provider = i % 3 == 0 ? 0x2a00'1450ULL : 0x2001'0db8ULL;
    if (i % 5 == 0)
      prefixes.push_back(prefix({0x2001'0db8'0001'0002ULL, random()}));
    else
      prefixes.push_back(prefix::around({provider << 32 | random() >> 32, random()}, 48 + static_cast<unsigned>(random() % 17)));
  }
  const prefix_set set(prefixes);
  std::vector<std::pair<address, address>> ranges;
  for (const prefix& p : prefixes) ranges.emplace_back(p.network(), p.last());
  std::ranges::sort(ranges);
  for (std::size_t i = 1; i < ranges.size(); ++i) ranges[i].second = std::max(ranges[i].second, ranges[i - 1].second);
  for (int i = 0; i < 100'000; ++i) {
    const prefix& near = prefixes[random() % prefixes.size()];
    address a = i % 3 == 0 ? near.last() : i % 3 == 1 ? near.network() : address{near.network().high ^ random() >> 40, random()};
    a.low += random() % 3 - 1;
    const auto after = std::ranges::upper_bound(ranges, a, {}, &std::pair<address, address>::first);
    ASSERT_EQ(set.contains(a), after != ranges.begin() && a <= std::prev(after)->second) << startgate::print_address(a).view();
  }
}

}  // namespace
