// How often: the generic cell rate algorithm (GCRA) over one 64-bit word, in whole nanoseconds. State in, state out.
//
//   constexpr auto fifty_an_hour = startgate::quota::make(50, startgate::hour, 50);
//   auto [state, answer] = startgate::take(*fifty_an_hour, state, now);
//
// The word is the theoretical arrival time: the moment at which the bucket will be full again. A bucket whose word is not after
// `now` is full, so one that was never seen is the word 0, and to forget a full bucket loses nothing. All sums are made on the
// debt (that moment less `now`), which is at most one window and a window is at most 2^62, so no sum can overflow.
#pragma once

#include <startgate/instant.hpp>
#include <startgate/result.hpp>

#include <cstdint>
#include <limits>
#include <string_view>

namespace startgate {

enum class quota_error : std::uint8_t { no_count, no_period, no_burst, window_too_long };

constexpr std::string_view sentence_of(quota_error e) noexcept {
  switch (e) {
    case quota_error::no_count: return "count is zero: a bucket that never refills is not a limit";
    case quota_error::no_period: return "period is zero: a count needs a time to be counted in";
    case quota_error::no_burst: return "burst is zero: a bucket that holds nothing lets nothing pass";
    case quota_error::window_too_long: return "burst times period over count is longer than 2^62 nanoseconds (146 years)";
  }
  return {};
}

// How much is allowed: `count` per `period` in the long run, `burst` at once. A quota that could overflow cannot be made.
class quota {
 public:
  static constexpr result<quota, quota_error> make(std::uint64_t count, duration period, std::uint64_t burst) noexcept {
    if (count == 0) return unexpected{quota_error::no_count};
    if (period == 0) return unexpected{quota_error::no_period};
    if (burst == 0) return unexpected{quota_error::no_burst};
    const duration interval = period / count + (period % count != 0);  // rounded up: never more than was allowed
    if (burst > longest_window / interval) return unexpected{quota_error::window_too_long};
    return quota(count, period, burst, interval);
  }

  // The quota that lets nothing pass, which is what a custom rate limit policy of 0 means, and what a quota is until it is set.
  constexpr quota() noexcept : quota(0, 1, 0, 1) {}
  static constexpr quota blocked() noexcept { return {}; }

  constexpr std::uint64_t count() const noexcept { return count_; }
  constexpr duration period() const noexcept { return period_; }
  constexpr std::uint64_t burst() const noexcept { return burst_; }
  constexpr duration emission_interval() const noexcept { return interval_; }  // one request comes back after this long
  constexpr duration window() const noexcept { return window_; }               // an empty bucket is full after this long
  constexpr bool operator==(const quota&) const = default;

  static constexpr duration longest_window = duration{1} << 62;

 private:
  constexpr quota(std::uint64_t count, duration period, std::uint64_t burst, duration interval) noexcept
      : count_(count), period_(period), burst_(burst), interval_(interval), window_(interval * burst) {}

  std::uint64_t count_;
  duration period_;
  std::uint64_t burst_;
  duration interval_;
  duration window_;
};

// How long until the same call would pass. Never is not a time: what asks for more than the bucket holds does not wait.
class wait_time {
 public:
  constexpr wait_time() = default;
  constexpr explicit wait_time(duration time) noexcept : time_(time) {}
  static constexpr wait_time never() noexcept { return wait_time(std::numeric_limits<duration>::max()); }

  constexpr bool is_never() const noexcept { return *this == never(); }
  constexpr duration time() const noexcept { return time_; }  // precondition: !is_never()
  constexpr bool operator==(const wait_time&) const = default;

 private:
  duration time_ = 0;
};

struct bucket {
  instant theoretical_arrival_time = 0;
  constexpr bool full(instant now) const noexcept { return theoretical_arrival_time <= now; }
  constexpr bool operator==(const bucket&) const = default;
};

// What came of a call, and how its bucket stands. Numbers that take a division are made when they are asked for, which most are not.
struct limit_outcome {
  bool allowed = true;
  bool degraded = false;           // a store marks an answer that it could not give from the key's own, shared state
  bool overflowed = false;         // given by a bucket that other keys share: it says nothing of this caller
  wait_time retry_after;           // zero where it was allowed
  duration reset_after = 0;        // until the bucket is full
  std::uint64_t burst = 0;         // these two are of the quota: what the numbers
  duration emission_interval = 1;  // below are made from

  // Whole requests left, after this one where it was allowed.
  constexpr std::uint64_t remaining() const noexcept { return burst - (reset_after + emission_interval - 1) / emission_interval; }
  // 80 % or more is used, as in the published api_limit_warning.
  constexpr bool near_limit() const noexcept { return remaining() <= burst / 5; }
  // Until one more request is added: what x-ratelimit-reset is published to mean; zero when full.
  constexpr duration next_token_after() const noexcept {
    return reset_after == 0 ? 0 : (reset_after + emission_interval - 1) % emission_interval + 1;
  }
  constexpr bool operator==(const limit_outcome&) const = default;
};

struct taken {
  bucket state;
  limit_outcome outcome;
};

namespace detail {

inline constexpr instant last_instant = std::numeric_limits<instant>::max() >> 1;
constexpr instant bounded(instant now) noexcept { return now < last_instant ? now : last_instant; }

// More debt than one window comes from a clock that went back or a limit that was lowered; it is forgiven down to one window.
constexpr duration debt_of(const quota& q, bucket b, instant now) noexcept {
  if (b.full(now)) return 0;
  const duration debt = b.theoretical_arrival_time - now;
  return debt < q.window() ? debt : q.window();
}

constexpr void describe(const quota& q, duration debt, wait_time retry_after, limit_outcome& out) noexcept {
  out.allowed = retry_after == wait_time();
  out.degraded = out.overflowed = false;
  out.retry_after = retry_after;
  out.reset_after = debt;
  out.burst = q.burst();
  out.emission_interval = q.emission_interval();
}

}  // namespace detail

// The state as it counts at `now`. To keep it is what ends a lock-out after a clock step: a debt that is only read as one window
// would be read so for ever.
constexpr bucket settled(const quota& q, bucket b, instant now) noexcept {
  now = detail::bounded(now);
  return b.full(now) ? b : bucket{now + detail::debt_of(q, b, now)};
}

// Spends `cost`, or nothing at all. A cost of 0 asks how things stand and always passes. Every member of `out` is written in its
// place: to make an answer and then copy it takes longer than the rule.
constexpr bucket take(const quota& q, bucket b, instant now, std::uint64_t cost, limit_outcome& out) noexcept {
  now = detail::bounded(now);
  const duration debt = detail::debt_of(q, b, now);
  const bool ever = cost <= q.burst();
  const duration added = ever ? cost * q.emission_interval() : 0;
  const duration room = q.window() - debt;
  if (ever && added <= room) [[likely]] {
    detail::describe(q, debt + added, wait_time(), out);
    return added == 0 ? settled(q, b, now) : bucket{now + debt + added};
  }
  detail::describe(q, debt, ever ? wait_time(added - room) : wait_time::never(), out);
  return settled(q, b, now);
}

constexpr taken take(const quota& q, bucket b, instant now, std::uint64_t cost = 1) noexcept {
  taken t;
  t.state = take(q, b, now, cost, t.outcome);
  return t;
}

// What take would answer; nothing is spent.
constexpr limit_outcome peek(const quota& q, bucket b, instant now, std::uint64_t cost = 1) noexcept {
  return take(q, b, now, cost).outcome;
}

// Gives back what was taken, up to a full bucket and never beyond.
constexpr taken refund(const quota& q, bucket b, instant now, std::uint64_t cost = 1) noexcept {
  now = detail::bounded(now);
  const duration debt = detail::debt_of(q, b, now);
  const duration returned = cost < q.burst() ? cost * q.emission_interval() : q.window();
  const duration left = debt > returned ? debt - returned : 0;
  taken t;
  t.state = left == 0 ? bucket{} : bucket{now + left};
  detail::describe(q, left, wait_time(), t.outcome);
  return t;
}

constexpr bucket reset() noexcept { return {}; }

}  // namespace startgate
