#include "redis_store_test.hpp"

#include <map>
#include <set>
#include <sstream>

namespace startgate::test {

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

TEST_F(redis_store_test, gives_a_server_whose_scripts_were_flushed_the_text_again) {
  redis_store store(options_for(server));
  EXPECT_FALSE(take(store, hundred_a_day).degraded);
  server.ask({"SCRIPT", "FLUSH"});
  EXPECT_FALSE(take(store, hundred_a_day).degraded);
  EXPECT_EQ(take(store, hundred_a_day).remaining(), 97U);
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
    EXPECT_EQ(out[0].remaining(), 93U) << i;
    EXPECT_FALSE(out[1].allowed);
  }
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
    EXPECT_LE(ttl, 864'000 + 60'001) << "a minute after it is paid off, and the millisecond that the clock may have begun";
  }
  EXPECT_EQ(buckets, 3);
  EXPECT_EQ(slots, (std::set<std::string>{"startgate:{acme"}));
}

// A new expiry is set only once a minute of debt, so the old one must reach.
TEST_F(redis_store_test, keeps_a_bucket_for_as_long_as_anything_is_owed) {
  redis_store store(options_for(server));
  for (const auto& [interval, calls] : {std::pair{second / 2, 500}, {7 * second, 60}, {90 * second, 20}}) {
    server.ask({"FLUSHALL"});
    const quota q = per(1, interval, 1'000);
    for (int i = 0; i < calls; ++i) {
      EXPECT_TRUE(take(store, q).allowed);
      std::istringstream keys(server.ask({"KEYS", "*"}));
      for (std::string name; std::getline(keys, name);) {
        if (name.ends_with(":born")) continue;
        const long long arrival = std::stoll(server.ask({"GET", name}));
        ASSERT_GE(std::stoll(server.ask({"PEXPIRETIME", name})) * 1'000, arrival) << i;
      }
    }
  }
}

TEST_F(redis_store_test, leaves_a_bucket_as_it_was_where_another_one_of_the_call_refuses) {
  redis_store store(options_for(server));
  EXPECT_EQ(passes(store, five_an_hour, 5), 5);
  EXPECT_EQ(passes(store, hundred_a_day, 3, "used"), 3);
  const auto everything = [&] {
    std::map<std::string, std::string> all;
    std::istringstream keys(server.ask({"KEYS", "*"}));
    for (std::string name; std::getline(keys, name);) all[name] = server.ask({"GET", name});
    return all;
  };
  const auto before = everything();
  for (const std::string_view other : {"used", "new"}) {
    const std::array<charge, 2> both{charge{key(store, other), &hundred_a_day}, charge{key(store, "a"), &five_an_hour}};
    std::array<limit_outcome, 2> out;
    EXPECT_FALSE(store.take(both, t0, out));
    EXPECT_EQ(everything(), before) << other;
  }
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
