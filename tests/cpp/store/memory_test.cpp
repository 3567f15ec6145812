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
                       bucket_space space = bucket_space::start_per_address) {
  const charge c{bucket_keys(store.seed()).of(space, std::to_string(name)), &q};
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

TEST(memory_store, holds_as_many_keys_as_it_says) {
  for (const std::size_t keys : {64U, 1'000U, 50'000U}) {
    memory_store store({.addresses = keys});
    for (std::uint64_t i = 0; i < keys; ++i) take_one(store, i, five_an_hour, t0);
    EXPECT_LE(store.overflowed(key_origin::address), keys / 300 + 1) << keys;
    EXPECT_LE(store.table(key_origin::address).bytes(), 43 * keys + 64 * 1'024) << keys;
  }
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
