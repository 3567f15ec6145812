#include <startgate/store/memory.hpp>

#include "store_suite.hpp"

#include <cstdio>
#include <map>

namespace startgate::test {

struct memory_fixture {
  static constexpr int threads = 64;
  static constexpr std::uint64_t assertions_per_client = 20;
  memory_store store_{
      {.addresses = 4096, .identifiers = 4096, .assertions = 4096, .assertions_per_client = assertions_per_client}};
  memory_store& store() { return store_; }
};

INSTANTIATE_TYPED_TEST_SUITE_P(memory, store_suite, memory_fixture);

// The next tests use a table so small that everything in it can be seen to happen.

limit_outcome take_one(memory_store& store, std::uint64_t name, const quota& q, instant now,
                       bucket_space space = bucket_space::start_per_address, std::uint64_t cost = 1) {
  const charge c{bucket_keys(store.seed()).of(space, std::to_string(name)), &q, cost};
  limit_outcome out;
  store.take({&c, 1}, now, {&out, 1});
  return out;
}

TEST(memory_store, takes_callers_that_arrive_out_of_order_at_the_newest_time) {
  memory_store store({.addresses = 64});
  const auto fast = per(1'000, second, 10);  // a window of ten milliseconds
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(take_one(store, 1, fast, t0).allowed);
  for (int i = 0; i < 1'000; ++i) EXPECT_FALSE(take_one(store, 1, fast, t0 - 500 * millisecond).allowed);
  EXPECT_FALSE(take_one(store, 1, fast, t0).allowed) << "a late caller's old time forgives nothing";
}

TEST(memory_store, gives_the_place_of_a_full_bucket_to_the_next_key) {
  memory_store store({.addresses = 64});
  for (std::uint64_t i = 0; i < 100'000; ++i) {
    const auto out = take_one(store, i, five_an_hour, t0 + i * hour);
    ASSERT_TRUE(out.allowed && !out.degraded) << i;
  }
  EXPECT_EQ(store.overflowed(key_origin::address), 0U);
}

TEST(memory_store, leaves_the_next_key_nothing_of_what_the_last_one_owed) {
  memory_store store({.addresses = 64});
  for (std::uint64_t i = 0; i < 10'000; ++i) take_one(store, i, five_an_hour, t0);
  for (std::uint64_t i = 20'000; i < 20'100; ++i) {
    EXPECT_TRUE(take_one(store, i, five_an_hour, t0 + 2 * hour, bucket_space::start_per_address, 0).allowed);
    const auto after_the_clock_went_back = take_one(store, i, five_an_hour, t0, bucket_space::start_per_address, 0);
    EXPECT_EQ(after_the_clock_went_back.remaining(), 5U) << i;
    take_one(store, i, five_an_hour, t0 + 2 * hour, bucket_space::start_per_address, 0);
  }
}

// A new key takes the place of one that is full again while, in the same call, that one asks for more than it can ever have.
TEST(memory_store, keeps_one_bucket_for_a_key_whose_place_was_taken_in_a_call_that_was_refused) {
  memory_store store({.addresses = 64});
  const auto key = [](std::uint64_t hash) {
    return bucket_key{std::uint64_t{static_cast<unsigned>(bucket_space::start_per_address)} << 56, hash};
  };
  const auto take = [&](std::initializer_list<charge> charges, instant now) {
    std::array<limit_outcome, 2> out;
    return store.take(charges, now, out);
  };
  const quota a_year = per(1, 365 * 24 * hour, 1);
  const bucket_key first = key(0x10), next = key(0x20), other = key(0x30);  // all at home in one line
  ASSERT_TRUE(take({{first, &a_year}}, t0));
  ASSERT_TRUE(take({{other, &five_an_hour}}, t0));
  const instant later = t0 + 2 * hour;
  ASSERT_FALSE(take({{next, &five_an_hour}, {other, &five_an_hour, 6}}, later));
  int passed = 0;
  for (int i = 0; i < 200; ++i) passed += take({{other, &five_an_hour}}, later);
  EXPECT_EQ(passed, 5);
}

TEST(memory_store, never_lets_a_flood_push_out_a_live_bucket) {
  memory_store store({.addresses = 1'000});
  for (std::uint64_t i = 0; i < 500; ++i)
    for (int n = 0; n < 5; ++n) EXPECT_TRUE(take_one(store, i, five_an_hour, t0).allowed);
  for (std::uint64_t i = 1'000; i < 200'000; ++i) take_one(store, i, five_an_hour, t0 + 1);
  for (std::uint64_t i = 0; i < 500; ++i) EXPECT_FALSE(take_one(store, i, five_an_hour, t0 + 2).allowed) << i;
}

TEST(memory_store, limits_what_finds_no_place_by_a_shared_bucket_and_counts_it) {
  memory_store store({.addresses = 64});
  const std::size_t shards = store.table(key_origin::address).shards();
  std::uint64_t passed = 0, degraded = 0;
  for (std::uint64_t i = 0; i < 100'000; ++i) {
    const auto out = take_one(store, i, five_an_hour, t0);
    passed += out.allowed;
    degraded += out.degraded;
    if (out.degraded) {
      EXPECT_EQ(out.allowed, out.retry_after == wait_time());
    }
  }
  EXPECT_EQ(store.overflowed(key_origin::address), degraded);
  EXPECT_GT(degraded, 90'000U);
  const std::size_t places = store.table(key_origin::address).bytes() / 16;
  EXPECT_LE(passed, places + shards * 5);
}

TEST(memory_store, keeps_identifiers_apart_from_a_flood_of_addresses) {
  memory_store store({.addresses = 64, .identifiers = 64});
  for (std::uint64_t i = 0; i < 10'000; ++i) take_one(store, i, five_an_hour, t0);
  EXPECT_GT(store.overflowed(key_origin::address), 0U);
  EXPECT_FALSE(take_one(store, 1, five_an_hour, t0, bucket_space::start_per_identifier).degraded);
  EXPECT_EQ(store.overflowed(key_origin::identifier), 0U);
  EXPECT_EQ(store.overflowed(key_origin::configuration), 0U);
}

// A brute-force key that holds an address is chosen by whoever has many addresses.
TEST(memory_store, keeps_identifiers_apart_from_a_flood_of_failed_logins) {
  memory_store store({.identifiers = 64, .pairs = 64});
  for (std::uint64_t i = 0; i < 10'000; ++i) take_one(store, i, five_an_hour, t0, bucket_space::brute_force);
  EXPECT_GT(store.overflowed(key_origin::pair), 0U);
  EXPECT_FALSE(take_one(store, 1, five_an_hour, t0, bucket_space::start_per_identifier).degraded);
  EXPECT_EQ(store.overflowed(key_origin::identifier), 0U);
}

// Which keys share a pair is a matter of the seed: with these seeds it is the same in every run.
TEST(memory_store, holds_as_many_keys_as_it_says) {
  for (const std::size_t keys : {64U, 1'000U, 20'000U}) {
    constexpr std::uint64_t seeds = 32;
    std::uint64_t overflowed = 0;
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
      memory_store store({.addresses = keys}, {seed, ~seed});
      for (std::uint64_t i = 0; i < keys; ++i) take_one(store, i, five_an_hour, t0);
      overflowed += store.overflowed(key_origin::address);
      EXPECT_LE(store.table(key_origin::address).bytes(), 43 * keys + 64 * 1'024) << keys;
    }
    EXPECT_LE(overflowed, seeds * keys / 250) << keys;
  }
}

TEST(memory_store, gives_every_quota_an_overflow_bucket_of_its_own) {
  memory_store store({.addresses = 64});
  for (std::uint64_t i = 0; i < 10'000; ++i)
    take_one(store, i, five_an_hour, t0);  // every place is taken, every overflow used up
  const auto a_day = per(20, 24 * hour, 20), brief = per(1'000, second, 10);
  const auto in_overflow = [&](const quota& q, instant now, bucket_space space = bucket_space::start_per_network) {
    const auto out = take_one(store, 10'001, q, now, space);
    EXPECT_TRUE(out.degraded);
    return out.allowed;
  };
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(in_overflow(a_day, t0)) << i << ": a quota of another kind holds nobody up";
  EXPECT_FALSE(in_overflow(a_day, t0));
  for (int i = 0; i < 50; ++i) in_overflow(brief, t0 + static_cast<duration>(i) * millisecond);
  EXPECT_FALSE(in_overflow(a_day, t0 + second)) << "a short window forgives no long one";
  EXPECT_TRUE(in_overflow(a_day, t0, bucket_space::state_issue_per_address)) << "each space counts for itself";
}

TEST(memory_store, gives_no_quota_more_where_there_are_more_quotas_than_overflow_buckets) {
  memory_store store({.addresses = 64});
  for (std::uint64_t i = 0; i < 10'000; ++i) take_one(store, i, five_an_hour, t0);
  for (std::uint64_t burst = 1; burst <= 100; ++burst) {
    const auto q = per(1, 10 * minute, burst);
    std::uint64_t passed = 0;
    for (std::uint64_t i = 0; i < 2 * burst; ++i)
      passed += take_one(store, 10'001, q, t0, bucket_space::start_per_network).allowed;
    EXPECT_LE(passed, burst);
  }
}

TEST(memory_store, holds_no_new_key_up_for_longer_than_a_window_after_a_clock_ran_ahead) {
  for (const duration ahead : {duration{2 * hour}, 30 * 24 * hour, 3'650 * 24 * hour}) {
    memory_store store({.addresses = 64});
    for (std::uint64_t i = 0; i < 10'000; ++i) take_one(store, i, five_an_hour, t0 + ahead);
    const auto held_up = [&](instant now) {
      std::uint64_t count = 0;
      for (std::uint64_t i = 20'000; i < 20'032; ++i) count += take_one(store, i, five_an_hour, now).degraded;
      return count;
    };
    EXPECT_EQ(held_up(t0), 32U) << "the clock is right again, and every place is taken";
    EXPECT_EQ(held_up(t0 + hour), 0U);
  }
}

TEST(memory_store, mints_nothing_when_a_clock_that_ran_ahead_is_put_right) {
  memory_store store({.addresses = 4'096});
  for (std::uint64_t i = 0; i < 500; ++i)
    for (int n = 0; n < 5; ++n) take_one(store, i, five_an_hour, t0 + 24 * hour);
  for (std::uint64_t i = 1'000; i < 5'000; ++i) take_one(store, i, five_an_hour, t0);
  for (std::uint64_t i = 0; i < 500; ++i) EXPECT_FALSE(take_one(store, i, five_an_hour, t0 + minute).allowed) << i;
  for (std::uint64_t i = 0; i < 500; ++i) EXPECT_TRUE(take_one(store, i, five_an_hour, t0 + 13 * minute).allowed) << i;
}

TEST(memory_store, mints_nothing_under_pressure_either_when_a_clock_that_ran_ahead_is_put_right) {
  memory_store store({.addresses = 64});
  for (std::uint64_t i = 0; i < 40; ++i)
    for (int n = 0; n < 5; ++n) take_one(store, i, five_an_hour, t0 + 24 * hour);
  for (std::uint64_t i = 1'000; i < 20'000; ++i) take_one(store, i, five_an_hour, t0);
  for (std::uint64_t i = 0; i < 40; ++i) EXPECT_FALSE(take_one(store, i, five_an_hour, t0 + minute).allowed) << i;
}

// An assertion that was used while the clock ran ahead is good again when that time comes.
TEST(memory_store, forgets_no_assertion_when_a_clock_that_ran_ahead_is_put_right) {
  memory_store store({.assertions = 64});
  const bucket_keys keys(store.seed());
  const auto client = keys.of(bucket_space::replay_share, "app"), jti = keys.of(bucket_space::replay, "app", "1");
  const instant ahead = t0 + 24 * hour;
  EXPECT_EQ(store.remember(client, jti, ahead + minute, ahead), replay_outcome::fresh);
  for (int i = 0; i < 40; ++i)
    store.remember(client, keys.of(bucket_space::replay, "app", std::to_string(i + 2)), t0 + minute, t0);
  EXPECT_EQ(store.remember(client, jti, ahead + minute, ahead), replay_outcome::replayed);
}

TEST(memory_store, seeds_every_process_differently) { EXPECT_NE(memory_store().seed(), memory_store().seed()); }

TEST(memory_store, answers_full_where_an_assertion_finds_no_place) {
  memory_store store({.assertions = 8});
  const bucket_keys keys(store.seed());
  int full = 0;
  for (int i = 0; i < 200; ++i) {
    const auto client = keys.of(bucket_space::replay_share, std::to_string(i));
    const auto jti = keys.of(bucket_space::replay, std::to_string(i));
    const auto answer = store.remember(client, jti, t0 + minute, t0);
    full += answer == replay_outcome::full;
    if (answer == replay_outcome::fresh) {
      EXPECT_EQ(store.remember(client, jti, t0 + minute, t0), replay_outcome::replayed);
    }
  }
  EXPECT_GE(full, 150);
  EXPECT_EQ(store.overflowed(key_origin::assertion), static_cast<std::uint64_t>(full));
}

// One store serves the notices and the login transactions as well.

TEST(memory_store, gives_one_notice_an_hour) {
  memory_store store;
  const auto one_an_hour = per(1, hour, 1);
  int notices = 0;
  for (int i = 0; i < 121; ++i)
    notices += take_one(store, 1, one_an_hour, t0 + static_cast<duration>(i) * minute, bucket_space::notice).allowed;
  EXPECT_EQ(notices, 3);
}

TEST(memory_store, gives_a_login_transaction_ten_starts_in_its_life) {
  memory_store store;
  const auto ten_starts = per(10, 10 * 10 * hour, 10);  // the first comes back after ten lifetimes
  int starts = 0;
  for (int i = 0; i < 100; ++i)
    starts +=
        take_one(store, 1, ten_starts, t0 + static_cast<duration>(i) * 36 * second, bucket_space::start_per_transaction).allowed;
  EXPECT_EQ(starts, 10);
}

}  // namespace startgate::test
