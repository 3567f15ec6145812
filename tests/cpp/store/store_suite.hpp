// The contract of a store, written once and run against every one. A fixture gives `store()`, a bucket_store and replay_memory
// whose time is the caller's, and `threads`: how many a test of exactness may start.
#pragma once

#include <startgate/replay.hpp>
#include <startgate/store.hpp>

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <barrier>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace startgate::test {

// Whole microseconds throughout: a shared store counts in them.
constexpr instant t0 = 1'795'514'400 * second;
constexpr quota per(std::uint64_t count, duration period, std::uint64_t burst) { return *quota::make(count, period, burst); }
constexpr auto five_an_hour = per(5, hour, 5);
constexpr auto fifty_an_hour = per(50, hour, 50);
constexpr auto two_a_day = per(2, 24 * hour, 2);

template <class Fixture>
class store_suite : public testing::Test {
 protected:
  bucket_key key(std::string_view name, bucket_space space = bucket_space::start_per_address) {
    return bucket_keys(store().seed()).of(space, name);
  }

  auto& store() { return fixture_.store(); }

  limit_outcome take_one(bucket_key k, const quota& q, instant now = t0, std::uint64_t cost = 1) {
    const charge c{k, &q, cost};
    limit_outcome out;
    EXPECT_EQ(store().take({&c, 1}, now, {&out, 1}), out.allowed);
    return out;
  }

  limit_outcome look(bucket_key k, const quota& q, instant now = t0, std::uint64_t cost = 0) {
    const charge c{k, &q, cost};
    limit_outcome out;
    EXPECT_EQ(store().peek({&c, 1}, now, {&out, 1}), out.allowed);
    return out;
  }

  Fixture fixture_;
};

TYPED_TEST_SUITE_P(store_suite);

TYPED_TEST_P(store_suite, is_a_store_and_a_replay_memory) {
  using store_type = std::remove_reference_t<decltype(this->store())>;
  static_assert(bucket_store<store_type>);
  static_assert(replay_store<store_type>);
}

TYPED_TEST_P(store_suite, lets_exactly_the_burst_pass) {
  for (std::uint64_t i = 0; i < 50; ++i) {
    const auto out = this->take_one(this->key("a"), fifty_an_hour);
    ASSERT_TRUE(out.allowed) << i;
    EXPECT_EQ(out.remaining(), 49 - i);
    EXPECT_EQ(out.near_limit(), i >= 39);
    EXPECT_FALSE(out.degraded);
  }
  const auto refused = this->take_one(this->key("a"), fifty_an_hour);
  EXPECT_FALSE(refused.allowed);
  EXPECT_EQ(refused.retry_after, wait_time(72 * second));
  EXPECT_EQ(refused.next_token_after(), 72 * second);
  EXPECT_EQ(refused.reset_after, hour);
}

TYPED_TEST_P(store_suite, refills_one_by_one_and_never_beyond_the_burst) {
  for (int i = 0; i < 5; ++i) this->take_one(this->key("a"), five_an_hour);
  EXPECT_FALSE(this->take_one(this->key("a"), five_an_hour, t0 + 12 * minute - 1'000).allowed);
  EXPECT_TRUE(this->take_one(this->key("a"), five_an_hour, t0 + 12 * minute).allowed);
  EXPECT_FALSE(this->take_one(this->key("a"), five_an_hour, t0 + 12 * minute).allowed);
  EXPECT_EQ(this->look(this->key("a"), five_an_hour, t0 + 1'000 * hour).remaining(), 5U);
  EXPECT_FALSE(this->take_one(this->key("a"), five_an_hour, t0 + 1'000 * hour, 6).allowed);
  EXPECT_TRUE(this->take_one(this->key("a"), five_an_hour, t0 + 1'000 * hour, 5).allowed);
}

TYPED_TEST_P(store_suite, spends_nothing_where_one_of_several_refuses) {
  const auto address = this->key("203.0.113.9"), tenant = this->key("acme", bucket_space::authentication_api);
  for (int i = 0; i < 5; ++i) this->take_one(address, five_an_hour);
  for (const bool address_first : {true, false}) {
    std::array<charge, 2> charges{charge{address, &five_an_hour}, charge{tenant, &fifty_an_hour}};
    if (!address_first) std::swap(charges[0], charges[1]);
    std::array<limit_outcome, 2> out;
    for (int i = 0; i < 100; ++i) EXPECT_FALSE(this->store().take(charges, t0, out));
    const auto& refused = out[address_first ? 0 : 1];
    const auto& passing = out[address_first ? 1 : 0];
    EXPECT_FALSE(refused.allowed);
    EXPECT_EQ(refused.retry_after, wait_time(12 * minute));
    EXPECT_TRUE(passing.allowed) << "it would have passed";
    EXPECT_EQ(passing.remaining(), 50U) << "and says how it stands";
  }
  EXPECT_EQ(this->look(tenant, fifty_an_hour).remaining(), 50U);
  EXPECT_TRUE(this->take_one(address, five_an_hour, t0 + 12 * minute).allowed) << "hammering a full bucket costs nothing more";
}

TYPED_TEST_P(store_suite, spends_every_one_of_several_where_all_pass) {
  std::vector<charge> charges;
  for (std::size_t i = 0; i < most_charges; ++i)
    charges.push_back({this->key(std::to_string(i), bucket_space(i)), &fifty_an_hour, i});
  std::array<limit_outcome, most_charges> out;
  EXPECT_TRUE(this->store().take(charges, t0, out));
  for (std::size_t i = 0; i < most_charges; ++i) {
    EXPECT_EQ(out[i].remaining(), 50 - i);
    EXPECT_EQ(this->look(charges[i].key, fifty_an_hour).remaining(), 50 - i);
  }
}

TYPED_TEST_P(store_suite, sees_a_bucket_that_stands_twice_in_one_call) {
  const auto a = this->key("a");
  const std::array<charge, 2> charges{charge{a, &five_an_hour, 3}, charge{a, &five_an_hour, 3}};
  std::array<limit_outcome, 2> out;
  EXPECT_FALSE(this->store().take(charges, t0, out));
  EXPECT_EQ(this->look(a, five_an_hour).remaining(), 5U);
  const std::array<charge, 2> fewer{charge{a, &five_an_hour, 3}, charge{a, &five_an_hour, 2}};
  EXPECT_TRUE(this->store().take(fewer, t0, out));
  EXPECT_EQ(this->look(a, five_an_hour).remaining(), 0U);
}

TYPED_TEST_P(store_suite, refuses_lists_longer_than_it_takes) {
  const std::vector<charge> charges(most_charges + 1, charge{this->key("a"), &fifty_an_hour});
  std::array<limit_outcome, most_charges + 1> out;
  EXPECT_FALSE(this->store().take(charges, t0, out));
  for (const limit_outcome& each : out) EXPECT_TRUE(!each.allowed && each.retry_after.is_never());
  EXPECT_FALSE(this->store().take({charges.data(), 2}, t0, {out.data(), 1}));
  EXPECT_EQ(this->look(this->key("a"), fifty_an_hour).remaining(), 50U);
}

TYPED_TEST_P(store_suite, peeks_without_spending) {
  const auto a = this->key("a");
  for (int i = 0; i < 100; ++i) EXPECT_EQ(this->look(a, five_an_hour, t0, 5).remaining(), 0U) << "what take would answer";
  EXPECT_FALSE(this->look(a, five_an_hour, t0, 6).allowed);
  EXPECT_EQ(this->take_one(a, five_an_hour).remaining(), 4U);
}

TYPED_TEST_P(store_suite, says_never_for_what_a_bucket_never_holds) {
  EXPECT_TRUE(this->take_one(this->key("a"), five_an_hour, t0, 6).retry_after.is_never());
  const auto nothing = quota::blocked();
  EXPECT_TRUE(this->take_one(this->key("b"), nothing).retry_after.is_never());
}

TYPED_TEST_P(store_suite, gives_back_a_refund_and_no_more) {
  const auto a = this->key("a");
  const charge three{a, &five_an_hour, 3};
  this->take_one(a, five_an_hour, t0, 5);
  this->store().refund({&three, 1}, t0);
  EXPECT_EQ(this->look(a, five_an_hour).remaining(), 3U);
  this->store().refund({&three, 1}, t0);
  EXPECT_EQ(this->look(a, five_an_hour).remaining(), 5U);
  const charge unseen{this->key("b"), &five_an_hour, 3};
  this->store().refund({&unseen, 1}, t0);
  EXPECT_EQ(this->look(unseen.key, five_an_hour).remaining(), 5U);
}

TYPED_TEST_P(store_suite, resets_one_bucket_and_no_other) {
  this->take_one(this->key("a"), five_an_hour, t0, 5);
  this->take_one(this->key("b"), five_an_hour, t0, 5);
  this->store().reset(this->key("a"));
  EXPECT_EQ(this->look(this->key("a"), five_an_hour).remaining(), 5U);
  EXPECT_EQ(this->look(this->key("b"), five_an_hour).remaining(), 0U);
}

TYPED_TEST_P(store_suite, locks_nobody_out_for_longer_than_one_window_after_the_clock_went_back) {
  const auto a = this->key("a");
  this->take_one(a, five_an_hour, t0, 5);
  const instant back = t0 - 1'000 * hour;
  for (int i = 0; i < 100; ++i) EXPECT_EQ(this->take_one(a, five_an_hour, back).retry_after, wait_time(12 * minute));
  EXPECT_TRUE(this->take_one(a, five_an_hour, back + 12 * minute).allowed);
}

TYPED_TEST_P(store_suite, ends_a_lock_out_also_where_it_is_only_peeked) {
  const auto failures = this->key("a", bucket_space::refused_per_address);
  this->take_one(failures, five_an_hour, t0, 5);
  const instant back = t0 - 1'000 * hour;
  EXPECT_FALSE(this->look(failures, five_an_hour, back, 1).allowed);
  EXPECT_TRUE(this->look(failures, five_an_hour, back + 12 * minute, 1).allowed);
}

TYPED_TEST_P(store_suite, agrees_with_the_pure_rule) {
  std::mt19937_64 random(7);
  const std::array quotas{five_an_hour, fifty_an_hour, two_a_day, per(100, second, 100), per(1, millisecond, 7)};
  std::map<std::size_t, bucket> model;
  instant now = t0;
  for (int i = 0; i < 3'000; ++i) {
    const std::size_t which = random() % 20;
    const quota& q = quotas[which % quotas.size()];
    const auto k = this->key(std::to_string(which), bucket_space(5 + which % 3));
    const std::uint64_t cost = random() % 4 == 0 ? random() % (q.burst() + 3) : 1;
    const std::uint64_t step = random() % 40;
    if (step == 0) now -= (2 + random() % 100'000) * second;  // a clock that was set; smaller steps are callers out of order
    if (step > 30) now += random() % (q.emission_interval() / 1'000) * 1'000;
    switch (random() % 8) {
      case 0: {
        const charge c{k, &q, cost};
        this->store().refund({&c, 1}, now);
        model[which] = refund(q, model[which], now, cost).state;
        break;
      }
      case 1: {
        ASSERT_EQ(this->look(k, q, now, cost), peek(q, model[which], now, cost)) << i;
        model[which] = settled(q, model[which], now);
        break;
      }
      default: {
        const taken t = take(q, model[which], now, cost);
        ASSERT_EQ(this->take_one(k, q, now, cost), t.outcome) << i;
        model[which] = t.state;
      }
    }
  }
}

TYPED_TEST_P(store_suite, is_exact_under_many_threads) {  // CVE-2024-4629: a counter raced by parallel logins
  std::atomic<int> passed = 0;
  const auto address = this->key("address"), tenant = this->key("tenant", bucket_space::authentication_api);
  const auto two_hundred = per(200, 24 * hour, 200), many = per(1'000'000, 24 * hour, 1'000'000);
  std::barrier start(this->fixture_.threads);
  std::vector<std::jthread> threads;
  for (int t = 0; t < this->fixture_.threads; ++t)
    threads.emplace_back([&, t] {
      std::array<charge, 2> charges{charge{address, &two_hundred}, charge{tenant, &many}};
      if (t % 2) std::swap(charges[0], charges[1]);
      std::array<limit_outcome, 2> out;
      start.arrive_and_wait();
      for (int i = 0; i < 50; ++i) passed += this->store().take(charges, t0, out);
    });
  threads.clear();
  EXPECT_EQ(passed, 200);
  EXPECT_EQ(this->look(tenant, many).remaining(), 1'000'000U - 200U) << "what was refused spent nothing elsewhere";
}

TYPED_TEST_P(store_suite, remembers_an_assertion_until_it_expires) {
  const auto client = this->key("app", bucket_space::replay_share), jti = this->key("app/1", bucket_space::replay);
  EXPECT_EQ(this->store().remember(client, jti, t0 + minute, t0), replay_outcome::fresh);
  EXPECT_EQ(this->store().remember(client, jti, t0 + minute, t0), replay_outcome::replayed);
  EXPECT_EQ(this->store().remember(client, jti, t0 + minute, t0 + minute - 1'000), replay_outcome::replayed);
  EXPECT_EQ(this->store().remember(client, jti, t0 + 2 * minute, t0 + minute), replay_outcome::fresh) << "expired, so forgotten";
  EXPECT_EQ(this->store().remember(client, jti, t0 + 2 * minute, t0 + minute), replay_outcome::replayed);
}

TYPED_TEST_P(store_suite, remembers_an_assertion_as_long_as_its_caller_says_although_others_are_ahead_in_time) {
  const auto client = this->key("app", bucket_space::replay_share);
  this->store().remember(client, this->key("app/other", bucket_space::replay), t0 + minute, t0 + 500 * millisecond);
  const auto late = this->key("app/late", bucket_space::replay);
  const instant expires = t0 + 200 * millisecond;  // for those ahead it has expired already
  EXPECT_EQ(this->store().remember(client, late, expires, t0), replay_outcome::fresh);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(this->store().remember(client, late, expires, t0), replay_outcome::replayed);
  EXPECT_EQ(this->store().remember(client, this->key("app/gone", bucket_space::replay), t0, t0), replay_outcome::replayed)
      << "what has expired is never fresh";
}

TYPED_TEST_P(store_suite, lets_one_client_fill_its_own_share_of_the_replay_memory_only) {
  const auto greedy = this->key("greedy", bucket_space::replay_share), other = this->key("other", bucket_space::replay_share);
  int fresh = 0;
  for (int i = 0; i < 100; ++i)
    fresh += this->store().remember(greedy, this->key("greedy/" + std::to_string(i), bucket_space::replay), t0 + 5 * minute,
                                    t0) == replay_outcome::fresh;
  EXPECT_EQ(fresh, static_cast<int>(this->fixture_.assertions_per_client));
  EXPECT_EQ(this->store().remember(greedy, this->key("greedy/next", bucket_space::replay), t0 + 5 * minute, t0),
            replay_outcome::full);
  EXPECT_EQ(this->store().remember(greedy, this->key("greedy/0", bucket_space::replay), t0 + 5 * minute, t0),
            replay_outcome::replayed);
  EXPECT_EQ(this->store().remember(other, this->key("other/0", bucket_space::replay), t0 + 5 * minute, t0),
            replay_outcome::fresh);
}

TYPED_TEST_P(store_suite, accepts_an_assertion_once_under_many_threads) {
  const auto client = this->key("app", bucket_space::replay_share), jti = this->key("app/1", bucket_space::replay);
  std::atomic<int> fresh = 0;
  std::barrier start(this->fixture_.threads);
  std::vector<std::jthread> threads;
  for (int t = 0; t < this->fixture_.threads; ++t)
    threads.emplace_back([&] {
      start.arrive_and_wait();
      fresh += this->store().remember(client, jti, t0 + minute, t0) == replay_outcome::fresh;
    });
  threads.clear();
  EXPECT_EQ(fresh, 1);
}

REGISTER_TYPED_TEST_SUITE_P(store_suite, is_a_store_and_a_replay_memory, lets_exactly_the_burst_pass,
                            refills_one_by_one_and_never_beyond_the_burst, spends_nothing_where_one_of_several_refuses,
                            spends_every_one_of_several_where_all_pass, sees_a_bucket_that_stands_twice_in_one_call,
                            refuses_lists_longer_than_it_takes, peeks_without_spending, says_never_for_what_a_bucket_never_holds,
                            gives_back_a_refund_and_no_more, resets_one_bucket_and_no_other,
                            locks_nobody_out_for_longer_than_one_window_after_the_clock_went_back,
                            ends_a_lock_out_also_where_it_is_only_peeked, agrees_with_the_pure_rule, is_exact_under_many_threads,
                            remembers_an_assertion_until_it_expires,
                            remembers_an_assertion_as_long_as_its_caller_says_although_others_are_ahead_in_time,
                            lets_one_client_fill_its_own_share_of_the_replay_memory_only,
                            accepts_an_assertion_once_under_many_threads);

}  // namespace startgate::test
