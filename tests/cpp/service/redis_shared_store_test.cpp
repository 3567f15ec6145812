#include <startgate/service/redis_shared_store.hpp>

#include <startgate/service/linked_stores.hpp>
#include <startgate/service/service.hpp>

#include "support/redis_server.hpp"
#include "support/service_test.hpp"
#include "support/signer.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <iterator>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>

namespace {

using namespace startgate;
using namespace startgate::test;
using namespace std::chrono_literals;

// A policy over a store, with three starts an hour and address, which is longer than any test runs.
std::string policy_over(std::string_view store, std::string_view more = "") {
  return R"({"issuer":"https://acme.example/",
"store":)" +
         std::string(store) + R"(,"limits":{"start_per_address":{"count":3,"period_s":3600}})" + std::string(more) + "}";
}

std::string store_at(const std::string& url, unsigned deadline_ms = 2'000) {
  return "{\"url\":\"" + url + "\",\n\"deadline_ms\":" + std::to_string(deadline_ms) + "}";
}

service_files files_with(std::string policy, std::string keys = {}) {
  service_files files;
  files.policy = {"policy.json", std::move(policy)};
  files.applications = {"applications.json", R"([{"client_id":"spa","app_type":"spa"}])"};
  files.keys = {"keys.json", std::move(keys)};
  return files;
}

struct redis_service : testing::Test {
  redis_server server;

  std::string url(const redis_server& of) const { return "redis://127.0.0.1:" + std::to_string(of.port()); }
  service_files files(std::string keys = {}) const { return files_with(policy_over(store_at(url(server))), std::move(keys)); }

  static std::unique_ptr<service> load(const service_files& files, store_choice stores = {linked_stores}) {
    auto made = service::load(files, stores);
    if (!made) throw std::runtime_error(made.error());
    return std::move(*made);
  }

  // One start of the public application from one address.
  static json::node start_at(service& s) {
    return *json::parse(s.decide_line(
        R"({"peer":"203.0.113.9","headers":[],"body":{"client_id":"spa","connection":"email","email":"ada@example.com"}})",
        service_now));
  }
  static std::string reason_at(service& s) { return start_at(s).find("reason")->text; }
  static int passes(service& s, int calls) {
    int passed = 0;
    for (int i = 0; i < calls; ++i) passed += start_at(s).find("outcome")->text == "allow";
    return passed;
  }
  static bool degraded(const json::node& decision) {
    for (const json::node& limit : decision.find("limits")->items) {
      const json::node* mark = limit.find("degraded");
      if (!mark || !mark->flag) return false;
    }
    return !decision.find("limits")->items.empty();
  }
  static void wait_until_reached(const service& s) {
    for (int i = 0; i < 1'000 && !s.store_trouble().empty(); ++i) std::this_thread::sleep_for(5ms);
    ASSERT_EQ(s.store_trouble(), "");
  }
  std::string connections() const {
    const std::string all = server.ask({"INFO", "stats"}), name = "total_connections_received:";
    return all.substr(all.find(name) + name.size(), all.find('\r', all.find(name)) - all.find(name) - name.size());
  }
};

TEST_F(redis_service, counts_together_with_every_other_service_of_its_issuer) {
  const auto one = load(files()), other = load(files());
  EXPECT_EQ(passes(*one, 2), 2);
  EXPECT_EQ(passes(*other, 5), 1);
  EXPECT_EQ(reason_at(*one), "limit_start_per_address");
  auto of_another = files();
  of_another.policy.text.replace(of_another.policy.text.find("acme"), 4, "oacm");
  EXPECT_EQ(passes(*load(of_another), 5), 3);
}

TEST_F(redis_service, counts_apart_where_the_secret_of_the_keys_file_is_another) {
  const auto keys = [](char c) { return R"({"store_secret":")" + std::string(42, c) + "A\"}"; };
  EXPECT_EQ(passes(*load(files(keys('a'))), 5), 3);
  EXPECT_EQ(passes(*load(files(keys('a'))), 5), 0);
  EXPECT_EQ(passes(*load(files(keys('b'))), 5), 3);
}

TEST_F(redis_service, remembers_for_the_whole_fleet_which_assertions_were_seen) {
  const auto one = load(files()), other = load(files());
  const bucket_keys names(one->current()->store()->seed());
  const auto remember = [&](service& s) {
    const instant now = static_cast<instant>(std::chrono::system_clock::now().time_since_epoch() / 1ns);
    return s.current()->store()->remember(names.of(bucket_space::replay_share, "web"), names.of(bucket_space::replay, "web", "j"),
                                          now + 60 * second, now);
  };
  EXPECT_EQ(remember(*one), replay_outcome::fresh);
  EXPECT_EQ(remember(*other), replay_outcome::replayed);
}

constexpr std::string_view shared_secret = "not-a-real-secret-but-of-more-than-32-bytes";

// A start of a confidential application that signs with its secret.
std::string signed_start(instant now, std::string_view jti) {
  const std::string exp = std::to_string(now / second + 60);
  const std::string assertion =
      jws(signature_algorithm::hs256, R"({"alg":"HS256"})",
          R"({"iss":"web","sub":"web","aud":"https://acme.example/","exp":)" + exp + R"(,"jti":")" + std::string(jti) + "\"}",
          shared_secret);
  return R"({"peer":"203.0.113.9","headers":[],"body":{"client_id":"web","connection":"email","email":"ada@example.com",)"
         R"("client_assertion_type":"urn:ietf:params:oauth:client-assertion-type:jwt-bearer","client_assertion":")" +
         assertion + "\"}}";
}

TEST_F(redis_service, says_of_an_assertion_that_only_this_process_remembers_it_or_accepts_none_as_the_policy_has_it) {
  const instant now = static_cast<instant>(std::chrono::system_clock::now().time_since_epoch() / 1ns);
  const auto with = [&](std::string_view more) {
    auto all = files();
    all.policy.text = policy_over("{\"url\":\"" + url(server) + "\",\"deadline_ms\":2000" + std::string(more) + "}",
                                  R"(,"enforcement":{"mode":"enforce"})");
    all.applications.text = R"([{"client_id":"web","app_type":"regular_web","token_endpoint_auth_method":"client_secret_jwt",
                                 "client_secret":")" +
                            std::string(shared_secret) + "\"}]";
    return load(all);
  };
  const auto decide = [&](service& s, std::string_view jti) { return *json::parse(s.decide_line(signed_start(now, jti), now)); };
  const auto findings = [](const json::node& d) { return d.find("findings")->items.size(); };
  const auto open = with(""), closed = with(R"(,"replay_unavailable":"closed")");
  EXPECT_EQ(decide(*open, "1").find("reason")->text, "allowed_authenticated");
  EXPECT_EQ(findings(decide(*closed, "2")), 0U);

  server.kill();
  const auto here = decide(*open, "3");
  EXPECT_EQ(here.find("reason")->text, "allowed_authenticated");
  ASSERT_EQ(findings(here), 1U);
  EXPECT_EQ(here.find("findings")->items[0].text, "assertion_remembered_here_only");
  EXPECT_EQ(decide(*open, "3").find("reason")->text, "assertion_replayed");

  const auto refused = decide(*closed, "4");
  EXPECT_EQ(refused.find("reason")->text, "assertion_replay_memory_out_of_reach");
  EXPECT_EQ(refused.find("response")->find("status")->integer, 503);
}

TEST_F(redis_service, a_reload_keeps_the_connection_and_the_buckets_where_the_store_is_the_same) {
  const auto s = load(files());
  EXPECT_EQ(passes(*s, 2), 2);
  const auto before = s->current()->store();
  auto changed = files();
  changed.policy.text.insert(1, R"("enforcement":{"mode":"enforce"},)");
  ASSERT_EQ(s->reload(changed), std::nullopt);
  s->set_toggle(true);
  EXPECT_EQ(s->current()->store(), before);
  EXPECT_EQ(passes(*s, 5), 1);
}

TEST_F(redis_service, a_reload_moves_to_another_store_and_back) {
  const redis_server elsewhere;
  const auto s = load(files());
  EXPECT_EQ(passes(*s, 5), 3);
  ASSERT_EQ(s->reload(files_with(policy_over(store_at(url(elsewhere))))), std::nullopt);
  EXPECT_EQ(passes(*s, 5), 3);
  ASSERT_EQ(s->reload(files_with(policy_over(R"({"url":null})"))), std::nullopt);
  EXPECT_EQ(passes(*s, 5), 3) << "memory of its own";
  ASSERT_EQ(s->reload(files()), std::nullopt);
  EXPECT_EQ(passes(*s, 5), 0) << "what was spent there is spent";
}

TEST_F(redis_service, a_call_under_way_keeps_the_store_that_it_began_with) {
  const auto s = load(files());
  const auto began = s->current();
  ASSERT_EQ(s->reload(files_with(policy_over(R"({"url":null})"))), std::nullopt);
  EXPECT_EQ(began->store()->trouble(), "");
  EXPECT_EQ(began.use_count(), 1);
}

TEST_F(redis_service, a_store_that_is_refused_leaves_the_rules_from_before_in_force) {
  const redis_server locked({"--requirepass", "not-a-real-password"});
  const auto s = load(files());
  EXPECT_EQ(passes(*s, 2), 2);
  EXPECT_NE(s->reload(files_with(policy_over(store_at(url(locked))))), std::nullopt);
  EXPECT_EQ(passes(*s, 5), 1);
}

TEST_F(redis_service, counts_alone_and_says_so_while_the_server_is_dead_and_comes_back) {
  const auto s = load(files());
  EXPECT_FALSE(degraded(start_at(*s)));
  server.kill();
  EXPECT_TRUE(degraded(start_at(*s)));
  EXPECT_EQ(passes(*s, 10), 0) << "half of three is one";
  EXPECT_EQ(reason_at(*s), "limit_start_per_address");
  EXPECT_NE(s->store_trouble(), "");
  server.restart_empty();
  wait_until_reached(*s);
  EXPECT_TRUE(degraded(start_at(*s))) << "an hour long, for the server came back empty";
  EXPECT_EQ(passes(*s, 10), 2) << "one further burst";
}

TEST_F(redis_service, does_as_each_limit_says_while_the_server_is_away) {
  for (const auto& [unavailable, wanted] : {std::pair{"open", 20}, {"closed", 0}, {"local", 5}}) {
    redis_server gone;
    const std::string store = store_at(url(gone));
    gone.kill();
    const auto s = load(
        files_with(R"({"issuer":"https://acme.example/","store":)" + store +
                   R"(,"limits":{"authentication_api":null,"start_per_address":{"count":10,"period_s":3600,"unavailable":")" +
                   unavailable + "\"}}}"));
    EXPECT_EQ(passes(*s, 20), wanted) << unavailable;
  }
}

TEST_F(redis_service, answers_before_the_deadline_although_the_server_has_stopped) {
  const auto s = load(files_with(policy_over(store_at(url(server), 100))));
  wait_until_reached(*s);
  server.freeze();
  EXPECT_TRUE(degraded(start_at(*s))) << "and it came back at all: the server is still stopped";
  server.thaw();
}

TEST_F(redis_service, a_rehearsal_leaves_the_store_alone) {
  const std::string before = connections();
  const auto s = load(files(), {linked_stores, true});
  EXPECT_EQ(passes(*s, 5), 3);
  EXPECT_EQ(std::stoi(connections()), std::stoi(before) + 1) << "of the question itself";
}

TEST_F(redis_service, starts_while_the_server_is_away_and_tells_why) {
  server.kill();
  const auto s = load(files());
  EXPECT_EQ(s->store_trouble(), "the server cannot be reached; until it can, each limit does what its `unavailable` says");
  server.restart_empty();
  wait_until_reached(*s);
  EXPECT_FALSE(degraded(start_at(*s)));
}

struct refused {
  const char* url;  // PORT stands for the server's
  const char* told;
};

TEST_F(redis_service, what_waiting_does_not_cure_is_told_in_one_line_without_the_password) {
  const redis_server locked(
      {"--requirepass", "not-a-real-password", "--user", "few", "on", ">not-a-real-password", "+auth", "+ping", "~*"});
  for (const refused& r :
       {refused{"redis://127.0.0.1:PORT", "the server refuses the user or the password; correct what stands before the @"},
        {"redis://:a-wrong-password@127.0.0.1:PORT",
         "the server refuses the user or the password; correct what stands before the @"},
        {"redis://nobody:a-wrong-password@127.0.0.1:PORT",
         "the server refuses the user or the password; correct what stands before the @"},
        {"redis://:not-a-real-password@127.0.0.1:PORT/99", "the server has no such database; correct its number"},
        {"redis://few:not-a-real-password@127.0.0.1:PORT",
         "the user may not run what the store needs; allow it +@scripting +get +set +del +incrby +pexpire +time +ping +select"},
        {"http://:a-wrong-password@127.0.0.1:PORT",
         "expected `redis://[user[:password]@]host[:port][/database]`, `rediss://...` for TLS, or `unix:/path[?db=n]`"}}) {
    std::string url = r.url;
    if (const auto at = url.find("PORT"); at != url.npos) url.replace(at, 4, std::to_string(locked.port()));
    const auto made = service::load(files_with(policy_over(store_at(url))), {linked_stores});
    ASSERT_FALSE(made) << url;
    EXPECT_EQ(made.error(), "policy.json:2: store.url: " + std::string(r.told));
  }
  EXPECT_TRUE(service::load(
      files_with(policy_over(store_at("redis://:not-a-real-password@127.0.0.1:" + std::to_string(locked.port()) + "/1"))),
      {linked_stores}));
}

TEST_F(redis_service, a_user_with_exactly_the_commands_that_are_named_can_do_it_all_and_with_one_less_nothing) {
  std::istringstream named("+@scripting +get +set +del +incrby +pexpire +time +ping +select");
  const std::vector<std::string> allowed(std::istream_iterator<std::string>(named), {});
  const auto opens = [&](const std::string& missing) {
    std::vector<std::string> user{"--user", "few", "on", ">not-a-real-password", "~*"};
    for (const std::string& a : allowed)
      if (a != missing) user.push_back(a);
    const redis_server guarded(user);
    return service::load(files_with(policy_over(
                             store_at("redis://few:not-a-real-password@127.0.0.1:" + std::to_string(guarded.port()) + "/1"))),
                         {linked_stores})
        .has_value();
  };
  EXPECT_TRUE(opens(""));
  for (const std::string& a : allowed) EXPECT_FALSE(opens(a)) << a;
}

TEST(service_store, a_program_that_was_built_without_a_store_says_what_to_do) {
  const auto made = service::load(files_with(policy_over(store_at("redis://127.0.0.1"))));
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error(),
            "policy.json:2: store.url: this program was built without hiredis (Debian and Ubuntu: libhiredis-dev); build it with "
            "that, or remove the member");
}

}  // namespace
