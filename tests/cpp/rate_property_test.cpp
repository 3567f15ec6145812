// rate.hpp against a second model of another form: a level of tokens as an exact fraction (numerator over the emission interval,
// in 128 bits), refilled by the time that passed. And against the laws that hold whatever the clock does.
#include <startgate/rate.hpp>

#include <gtest/gtest.h>

#include <deque>
#include <random>

namespace {

using namespace startgate;
__extension__ using wide = __int128;

// All that an answer says.
struct numbers {
  bool allowed;
  std::uint64_t remaining;
  bool near_limit;
  wait_time retry_after;
  duration next_token_after, reset_after;
  bool operator==(const numbers&) const = default;
};

numbers numbers_of(const limit_outcome& o) {
  return {o.allowed, o.remaining(), o.near_limit(), o.retry_after, o.next_token_after(), o.reset_after};
}

struct token_model {
  wide interval, capacity, level;  // level / interval tokens
  instant last;

  explicit token_model(const quota& q)
      : interval(q.emission_interval()), capacity(interval * static_cast<wide>(q.burst())), level(capacity), last(0) {}

  void refill(instant now) {
    level = std::min(capacity, level + static_cast<wide>(now) - static_cast<wide>(last));
    last = now;
  }

  numbers take(instant now, std::uint64_t cost) {
    refill(now);
    const wide wanted = static_cast<wide>(cost) * interval;
    numbers o{};
    o.allowed = wanted <= level;
    if (o.allowed)
      level -= wanted;
    else
      o.retry_after = wanted > capacity ? wait_time::never() : wait_time(static_cast<duration>(wanted - level));
    o.remaining = static_cast<std::uint64_t>(level / interval);
    o.near_limit = wide{5} * static_cast<wide>(o.remaining) <= capacity / interval;
    o.reset_after = static_cast<duration>(capacity - level);
    o.next_token_after = level == capacity ? 0 : static_cast<duration>(interval - level % interval);
    return o;
  }

  void refund(instant now, std::uint64_t cost) {
    refill(now);
    level = std::min(capacity, level + static_cast<wide>(cost) * interval);
  }
};

struct random_source : std::mt19937_64 {
  using std::mt19937_64::mt19937_64;
  std::uint64_t below(std::uint64_t n) { return n == 0 ? 0 : (*this)() % n; }
  // All magnitudes alike, so that corners are as likely as the middle.
  std::uint64_t magnitude(unsigned bits) { return (*this)() >> (64 - 1 - below(bits)); }

  quota policy() {
    for (;;)
      if (const auto q = quota::make(magnitude(40), magnitude(62), magnitude(30))) return *q;
  }
};

TEST(rate_property, agrees_with_an_exact_model_of_tokens) {
  random_source random(1);
  for (int round = 0; round < 3'000; ++round) {
    const quota q = random.policy();
    token_model model(q);
    bucket b;
    instant now = random.magnitude(62);
    for (int step = 0; step < 60; ++step) {
      const std::uint64_t cost = random.below(3) ? 1 : random.below(q.burst() + 3);
      if (random.below(8) == 0) {
        b = refund(q, b, now, cost).state;
        model.refund(now, cost);
      } else {
        const taken t = take(q, b, now, cost);
        ASSERT_EQ(numbers_of(t.outcome), model.take(now, cost)) << "round " << round << " step " << step;
        b = t.state;
      }
      const duration gap = random.below(3) == 0 ? random.below(2 * q.window()) : random.below(2 * q.emission_interval());
      now += std::min(gap, (instant{1} << 63) - 1 - now);
    }
  }
}

// In whatever interval, no more pass than the burst and what the unrounded rate adds: the exact fraction, by cross multiplication.
TEST(rate_property, never_lets_more_pass_than_the_exact_rate_allows) {
  random_source random(2);
  for (int round = 0; round < 500; ++round) {
    const std::uint64_t count = 1 + random.below(1'000), burst = 1 + random.below(20);
    const duration period = 1 + random.below(1'000'000);
    const quota q = *quota::make(count, period, burst);
    std::deque<instant> passed;
    bucket b;
    instant now = 0;
    for (int step = 0; step < 400; ++step) {
      const taken t = take(q, b, now);
      b = t.state;
      if (t.outcome.allowed) passed.push_back(now);
      now += random.below(2) ? random.below(q.emission_interval() + 2) : 0;
    }
    for (std::size_t first = 0; first < passed.size(); first += 7)
      for (std::size_t last = first; last < passed.size(); ++last) {
        const wide extra = static_cast<wide>(last - first + 1) - static_cast<wide>(burst);
        ASSERT_LE(extra * static_cast<wide>(period), static_cast<wide>(passed[last] - passed[first]) * static_cast<wide>(count));
      }
  }
}

TEST(rate_property, lets_nothing_wait_longer_than_what_would_have_passed_by_the_exact_rate_and_one_nanosecond_each) {
  random_source random(3);
  for (int round = 0; round < 10'000; ++round) {
    const quota q = random.policy();
    const wide exact = static_cast<wide>(q.emission_interval()) * static_cast<wide>(q.count());
    ASSERT_GE(exact, static_cast<wide>(q.period()));
    ASSERT_LT(exact - static_cast<wide>(q.count()), static_cast<wide>(q.period()));
  }
}

TEST(rate_property, mints_nothing_and_locks_nobody_out_whatever_the_clock_does) {
  random_source random(4);
  for (int round = 0; round < 3'000; ++round) {
    const quota q = random.policy();
    bucket b;
    instant now = instant{1} << 62;
    for (int step = 0; step < 40; ++step) {
      const instant before = now;
      const std::uint64_t had = peek(q, b, now, 0).remaining();
      now = random.below(2) ? now - std::min(now, random.magnitude(62))
                            : now + std::min(random.magnitude(62), (instant{1} << 63) - 1 - now);
      const limit_outcome stands = peek(q, b, now, 0);
      if (now <= before) {
        ASSERT_LE(stands.remaining(), had) << "a clock that goes back refills nothing";
      }
      const taken t = take(q, b, now, 1 + random.below(q.burst()));
      ASSERT_LE(t.outcome.reset_after, q.window());
      if (!t.outcome.allowed) {
        ASSERT_LE(t.outcome.retry_after.time(), q.window());
      }
      b = t.state;
      const bucket kept = settled(q, b, now);
      ASSERT_EQ(kept, b) << "what was answered is what is kept";
    }
  }
}

}  // namespace
