// What the store does while its server is away, slow, stopped or new.
#include "redis_store_test.hpp"

#include <algorithm>
#include <atomic>
#include <memory>
#include <new>
#include <span>
#include <sstream>
#include <utility>
#include <vector>

namespace startgate::test {

using redis_away_test = redis_store_test;

TEST_F(redis_away_test, counts_alone_at_its_share_while_the_server_is_dead) {
  redis_store store(options_for(server));
  EXPECT_EQ(passes(store, hundred_a_day, 30), 30);
  server.kill();
  int passed = 0, degraded = 0;
  for (int i = 0; i < 300; ++i) {
    const auto out = take(store, hundred_a_day);
    passed += out.allowed;
    degraded += out.degraded;
  }
  EXPECT_EQ(passed, 50) << "half of the limit";
  EXPECT_EQ(degraded, 300);
  EXPECT_FALSE(store.connected());
}

TEST_F(redis_away_test, starts_without_a_server_and_finds_it_later) {
  auto options = options_for(server);
  server.kill();
  redis_store store(options);
  EXPECT_TRUE(take(store, hundred_a_day).degraded);
  server.restart_empty();
  wait_for(store, true);
  EXPECT_FALSE(take(store, hundred_a_day).degraded) << "an empty server that was never seen before lost nothing";
}

TEST_F(redis_away_test, admits_at_most_one_more_burst_after_the_server_lost_everything_and_says_so) {
  redis_store store(options_for(server));
  EXPECT_EQ(passes(store, hundred_a_day, 150), 100);
  std::this_thread::sleep_for(5ms);  // the mark of when the data began has a resolution of a microsecond
  server.restart_empty();
  (void)take(store, hundred_a_day, "somebody else");  // meets the dead connection
  wait_for(store, true);
  int passed = 0;
  for (int i = 0; i < 150; ++i) {
    const auto out = take(store, hundred_a_day, "a", when_unavailable::local,
                          t0 + second);  // known to be exhausted: asked again after a second
    passed += out.allowed;
    EXPECT_TRUE(out.degraded) << i << ": also where it is remembered that it was refused";
  }
  EXPECT_EQ(passed, 100);
}

TEST_F(redis_away_test, keeps_its_deadline_while_the_server_is_stopped) {
  auto options = options_for(server);
  options.connection.deadline = 20 * millisecond;
  redis_store store(options);
  (void)take(store, hundred_a_day);
  server.freeze();
  auto slowest = clock::duration::zero();
  const auto begin = clock::now();
  for (int i = 0; i < 2'000; ++i) {
    const auto start = clock::now();
    EXPECT_TRUE(take(store, hundred_a_day, std::to_string(i)).degraded);
    slowest = std::max(slowest, clock::now() - start);
  }
  EXPECT_LT(slowest, 200ms) << "20 ms and what a loaded machine adds";
  EXPECT_LT(clock::now() - begin, 1s) << "one call met the deadline; the others did not wait";
  server.thaw();
  wait_for(store, true);
  EXPECT_FALSE(take(store, hundred_a_day).degraded);
}

TEST_F(redis_away_test, does_not_go_back_to_a_server_that_is_slower_than_its_deadline) {
  auto options = options_for(server);
  options.connection.deadline = 20 * millisecond;
  redis_store store(options);
  (void)take(store, hundred_a_day);
  server.tell({"DEBUG", "SLEEP", "0.5"});
  int slow = 0;
  for (const auto until = clock::now() + 400ms; clock::now() < until; std::this_thread::sleep_for(1ms)) {
    const auto start = clock::now();
    EXPECT_TRUE(take(store, hundred_a_day).degraded);
    slow += clock::now() - start > 15ms;
  }
  EXPECT_LE(slow, 3) << "one met the deadline; a loaded machine may add one or two";
  wait_for(store, true);
  EXPECT_FALSE(take(store, hundred_a_day, "b").degraded);
}

TEST_F(redis_away_test, hangs_nobody_and_crashes_nowhere_while_the_server_comes_and_goes) {
  auto options = options_for(server);
  options.connection.deadline = 20 * millisecond;
  options.connection.shortest_pause = 5ms;
  redis_store store(options);
  std::atomic<bool> stop = false;
  std::atomic<long> calls = 0;
  std::atomic<long long> slowest = 0;
  std::vector<std::jthread> threads;
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; !stop; ++i) {
        const auto start = clock::now();
        (void)take(store, hundred_a_day, std::to_string(t) + "/" + std::to_string(i));
        const long long took = (clock::now() - start).count();
        for (long long seen = slowest; took > seen && !slowest.compare_exchange_weak(seen, took);) {
        }
        ++calls;
      }
    });
  for (int round = 0; round < 3; ++round) {
    std::this_thread::sleep_for(60ms);
    server.freeze();
    std::this_thread::sleep_for(60ms);
    server.thaw();
    std::this_thread::sleep_for(60ms);
    server.restart_empty();
    std::this_thread::sleep_for(60ms);
    server.ask({"SCRIPT", "FLUSH"});
  }
  stop = true;
  threads.clear();
  EXPECT_GT(calls, 500);
  EXPECT_LT(std::chrono::nanoseconds(slowest), 500ms) << "twice 20 ms and what a loaded machine adds";
  wait_for(store, true);
}

TEST_F(redis_away_test, does_per_limit_what_the_policy_says_while_the_server_is_away) {
  redis_store store(options_for(server));
  server.kill();
  (void)take(store, hundred_a_day);
  for (int i = 0; i < 200; ++i) {
    EXPECT_TRUE(take(store, hundred_a_day, "open", when_unavailable::open).allowed);
    const auto closed = take(store, hundred_a_day, "closed", when_unavailable::closed);
    EXPECT_FALSE(closed.allowed);
    EXPECT_TRUE(closed.degraded && !closed.retry_after.is_never());
  }
  const std::array<charge, 2> both{charge{key(store, "b"), &hundred_a_day},
                                   charge{key(store, "c"), &hundred_a_day, 1, when_unavailable::closed}};
  std::array<limit_outcome, 2> out;
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(store.take(both, t0, out));
  EXPECT_TRUE(out[0].allowed && !out[1].allowed);
  EXPECT_EQ(passes(store, hundred_a_day, 100, "b"), 50) << "what a closed limit refused spent nothing elsewhere";
}

TEST_F(redis_away_test, says_at_once_that_the_data_was_lost_under_a_standing_connection) {
  redis_store store(options_for(server));
  EXPECT_EQ(passes(store, hundred_a_day, 30), 30);
  std::this_thread::sleep_for(5ms);  // the mark of when the data began has a resolution of a microsecond
  server.ask({"FLUSHALL"});
  EXPECT_TRUE(take(store, hundred_a_day).degraded);
  EXPECT_TRUE(store.connected());
  EXPECT_TRUE(take(store, hundred_a_day).degraded) << "for one window";
  redis_store later(options_for(server));
  EXPECT_FALSE(take(later, hundred_a_day).degraded) << "which never knew what was lost";
}

TEST_F(redis_away_test, stays_connected_when_one_bucket_cannot_be_read) {
  redis_store store(options_for(server));
  EXPECT_FALSE(take(store, hundred_a_day).degraded);
  std::istringstream keys(server.ask({"KEYS", "*"}));
  for (std::string name; std::getline(keys, name);)
    if (!name.ends_with(":born")) server.ask({"DEL", name}), server.ask({"LPUSH", name, "no bucket"});
  EXPECT_TRUE(take(store, hundred_a_day).degraded);
  EXPECT_TRUE(store.connected());
  EXPECT_FALSE(take(store, hundred_a_day, "b").degraded);
}

TEST_F(redis_away_test, forgets_no_assertion_of_its_own_while_the_server_is_away) {
  redis_store store(options_for(server));
  const auto client = key(store, "app", bucket_space::replay_share), jti = key(store, "app/1", bucket_space::replay);
  const instant now = static_cast<instant>(std::chrono::nanoseconds(std::chrono::system_clock::now().time_since_epoch()).count());
  EXPECT_EQ(store.remember(client, jti, now + minute, now), replay_outcome::fresh);
  server.kill();
  EXPECT_EQ(store.remember(client, jti, now + minute, now), replay_outcome::replayed);
  const auto other = key(store, "app/2", bucket_space::replay);
  EXPECT_EQ(store.remember(client, other, now + minute, now), replay_outcome::fresh_here) << "other processes do not know";
  EXPECT_EQ(store.remember(client, other, now + minute, now), replay_outcome::replayed);
}

TEST_F(redis_away_test, accepts_no_assertion_while_the_server_is_away_where_that_is_wanted) {
  auto options = options_for(server);
  options.replay_closed = true;
  redis_store store(options);
  const auto client = key(store, "app", bucket_space::replay_share), jti = key(store, "app/1", bucket_space::replay);
  server.kill();
  EXPECT_EQ(store.remember(client, jti, t0 + minute, t0), replay_outcome::out_of_reach);
  server.restart_empty();
  wait_for(store, true);
  EXPECT_EQ(store.remember(client, jti, t0 + minute, t0), replay_outcome::fresh_here) << "it is back, and knows nothing";
}

TEST_F(redis_away_test, says_of_an_assertion_that_the_memory_of_others_was_lost) {
  redis_store store(options_for(server));
  const auto client = key(store, "app", bucket_space::replay_share);
  EXPECT_EQ(store.remember(client, key(store, "app/1", bucket_space::replay), t0 + minute, t0), replay_outcome::fresh);
  std::this_thread::sleep_for(5ms);
  server.ask({"FLUSHALL"});
  EXPECT_EQ(store.remember(client, key(store, "app/2", bucket_space::replay), t0 + minute, t0), replay_outcome::fresh_here);
}

struct no_memory final : connector {
  std::unique_ptr<byte_stream> connect(deadline) const override { throw std::bad_alloc(); }
};

TEST(redis_away, a_connector_that_throws_is_a_server_that_is_away) {
  redis_options options;
  options.connection.server = std::make_shared<no_memory>();
  redis_store store(options);
  const charge c{bucket_keys(store.seed()).of(bucket_space::start_per_address, "a"), &fifty_an_hour};
  limit_outcome out;
  EXPECT_TRUE(store.take({&c, 1}, t0, {&out, 1}));
  EXPECT_TRUE(out.degraded);
  store.reset(c.key);
}

// The first bytes of a text that never ends.
struct endless final : byte_stream {
  bool first = true;
  std::size_t read_some(std::span<char> into, deadline) noexcept override {
    std::fill(into.begin(), into.end(), 'x');
    if (std::exchange(first, false)) std::ranges::copy(std::string_view("$300000000\r\n"), into.begin());
    return into.size();
  }
  bool write_all(std::string_view, deadline) noexcept override { return true; }
};

TEST(redis_away, a_reply_that_never_ends_ends_at_the_deadline) {
  store::redis_connection connection(std::make_unique<endless>());
  EXPECT_EQ(connection.next(store::after(10 * millisecond)), nullptr);
}

}  // namespace startgate::test
