// What comes at the same time travels as one command, and is still decided call by call.
#include <startgate/store/redis_session.hpp>

#include "support/redis_server.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace startgate::test {
namespace {

constexpr long long now = 1'800'000'000'000'000;  // microseconds; a caller's time

// One take: the texts that its request points to.
struct asked {
  asked(bool spend, std::vector<std::string> names, std::vector<std::pair<long long, long long>> windows_and_prices)
      : keys(std::move(names)), numbers{std::to_string(now), spend ? "1" : "0", std::to_string(keys.size())} {
    for (const auto& [window, price] : windows_and_prices)
      numbers.push_back(std::to_string(window)), numbers.push_back(std::to_string(price));
    key_views.assign(keys.begin(), keys.end());
    number_views.assign(numbers.begin(), numbers.end());
    request = {store::redis_script::take, key_views, number_views};
  }
  asked(const asked&) = delete;

  bool allowed() const {
    return std::all_of(request.numbers.begin(), request.numbers.begin() + static_cast<std::ptrdiff_t>(keys.size()),
                       [](long long n) { return n >= 0; });
  }

  std::vector<std::string> keys, numbers;
  std::vector<std::string_view> key_views, number_views;
  store::redis_request request;
};

struct redis_command_test : testing::Test {
  redis_server server;

  bool exchange(std::deque<asked>& calls) {
    store::redis_session_options options;
    options.server = server.address();
    const auto session = store::redis_session::open(options);
    if (!session) return false;
    std::vector<store::redis_request*> batch;
    for (asked& a : calls) batch.push_back(&a.request);
    return (*session)->exchange(batch, store::after(5 * second));
  }

  long long kept(std::string_view key) const {
    const std::string text = server.ask({"GET", key});
    return text.empty() ? 0 : std::stoll(text);
  }
};

TEST_F(redis_command_test, gives_every_call_its_own_answer_whatever_travels_beside_it) {
  std::deque<asked> calls;
  calls.emplace_back(true, std::vector<std::string>{"a"}, std::vector{std::pair{100LL, 10LL}});
  calls.emplace_back(true, std::vector<std::string>{"b", "c"}, std::vector{std::pair{100LL, 10LL}, {50LL, 50LL}});
  calls.emplace_back(false, std::vector<std::string>{"d"}, std::vector{std::pair{100LL, 10LL}});
  calls.emplace_back(true, std::vector<std::string>{"e", "e"}, std::vector{std::pair{100LL, 10LL}, {100LL, 20LL}});
  calls.emplace_back(true, std::vector<std::string>{"f"}, std::vector{std::pair{100LL, 101LL}});
  ASSERT_TRUE(exchange(calls));
  for (const asked& a : calls) EXPECT_TRUE(a.request.answered);
  EXPECT_EQ(calls[0].request.numbers[0], 0);
  EXPECT_EQ(calls[1].request.numbers[1], 0);
  EXPECT_EQ(calls[2].request.numbers[0], 0);
  EXPECT_EQ(calls[3].request.numbers[1], 10) << "the second sees what the first has spent";
  EXPECT_EQ(calls[4].request.numbers[0], -1) << "more than it could ever hold";
  EXPECT_EQ(kept("a"), now + 10);
  EXPECT_EQ(kept("c"), now + 50);
  EXPECT_EQ(kept("d"), 0) << "only looked at";
  EXPECT_EQ(kept("e"), now + 30);
  EXPECT_EQ(server.ask({"EXISTS", "f"}), "0");
}

TEST_F(redis_command_test, leaves_only_the_call_without_an_answer_whose_bucket_cannot_be_read) {
  server.ask({"LPUSH", "list", "no bucket"});
  server.ask({"SET", "text", "no bucket"});
  for (const bool spend : {true, false}) {
    std::deque<asked> calls;
    for (const char* name : {"list", "text", "good"})
      calls.emplace_back(spend, std::vector<std::string>{"beside", name}, std::vector{std::pair{100LL, 10LL}, {100LL, 10LL}});
    EXPECT_TRUE(exchange(calls)) << "the connection is as good as before";
    EXPECT_FALSE(calls[0].request.answered);
    EXPECT_FALSE(calls[1].request.answered);
    EXPECT_TRUE(calls[2].request.answered);
    EXPECT_EQ(calls[2].request.numbers[0], spend ? 0 : 10) << "what the others had put beside was taken off again";
  }
  EXPECT_EQ(kept("beside"), now + 10);
  EXPECT_EQ(server.ask({"GET", "text"}), "no bucket");
}

TEST_F(redis_command_test, takes_nothing_beside_a_bucket_that_owes_more_than_its_window) {
  for (const char* name : {"ahead", "looked at"}) server.ask({"SET", name, std::to_string(now + 500)});
  std::deque<asked> calls;
  calls.emplace_back(true, std::vector<std::string>{"ahead", "beside"}, std::vector{std::pair{100LL, 10LL}, {100LL, 10LL}});
  calls.emplace_back(true, std::vector<std::string>{"looked at", "beside"}, std::vector{std::pair{100LL, 0LL}, {100LL, 20LL}});
  ASSERT_TRUE(exchange(calls));
  EXPECT_EQ(calls[0].request.numbers[0], -101);
  EXPECT_TRUE(calls[1].allowed()) << "to ask how it stands always passes";
  for (const char* name : {"ahead", "looked at"}) EXPECT_EQ(kept(name), now + 100) << "forgiven down to one window";
  EXPECT_EQ(kept("beside"), now + 20);
}

TEST_F(redis_command_test, leaves_a_server_that_takes_no_more) {
  server.ask({"CONFIG", "SET", "maxmemory", "1"});
  std::deque<asked> calls;
  calls.emplace_back(true, std::vector<std::string>{"a"}, std::vector{std::pair{100LL, 10LL}});
  EXPECT_FALSE(exchange(calls));
  EXPECT_FALSE(calls[0].request.answered);
}

// Whatever order the calls of a batch are decided in: what the buckets owe afterwards is what was admitted, and never too much.
TEST_F(redis_command_test, keeps_exactly_what_was_admitted) {
  std::mt19937 random(7);
  const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  for (int round = 0; round < 50; ++round) {
    server.ask({"FLUSHALL"});
    std::deque<asked> calls;
    for (int i = 0; i < 64; ++i) {
      std::vector<std::string> keys;
      std::vector<std::pair<long long, long long>> terms;
      for (int j = 0; j <= below(3); ++j) {
        keys.push_back("bucket " + std::to_string(below(5)));
        terms.emplace_back(100, 10 * below(3));
      }
      calls.emplace_back(below(4) != 0, keys, terms);
    }
    ASSERT_TRUE(exchange(calls));
    std::map<std::string, long long> admitted;
    for (const asked& a : calls) {
      ASSERT_TRUE(a.request.answered);
      if (a.numbers[1] == "0" || !a.allowed()) continue;
      for (std::size_t j = 0; j < a.keys.size(); ++j) admitted[a.keys[j]] += std::stoll(a.numbers[4 + 2 * j]);
    }
    for (const auto& [key, cost] : admitted) {
      EXPECT_EQ(kept(key), cost == 0 ? 0 : now + cost) << key;
      EXPECT_LE(cost, 100) << key;
    }
  }
}

}  // namespace
}  // namespace startgate::test
