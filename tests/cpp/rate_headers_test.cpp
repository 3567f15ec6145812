#include <startgate/rate_headers.hpp>

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <set>
#include <string>

namespace {

using namespace startgate;

constexpr quota per(std::uint64_t count, duration period, std::uint64_t burst) { return *quota::make(count, period, burst); }

constexpr auto tenant = per(100, second, 100);
constexpr auto address = per(50, hour, 50);
constexpr instant t0 = 1'795'514'400 * second;
constexpr std::array<std::uint8_t, 16> caller{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 203, 0, 113, 9};

bucket spent(const quota& q, std::uint64_t n, instant at = t0) { return n == 0 ? bucket{} : take(q, {}, at, n).state; }

std::map<std::string, std::string> fields(std::span<const limit_report> reports, instant now = t0,
                                          std::span<const std::uint8_t, 16> from = caller) {
  std::map<std::string, std::string> out;
  headers_of(reports, now, from).for_each([&](std::string_view name, std::string_view value) { out.emplace(name, value); });
  return out;
}

std::uint64_t retry_after(const limit_report& r, instant now = t0, std::span<const std::uint8_t, 16> from = caller) {
  return std::stoull(fields({&r, 1}, now, from).at("retry-after"));
}

TEST(rate_headers, tell_one_limit_in_the_published_fields) {
  const limit_report r{"start_per_address", address, take(address, {}, t0).outcome};
  const auto f = fields({&r, 1});
  EXPECT_EQ(f.at("x-ratelimit-limit"), "50");
  EXPECT_EQ(f.at("x-ratelimit-remaining"), "49");
  EXPECT_EQ(f.at("x-ratelimit-reset"), "1795514472") << "when one more request is added, not when the bucket is full";
  EXPECT_EQ(f.at("ratelimit-policy"), "\"start_per_address\";q=50;w=3600");
  EXPECT_EQ(f.at("ratelimit"), "\"start_per_address\";r=49;t=72");
  EXPECT_FALSE(f.contains("retry-after"));
}

TEST(rate_headers, round_up_so_that_whoever_waits_is_not_early) {  // redis-cell 56, dragonfly 8288
  const instant now = t0 + 1;
  const limit_report r{"a", address, peek(address, spent(address, 50, t0 - 500 * millisecond), now)};
  const auto f = fields({&r, 1}, now);
  EXPECT_EQ(f.at("x-ratelimit-reset"), "1795514472");
  EXPECT_GE(retry_after(r, now), 72U);
  const limit_report exact{"a", address, peek(address, spent(address, 50), t0)};
  EXPECT_EQ(fields({&exact, 1}).at("x-ratelimit-reset"), "1795514472") << "exact seconds stay as they are";
}

TEST(rate_headers, send_nobody_back_early_and_not_everybody_at_once) {
  const limit_report r{"a", address, peek(address, spent(address, 50), t0)};
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 256; ++i) {
    auto from = caller;
    from[15] = static_cast<std::uint8_t>(i);
    const auto seconds = retry_after(r, t0, from);
    EXPECT_GT(seconds, 72U);
    EXPECT_LE(seconds, 80U);
    seen.insert(seconds);
  }
  EXPECT_EQ(seen.size(), 8U);
}

TEST(rate_headers, spread_the_retries_of_a_shared_bucket_over_more_than_one_second) {
  const limit_report r{"a", tenant, peek(tenant, spent(tenant, 100), t0)};
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 64; ++i) {
    auto from = caller;
    from[15] = static_cast<std::uint8_t>(i);
    seen.insert(retry_after(r, t0, from));
  }
  EXPECT_EQ(seen, (std::set<std::uint64_t>{2, 3}));
}

TEST(rate_headers, give_the_same_request_from_the_same_state_the_same_bytes) {
  const limit_report r{"a", address, peek(address, spent(address, 50), t0)};
  EXPECT_EQ(fields({&r, 1}), fields({&r, 1}));
  const limit_report later{"a", address, peek(address, spent(address, 50), t0 + 10 * second)};
  EXPECT_EQ(retry_after(later, t0 + 10 * second) + 10, retry_after(r)) << "in one window the moment stays";
  std::set<std::uint64_t> windows;
  for (std::uint64_t w = 0; w < 64; ++w)
    windows.insert(retry_after({"a", address, peek(address, spent(address, 50, t0 + w * hour), t0 + w * hour)}, t0 + w * hour));
  EXPECT_GT(windows.size(), 4U) << "and another window has another";
}

TEST(rate_headers, name_every_visible_limit_in_the_fields_of_the_draft) {
  const std::array reports{limit_report{"authentication_api", tenant, take(tenant, {}, t0).outcome},
                           limit_report{"start_per_address", address, take(address, {}, t0).outcome}};
  const auto f = fields(reports);
  EXPECT_EQ(f.at("ratelimit-policy"), "\"authentication_api\";q=100;w=1, \"start_per_address\";q=50;w=3600");
  EXPECT_EQ(f.at("ratelimit"), "\"authentication_api\";r=99;t=1, \"start_per_address\";r=49;t=72");
  EXPECT_EQ(f.at("x-ratelimit-limit"), "50") << "of two that pass, the one that will refuse first";
}

TEST(rate_headers, show_the_limit_that_refused) {
  const std::array reports{limit_report{"authentication_api", tenant, peek(tenant, {}, t0, 0)},
                           limit_report{"start_per_address", address, peek(address, spent(address, 50), t0)}};
  const auto f = fields(reports);
  EXPECT_EQ(f.at("x-ratelimit-limit"), "50");
  EXPECT_EQ(f.at("x-ratelimit-remaining"), "0");
}

TEST(rate_headers, wait_for_the_slowest_of_the_limits_that_refused) {
  const std::array reports{limit_report{"authentication_api", tenant, peek(tenant, spent(tenant, 100), t0)},
                           limit_report{"start_per_address", address, peek(address, spent(address, 50), t0)}};
  EXPECT_GE(std::stoull(fields(reports).at("retry-after")), 72U);
  EXPECT_EQ(fields(reports).at("x-ratelimit-limit"), "50");
}

TEST(rate_headers, tell_nothing_of_a_bucket_that_is_not_the_callers) {
  const auto recipient = per(5, hour, 5);
  const auto at = [&](std::uint64_t used) {
    const std::array reports{
        limit_report{"authentication_api", tenant, peek(tenant, {}, t0, 0)},
        limit_report{"start_per_identifier", recipient, peek(recipient, spent(recipient, used, t0 - minute), t0), false}};
    return fields(reports);
  };
  EXPECT_EQ(at(0), at(4)) << "the same bytes whatever others did";
  const auto refused = at(5);
  EXPECT_FALSE(refused.contains("x-ratelimit-remaining")) << "that 100 are left is no help to who is refused";
  EXPECT_EQ(refused.at("ratelimit").find("start_per_identifier"), std::string::npos);
  EXPECT_GE(std::stoull(refused.at("retry-after")), 720U) << "the interval, not what is left of it";
}

TEST(rate_headers, tell_not_which_of_two_hidden_buckets_refused) {
  const auto hourly = per(5, hour, 5), daily = per(20, 24 * hour, 20);
  const auto at = [&](std::uint64_t of_the_hour, std::uint64_t of_the_day) {
    const std::array reports{limit_report{"authentication_api", tenant, peek(tenant, {}, t0, 0)},
                             limit_report{"start_per_identifier", hourly, peek(hourly, spent(hourly, of_the_hour), t0), false},
                             limit_report{"start_per_identifier", daily, peek(daily, spent(daily, of_the_day), t0), false}};
    return fields(reports);
  };
  EXPECT_EQ(at(5, 5), at(0, 20));
  EXPECT_EQ(at(5, 20), at(0, 20));
  EXPECT_GE(std::stoull(at(5, 5).at("retry-after")), 72 * 60U);
}

TEST(rate_headers, wait_for_no_hidden_bucket_that_lets_pass) {
  const auto recipient = per(5, hour, 5);
  const std::array reports{limit_report{"authentication_api", tenant, peek(tenant, spent(tenant, 100), t0)},
                           limit_report{"start_per_identifier", recipient, peek(recipient, {}, t0), false}};
  EXPECT_LE(std::stoull(fields(reports).at("retry-after")), 3U);
  EXPECT_EQ(fields(reports).at("x-ratelimit-remaining"), "0");
}

// As the documentation of custom rate limit policies has it.
TEST(rate_headers, tell_a_custom_policy_in_its_own_field_and_leave_the_others_to_the_tenant) {
  const auto ten = per(10, second, 10);
  const auto at = [&](std::uint64_t used, bool visible = true) {
    const std::array reports{
        limit_report{"authentication_api", tenant, peek(tenant, spent(tenant, 3), t0, 0)},
        limit_report{"start_per_application", ten, peek(ten, spent(ten, used), t0), visible, false, true, "client"}};
    return fields(reports);
  };
  EXPECT_EQ(at(0).at("auth0-ratelimit"), "client;q=10;t=1;r=9");
  const auto refused = at(10);
  EXPECT_EQ(refused.at("auth0-ratelimit"), "client;q=10;t=1;r=0");
  EXPECT_EQ(refused.at("x-ratelimit-limit"), "100");
  EXPECT_EQ(refused.at("x-ratelimit-remaining"), "97");
  EXPECT_TRUE(refused.contains("retry-after"));
  EXPECT_FALSE(at(10, false).contains("auth0-ratelimit"));
}

TEST(rate_headers, name_no_time_for_what_never_passes) {
  const limit_report r{"a", quota::blocked(), peek(quota::blocked(), {}, t0)};
  EXPECT_FALSE(fields({&r, 1}).contains("retry-after"));
  EXPECT_EQ(fields({&r, 1}).at("x-ratelimit-limit"), "0");
}

TEST(rate_headers, of_no_limits_are_none) { EXPECT_TRUE(fields({}).empty()); }

TEST(rate_headers, leave_out_whole_what_does_not_fit_or_is_no_name) {
  const std::string longest(64, 'n');
  const auto huge = per(1, 1, quota::longest_window);
  const std::vector<limit_report> many(8, {longest, huge, peek(huge, {}, t0, 0)});
  const auto f = fields(many);
  EXPECT_EQ(f.at("ratelimit-policy").back(), '9') << f.at("ratelimit-policy");
  EXPECT_LE(f.at("ratelimit-policy").size(), 512U);
  const limit_report quoted{"a\"b", address, peek(address, {}, t0, 0)};
  EXPECT_FALSE(fields({&quoted, 1}).contains("ratelimit"));
}

}  // namespace
