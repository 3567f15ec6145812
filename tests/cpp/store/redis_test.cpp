#include <startgate/store/redis.hpp>

#include "store_suite.hpp"
#include "support/redis_server.hpp"

#include <atomic>
#include <chrono>
#include <set>
#include <sstream>

namespace startgate::test {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

redis_options options_for(const redis_server& server, std::string tenant = "acme") {
  redis_options o;
  o.connection.server = server.address();
  o.connection.deadline = 200 * millisecond;  // a loaded machine; the tests of the deadline set their own
  o.tenant = std::move(tenant);
  o.seed = {1, 2};
  o.memory = {.configuration = 64, .addresses = 1'024, .identifiers = 64, .assertions = 64};
  return o;
}

struct redis_fixture {
  static constexpr int threads = 64;
  static constexpr std::uint64_t assertions_per_client = 20;

  static redis_server& server() {
    static redis_server running;
    return running;
  }
  static redis_options options() {
    static int tenant = 0;
    redis_options o = options_for(server(), "tenant" + std::to_string(++tenant));
    o.clock = store_clock::caller;
    o.memory.assertions_per_client = assertions_per_client;
    o.connection.deadline = 5 * second;
    return o;
  }

  redis_store store_{options()};
  redis_store& store() { return store_; }
};

INSTANTIATE_TYPED_TEST_SUITE_P(redis, store_suite, redis_fixture);

struct redis_store_test : testing::Test {
  redis_server server;
  const quota hundred_a_day = per(100, 24 * hour, 100);

  static bucket_key key(const redis_store& store, std::string_view name, bucket_space space = bucket_space::start_per_address) {
    return bucket_keys(store.seed()).of(space, name);
  }

  static limit_outcome take(redis_store& store, const quota& q, std::string_view name = "a",
                            when_unavailable unavailable = when_unavailable::local, instant now = t0) {
    const charge c{key(store, name), &q, 1, unavailable};
    limit_outcome out;
    EXPECT_EQ(store.take({&c, 1}, now, {&out, 1}), out.allowed);
    return out;
  }

  static int passes(redis_store& store, const quota& q, int calls, std::string_view name = "a") {
    int passed = 0;
    for (int i = 0; i < calls; ++i) passed += take(store, q, name).allowed;
    return passed;
  }

  static void wait_for(const redis_store& store, bool connected) {
    for (const auto until = clock::now() + 5s; store.connected() != connected && clock::now() < until;)
      std::this_thread::sleep_for(1ms);
    ASSERT_EQ(store.connected(), connected);
  }
};

TEST_F(redis_store_test, counts_in_the_servers_time) {
  redis_store store(options_for(server));
  for (const instant now : {t0, instant{0}, t0 + 1'000 * hour}) {
    const auto out = take(store, hundred_a_day, "a", when_unavailable::local, now);
    EXPECT_TRUE(out.allowed);
    EXPECT_FALSE(out.degraded);
  }
  EXPECT_EQ(passes(store, hundred_a_day, 200), 97) << "what clocks the callers have changes nothing";
}

TEST_F(redis_store_test, lets_eight_processes_together_pass_exactly_the_limit) {
  std::vector<pid_t> processes;
  for (int p = 0; p < 8; ++p) {
    const pid_t child = ::fork();
    if (child == 0) {
      int passed = 0;
      {
        redis_store store(options_for(server));
        if (store.connected()) passed = passes(store, hundred_a_day, 60);
      }
      ::_exit(passed);
    }
    processes.push_back(child);
  }
  int passed = 0;
  for (const pid_t p : processes) {
    int status = 0;
    ::waitpid(p, &status, 0);
    ASSERT_TRUE(WIFEXITED(status));
    passed += WEXITSTATUS(status);
  }
  EXPECT_EQ(passed, 100);
}

TEST_F(redis_store_test, counts_alone_at_its_share_while_the_server_is_dead) {
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

TEST_F(redis_store_test, starts_without_a_server_and_finds_it_later) {
  auto options = options_for(server);
  server.kill();
  redis_store store(options);
  EXPECT_TRUE(take(store, hundred_a_day).degraded);
  server.restart_empty();
  wait_for(store, true);
  EXPECT_FALSE(take(store, hundred_a_day).degraded) << "an empty server that was never seen before lost nothing";
}

TEST_F(redis_store_test, admits_at_most_one_more_burst_after_the_server_lost_everything_and_says_so) {
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

TEST_F(redis_store_test, keeps_its_deadline_while_the_server_is_stopped) {
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

TEST_F(redis_store_test, does_not_go_back_to_a_server_that_is_slower_than_its_deadline) {
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

TEST_F(redis_store_test, hangs_nobody_and_crashes_nowhere_while_the_server_comes_and_goes) {
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

TEST_F(redis_store_test, gives_a_server_whose_scripts_were_flushed_the_text_again) {
  redis_store store(options_for(server));
  EXPECT_FALSE(take(store, hundred_a_day).degraded);
  server.ask({"SCRIPT", "FLUSH"});
  EXPECT_FALSE(take(store, hundred_a_day).degraded);
  EXPECT_EQ(take(store, hundred_a_day).remaining, 97U);
}

TEST_F(redis_store_test, does_per_limit_what_the_policy_says_while_the_server_is_away) {
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

TEST_F(redis_store_test, asks_only_once_for_a_bucket_that_is_known_to_be_exhausted) {
  redis_store store(options_for(server));
  const auto calls = [&] {
    const std::string stats = server.ask({"INFO", "commandstats"});
    const auto at = stats.find("cmdstat_evalsha:calls=");
    return at == std::string::npos ? 0 : std::stoi(stats.substr(at + 22));
  };
  EXPECT_EQ(passes(store, hundred_a_day, 101), 100);
  const int before = calls();
  for (int i = 0; i < 1'000; ++i) EXPECT_FALSE(take(store, hundred_a_day).allowed);
  EXPECT_EQ(calls(), before);
  store.reset(key(store, "a"));
  EXPECT_TRUE(take(store, hundred_a_day).allowed) << "a reset is heard at once";
}

// A bucket that is only reported on must not hide another one that blocks.
TEST_F(redis_store_test, looks_at_every_bucket_although_one_of_them_is_known_to_be_exhausted) {
  redis_store store(options_for(server));
  const auto reported = key(store, "address", bucket_space::suspicious_ip_pre_login), blocks = key(store, "ada");
  const std::array<charge, 2> both{charge{reported, &five_an_hour}, charge{blocks, &five_an_hour}};
  std::array<limit_outcome, 2> out;
  const charge first = both[0], second = both[1];
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(store.take({&first, 1}, t0, out));
  EXPECT_FALSE(store.peek(both, t0, out));
  EXPECT_TRUE(!out[0].allowed && out[1].allowed);
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(store.take({&second, 1}, t0, out));
  for (int i = 0; i < 3; ++i) {
    EXPECT_FALSE(store.peek(both, t0, out));
    EXPECT_TRUE(!out[0].allowed && !out[1].allowed) << i;
  }
}

TEST_F(redis_store_test, tells_how_the_other_buckets_stand_also_where_it_does_not_ask) {
  redis_store store(options_for(server));
  EXPECT_EQ(passes(store, hundred_a_day, 7, "tenant"), 7);
  EXPECT_EQ(passes(store, five_an_hour, 6), 5);
  const std::array<charge, 2> both{charge{key(store, "tenant"), &hundred_a_day}, charge{key(store, "a"), &five_an_hour}};
  for (int i = 0; i < 3; ++i) {
    std::array<limit_outcome, 2> out;
    EXPECT_FALSE(store.take(both, t0, out));
    EXPECT_EQ(out[0].remaining, 93U) << i;
    EXPECT_FALSE(out[1].allowed);
  }
}

TEST_F(redis_store_test, says_at_once_that_the_data_was_lost_under_a_standing_connection) {
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

TEST_F(redis_store_test, stays_connected_when_one_bucket_cannot_be_read) {
  redis_store store(options_for(server));
  EXPECT_FALSE(take(store, hundred_a_day).degraded);
  std::istringstream keys(server.ask({"KEYS", "*"}));
  for (std::string name; std::getline(keys, name);)
    if (!name.ends_with(":born")) server.ask({"DEL", name}), server.ask({"LPUSH", name, "no bucket"});
  EXPECT_TRUE(take(store, hundred_a_day).degraded);
  EXPECT_TRUE(store.connected());
  EXPECT_FALSE(take(store, hundred_a_day, "b").degraded);
}

TEST_F(redis_store_test, hears_within_a_second_that_another_process_reset_a_bucket) {
  redis_store here(options_for(server)), there(options_for(server));
  EXPECT_EQ(passes(here, hundred_a_day, 150), 100);
  there.reset(key(there, "a"));
  EXPECT_FALSE(take(here, hundred_a_day).allowed);
  EXPECT_TRUE(take(here, hundred_a_day, "a", when_unavailable::local, t0 + second).allowed);
}

TEST_F(redis_store_test, keeps_every_key_of_a_tenant_in_one_slot_and_lets_it_expire) {
  redis_store store(options_for(server, "ac{me}"));
  (void)take(store, hundred_a_day);
  const std::array<charge, 2> both{charge{key(store, "b"), &hundred_a_day},
                                   charge{key(store, "c", bucket_space::brute_force), &hundred_a_day}};
  std::array<limit_outcome, 2> out;
  EXPECT_TRUE(store.take(both, t0, out));
  std::istringstream keys(server.ask({"KEYS", "*"}));
  std::set<std::string> slots;
  int buckets = 0;
  for (std::string name; std::getline(keys, name);) {
    slots.insert(server.ask({"CLUSTER", "KEYSLOT", name}).empty() ? "" : name.substr(0, name.find('}')));
    if (name.ends_with(":born")) continue;
    ++buckets;
    const long ttl = std::stol(server.ask({"PTTL", name}));
    EXPECT_GT(ttl, 0);
    EXPECT_LE(ttl, 864'000);
  }
  EXPECT_EQ(buckets, 3);
  EXPECT_EQ(slots, (std::set<std::string>{"startgate:{acme"}));
}

TEST_F(redis_store_test, rounds_intervals_below_a_microsecond_up) {
  auto options = options_for(server);
  options.clock = store_clock::caller;
  redis_store store(options);
  const auto fast = per(3'000'000, second, 2);
  EXPECT_TRUE(take(store, fast).allowed);
  EXPECT_TRUE(take(store, fast).allowed);
  EXPECT_EQ(take(store, fast).retry_after, wait_time(1'000));
  const auto huge = per(1, 1, quota::longest_window);
  EXPECT_TRUE(take(store, huge, "b").allowed);
}

TEST_F(redis_store_test, remembers_an_assertion_that_the_servers_clock_takes_for_expired) {
  redis_store one(options_for(server)), two(options_for(server));
  const auto client = key(one, "app", bucket_space::replay_share), jti = key(one, "app/1", bucket_space::replay);
  const instant behind =
      static_cast<instant>(std::chrono::nanoseconds(std::chrono::system_clock::now().time_since_epoch()).count()) - 45 * second;
  EXPECT_EQ(one.remember(client, jti, behind + 40 * second, behind), replay_outcome::fresh);
  for (redis_store* store : {&two, &one})
    EXPECT_EQ(store->remember(client, jti, behind + 40 * second, behind), replay_outcome::replayed);
}

TEST_F(redis_store_test, forgets_no_assertion_of_its_own_while_the_server_is_away) {
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

TEST_F(redis_store_test, accepts_no_assertion_while_the_server_is_away_where_that_is_wanted) {
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

TEST_F(redis_store_test, says_of_an_assertion_that_the_memory_of_others_was_lost) {
  redis_store store(options_for(server));
  const auto client = key(store, "app", bucket_space::replay_share);
  EXPECT_EQ(store.remember(client, key(store, "app/1", bucket_space::replay), t0 + minute, t0), replay_outcome::fresh);
  std::this_thread::sleep_for(5ms);
  server.ask({"FLUSHALL"});
  EXPECT_EQ(store.remember(client, key(store, "app/2", bucket_space::replay), t0 + minute, t0), replay_outcome::fresh_here);
}

TEST_F(redis_store_test, logs_in_and_chooses_a_database) {
  redis_server guarded({"--requirepass", "not-a-real-secret-for-tests"});
  auto options = options_for(guarded);
  EXPECT_FALSE(redis_store(options).connected());
  options.connection.password = "not-the-secret-either";
  EXPECT_FALSE(redis_store(options).connected());
  options.connection.password = "not-a-real-secret-for-tests";
  EXPECT_TRUE(redis_store(options).connected());
  options.connection.user = "default";
  options.connection.database = 3;
  redis_store store(options);
  EXPECT_TRUE(store.connected());
  EXPECT_FALSE(take(store, hundred_a_day).degraded);
}

}  // namespace startgate::test
