// A store on a real Redis of its own, and what the tests of one do with it.
#pragma once

#include <startgate/store/redis.hpp>

#include "store_suite.hpp"
#include "support/redis_server.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace startgate::test {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

inline redis_options options_for(const redis_server& server, std::string tenant = "acme") {
  redis_options o;
  o.connection.server = server.address();
  o.connection.deadline = 200 * millisecond;  // a loaded machine; the tests of the deadline set their own
  o.tenant = std::move(tenant);
  o.seed = {1, 2};
  o.memory = {.configuration = 64, .addresses = 1'024, .identifiers = 64, .assertions = 64};
  return o;
}

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

}  // namespace startgate::test
