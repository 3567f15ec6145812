#include <startgate/rate.hpp>

#include <gtest/gtest.h>

#include <limits>

namespace {

using namespace startgate;

constexpr quota per(std::uint64_t count, duration period, std::uint64_t burst) { return *quota::make(count, period, burst); }

constexpr auto fifty_an_hour = per(50, hour, 50);
constexpr instant t0 = 1'795'514'400 * second;

// A policy can be checked by the compiler.
static_assert(fifty_an_hour.emission_interval() == 72 * second);
static_assert(take(fifty_an_hour, {}, t0).outcome.remaining() == 49);
static_assert(!quota::make(1, 1, 0));

TEST(quota, refuses_what_would_be_no_limit_or_could_overflow) {
  EXPECT_EQ(quota::make(0, 1, 1).error(), quota_error::no_count);
  EXPECT_EQ(quota::make(1, 0, 1).error(), quota_error::no_period);
  EXPECT_EQ(quota::make(1, 1, 0).error(), quota_error::no_burst);
  EXPECT_EQ(quota::make(1, quota::longest_window + 1, 1).error(), quota_error::window_too_long);
  EXPECT_EQ(quota::make(1, 2, quota::longest_window / 2 + 1).error(), quota_error::window_too_long);
  EXPECT_EQ(quota::make(1, 1, std::numeric_limits<std::uint64_t>::max()).error(), quota_error::window_too_long);
  EXPECT_EQ(quota::make(1, std::numeric_limits<duration>::max(), 2).error(), quota_error::window_too_long);
  EXPECT_TRUE(quota::make(1, quota::longest_window, 1));
  EXPECT_TRUE(quota::make(std::numeric_limits<std::uint64_t>::max(), 1, quota::longest_window));
  for (const auto e : {quota_error::no_count, quota_error::no_period, quota_error::no_burst, quota_error::window_too_long})
    EXPECT_FALSE(sentence_of(e).empty());
}

TEST(quota, rounds_the_interval_up_so_that_it_never_allows_more) {
  EXPECT_EQ(per(3, 10, 1).emission_interval(), 4U);
  EXPECT_EQ(per(7, second, 1).emission_interval(), 142'857'143U);
  EXPECT_EQ(per(1'000, 1, 1).emission_interval(), 1U);
}

TEST(quota, is_exact_for_every_published_interval) {
  EXPECT_EQ(per(100, second, 100).window(), second);
  EXPECT_EQ(per(300, minute, 300).window(), minute);
  EXPECT_EQ(fifty_an_hour.window(), hour);
  EXPECT_EQ(per(1, 864'000 * millisecond, 100).window(), 24 * hour);   // suspicious IP throttling, pre-login
  EXPECT_EQ(per(1, 1'728'000 * millisecond, 50).window(), 24 * hour);  // and pre-registration
}

TEST(quota, of_zero_blocks_everything_and_says_never) {
  const auto t = take(quota::blocked(), {}, t0);
  EXPECT_FALSE(t.outcome.allowed);
  EXPECT_TRUE(t.outcome.retry_after.is_never());
  EXPECT_EQ(t.outcome.remaining(), 0U);
}

TEST(take, lets_exactly_the_burst_pass_at_once) {
  bucket b;
  for (std::uint64_t i = 0; i < 50; ++i) {
    const auto t = take(fifty_an_hour, b, t0);
    ASSERT_TRUE(t.outcome.allowed) << i;
    EXPECT_EQ(t.outcome.remaining(), 49 - i);
    b = t.state;
  }
  const auto refused = take(fifty_an_hour, b, t0);
  EXPECT_FALSE(refused.outcome.allowed);
  EXPECT_EQ(refused.outcome.retry_after, wait_time(72 * second));
  EXPECT_EQ(refused.outcome.reset_after, hour);
  EXPECT_EQ(refused.state, b) << "a refusal spends nothing";
}

TEST(take, allows_no_extra_request_after_idling) {  // governor issues 107, 249, 251: tolerance taken for capacity
  for (const duration idle : {duration{0}, duration{1}, 71 * second, hour, hour + 1, 24 * hour}) {
    bucket b;
    for (int i = 0; i < 50; ++i) b = take(fifty_an_hour, b, t0).state;
    std::uint64_t passed = 0;
    for (int i = 0; i < 60; ++i) {
      const auto t = take(fifty_an_hour, b, t0 + idle);
      passed += t.outcome.allowed;
      b = t.state;
    }
    EXPECT_EQ(passed, std::min<std::uint64_t>(50, idle / (72 * second))) << idle;
  }
}

TEST(take, passes_at_the_very_nanosecond_that_it_named_and_not_before) {
  bucket b;
  for (int i = 0; i < 50; ++i) b = take(fifty_an_hour, b, t0 + static_cast<duration>(i) * 7).state;
  for (const std::uint64_t cost : {1U, 2U, 49U, 50U}) {
    const instant now = t0 + 350;
    const auto refused = take(fifty_an_hour, b, now, cost);
    ASSERT_FALSE(refused.outcome.allowed);
    const duration after = refused.outcome.retry_after.time();
    EXPECT_FALSE(take(fifty_an_hour, refused.state, now + after - 1, cost).outcome.allowed);
    EXPECT_TRUE(take(fifty_an_hour, refused.state, now + after, cost).outcome.allowed);
  }
}

TEST(take, of_more_than_the_bucket_holds_never_passes_and_never_waits) {
  for (const std::uint64_t cost : {std::uint64_t{51}, std::numeric_limits<std::uint64_t>::max(), std::uint64_t{1} << 62}) {
    const auto t = take(fifty_an_hour, {}, t0, cost);
    EXPECT_FALSE(t.outcome.allowed);
    EXPECT_TRUE(t.outcome.retry_after.is_never());
    EXPECT_EQ(t.outcome.remaining(), 50U);
    EXPECT_EQ(t.state, bucket{});
  }
}

TEST(take, of_nothing_asks_how_things_stand) {
  bucket b;
  for (int i = 0; i < 50; ++i) b = take(fifty_an_hour, b, t0).state;
  const auto t = take(fifty_an_hour, b, t0, 0);
  EXPECT_TRUE(t.outcome.allowed);
  EXPECT_EQ(t.outcome.remaining(), 0U);
  EXPECT_EQ(t.state, b);
}

TEST(take, cannot_overflow_at_any_corner) {  // redis 14826, bucket4j 51, ngtcp2 2315
  const std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  const quota corners[] = {per(1, 1, 1), per(1, 1, quota::longest_window), per(1, quota::longest_window, 1),
                           per(most, 1, quota::longest_window), fifty_an_hour};
  for (const quota& q : corners)
    for (const instant now : {instant{0}, instant{1}, t0, most >> 1, most - 1, most})
      for (const instant arrival : {instant{0}, instant{1}, t0, most >> 1, most - 1, most})
        for (const std::uint64_t cost : {std::uint64_t{0}, std::uint64_t{1}, q.burst(), q.burst() + 1, most}) {
          const auto t = take(q, {arrival}, now, cost);
          EXPECT_LE(t.outcome.remaining(), q.burst());
          EXPECT_LE(t.outcome.reset_after, q.window());
          EXPECT_LE(t.outcome.next_token_after(), q.emission_interval());
          if (cost > q.burst()) {
            EXPECT_FALSE(t.outcome.allowed);
          } else {
            EXPECT_LE(t.outcome.retry_after.time(), q.window());
          }
          if (t.outcome.allowed && cost > 0) {
            EXPECT_FALSE(t.state.full(std::min(now, most >> 1)));
          }
        }
}

TEST(take, refills_after_any_gap_to_exactly_one_burst) {  // bucket4j 51: idle for hours, denied for ever
  for (const duration gap : {hour, 24 * hour, 365 * 24 * hour, 100 * 365 * 24 * hour}) {
    bucket b;
    for (int i = 0; i < 50; ++i) b = take(fifty_an_hour, b, t0).state;
    EXPECT_EQ(take(fifty_an_hour, b, t0 + gap, 50).outcome.allowed, true) << gap;
    EXPECT_EQ(take(fifty_an_hour, b, t0 + gap, 51).outcome.allowed, false) << gap;
  }
}

TEST(take, marks_eighty_percent) {
  bucket b;
  for (int i = 1; i <= 50; ++i) {
    const auto t = take(fifty_an_hour, b, t0);
    EXPECT_EQ(t.outcome.near_limit(), i >= 40) << i;
    b = t.state;
  }
}

TEST(take, tells_when_the_next_request_is_added_and_when_all_are) {
  const auto t = take(fifty_an_hour, {}, t0, 3);
  EXPECT_EQ(t.outcome.next_token_after(), 72 * second);
  EXPECT_EQ(t.outcome.reset_after, 3 * 72 * second);
  const auto later = take(fifty_an_hour, t.state, t0 + 10 * second, 0).outcome;
  EXPECT_EQ(later.remaining(), 47U);
  EXPECT_EQ(later.next_token_after(), 62 * second);
  EXPECT_EQ(take(fifty_an_hour, t.state, t0 + 62 * second + 10 * second, 0).outcome.remaining(), 48U);
  EXPECT_EQ(take(fifty_an_hour, {}, t0, 0).outcome.next_token_after(), 0U) << "a full bucket gets no more";
}

TEST(take, locks_nobody_out_for_longer_than_one_window_after_the_clock_went_back) {
  for (const duration step : {duration{1}, 30 * minute, hour, 24 * hour, 50 * 365 * 24 * hour}) {
    bucket b;
    for (int i = 0; i < 50; ++i) b = take(fifty_an_hour, b, t0).state;
    const instant back = t0 - step;
    const auto refused = take(fifty_an_hour, b, back);
    EXPECT_FALSE(refused.outcome.allowed) << "a step mints nothing";
    EXPECT_LE(refused.outcome.reset_after, hour);
    const duration after = refused.outcome.retry_after.time();
    EXPECT_LE(after, hour);
    EXPECT_TRUE(take(fifty_an_hour, refused.state, back + after).outcome.allowed)
        << "what was named holds, though refusals are many";
  }
}

TEST(take, counts_a_clock_that_went_back_as_debt_and_never_as_refill) {
  for (const duration step : {duration{1}, 72 * second, hour, 24 * hour}) {
    const bucket b = take(fifty_an_hour, {}, t0, 10).state;
    EXPECT_LE(take(fifty_an_hour, b, t0 - step, 0).outcome.remaining(), 40U) << step;
  }
}

TEST(take, forgives_what_a_lowered_limit_makes_too_much) {
  bucket b;
  for (int i = 0; i < 50; ++i) b = take(fifty_an_hour, b, t0).state;
  const auto five_a_minute = per(5, minute, 5);
  const auto t = take(five_a_minute, b, t0);
  EXPECT_EQ(t.outcome.retry_after, wait_time(12 * second));
  EXPECT_TRUE(take(five_a_minute, t.state, t0 + 12 * second).outcome.allowed);
}

TEST(take, counts_in_nanoseconds) {  // redis-cell issues 50 and 80: no state at all above 1000 a second
  const auto million = per(1'000'000, second, 1);
  const auto t = take(million, {}, t0);
  EXPECT_FALSE(take(million, t.state, t0 + 999).outcome.allowed);
  EXPECT_TRUE(take(million, t.state, t0 + 1'000).outcome.allowed);
}

TEST(peek, answers_what_take_would_answer) {
  bucket b;
  for (int i = 0; i < 60; ++i) {
    EXPECT_EQ(peek(fifty_an_hour, b, t0), take(fifty_an_hour, b, t0).outcome);
    b = take(fifty_an_hour, b, t0).state;
  }
}

TEST(refund, gives_back_up_to_a_full_bucket_and_never_beyond) {
  bucket b;
  for (int i = 0; i < 50; ++i) b = take(fifty_an_hour, b, t0).state;
  auto given = refund(fifty_an_hour, b, t0, 2);
  EXPECT_EQ(given.outcome.remaining(), 2U);
  given = refund(fifty_an_hour, given.state, t0, std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(given.outcome.remaining(), 50U);
  EXPECT_FALSE(take(fifty_an_hour, given.state, t0, 51).outcome.allowed);
  EXPECT_FALSE(take(fifty_an_hour, refund(fifty_an_hour, {}, t0, 7).state, t0, 51).outcome.allowed);
}

TEST(refund, of_more_than_all_fills_the_bucket_whatever_the_product_would_be) {
  const bucket empty = take(fifty_an_hour, {}, t0, 50).state;
  for (const std::uint64_t cost : {std::uint64_t{50}, std::uint64_t{1} << 62, std::numeric_limits<std::uint64_t>::max()})
    EXPECT_EQ(refund(fifty_an_hour, empty, t0, cost).outcome.remaining(), 50U) << cost;
}

TEST(bucket, is_full_from_its_theoretical_arrival_time_on) {
  EXPECT_FALSE(bucket{t0}.full(t0 - 1));
  EXPECT_TRUE(bucket{t0}.full(t0));
}

TEST(refund, undoes_one_take) {
  const bucket before = take(fifty_an_hour, {}, t0, 7).state;
  EXPECT_EQ(refund(fifty_an_hour, take(fifty_an_hour, before, t0 + 5, 3).state, t0 + 5, 3).state, before);
}

TEST(reset, fills_the_bucket) { EXPECT_EQ(take(fifty_an_hour, reset(), t0, 50).outcome.remaining(), 0U); }

}  // namespace
