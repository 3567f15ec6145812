#include <startgate/charges.hpp>

#include <startgate/json/policy.hpp>
#include <startgate/openssl/key_maker.hpp>

#include "support/world.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace startgate;
using test::start;
using test::ten_oclock;
using test::world;

bool has(const decision& d, log::event e) { return std::find(d.events.begin(), d.events.end(), e) != d.events.end(); }

start proved() { return {.client_secret = std::string(test::right_secret)}; }
start missing() { return {}; }

TEST(charges, cve_2023_31999_a_state_is_reused_for_ten_starts_and_no_more) {
  const world w;
  const start s{.state = w.state()};
  for (instant i = 0; i < 10; ++i) EXPECT_EQ(w.decide(s, ten_oclock + i * minute).outcome, outcome::allow) << i;
  const decision d = w.decide(s, ten_oclock + 11 * minute);
  EXPECT_EQ(d.why, reason::limit_start_per_transaction);
  EXPECT_EQ(w.answer(s, ten_oclock + 11 * minute).status, 429);
  EXPECT_EQ(fixes_for(d).first(), fix::open_new_login);
  // and none comes back before its end
  EXPECT_EQ(w.decide(s, ten_oclock + hour).why, reason::limit_start_per_transaction);
  const start other{.state = w.state("backend", ten_oclock, 2)};
  EXPECT_EQ(w.decide(other, ten_oclock + 11 * minute).outcome, outcome::allow);
}

TEST(charges, cve_2023_31999_a_state_is_reused_for_three_recipients_and_no_more) {
  const world w;
  const std::string state = w.state();
  const auto to = [&](std::string who) { return w.decide({.state = state, .recipient = std::move(who)}).why; };
  EXPECT_EQ(to("ada@example.com"), reason::allowed_authenticated);
  EXPECT_EQ(to("ADA@example.com"), reason::allowed_authenticated);  // another spelling, the same recipient
  EXPECT_EQ(to("bob@example.com"), reason::allowed_authenticated);
  EXPECT_EQ(to("cy@example.com"), reason::allowed_authenticated);
  EXPECT_EQ(to("dan@example.com"), reason::limit_start_per_transaction);
  for (int i = 0; i < 6; ++i) EXPECT_EQ(to("bob@example.com"), reason::allowed_authenticated) << i;  // resends, up to ten starts
  EXPECT_EQ(to("bob@example.com"), reason::limit_start_per_transaction);
}

TEST(charges, a_refused_new_recipient_costs_no_start) {
  const world w;
  const std::string state = w.state();
  const auto to = [&](std::string who) { return w.decide({.state = state, .recipient = std::move(who)}).why; };
  for (const char* who : {"a@x.example", "b@x.example", "c@x.example"}) EXPECT_EQ(to(who), reason::allowed_authenticated);
  for (int i = 0; i < 50; ++i) EXPECT_EQ(to("d" + std::to_string(i) + "@x.example"), reason::limit_start_per_transaction);
  for (int i = 0; i < 7; ++i) EXPECT_EQ(to("a@x.example"), reason::allowed_authenticated) << i;
}

TEST(charges, cve_2023_31999_a_flood_of_identifiers_does_not_raise_the_number_of_recipients) {
  world w;
  const std::string state = w.state();
  const quota once_a_year = *quota::make(1, 365 * 24 * hour, 1);
  const bucket_keys named(w.store.seed());
  for (int i = 0; i < 20'000; ++i) {
    const charge c{named.of(bucket_space::start_per_identifier, std::to_string(i)), &once_a_year};
    limit_outcome out;
    w.store.take({&c, 1}, ten_oclock, {&out, 1});
  }
  int allowed = 0;
  for (int i = 0; i < 8; ++i)
    allowed += w.decide({.state = state, .recipient = std::to_string(i) + "@example.com"}).outcome == outcome::allow;
  EXPECT_EQ(allowed, 3);
}

int allowed_by_threads(const world& w, int threads, int calls, const auto& recipient_of) {
  std::atomic<int> allowed{0};
  const std::string state = w.state();
  std::vector<std::thread> running;
  for (int t = 0; t < threads; ++t)
    running.emplace_back([&, t] {
      for (int i = 0; i < calls; ++i) {
        const start s{.state = state, .recipient = recipient_of(t, i)};
        allowed += w.decide(s).outcome == outcome::allow;
      }
    });
  for (std::thread& t : running) t.join();
  return allowed;
}

TEST(charges, threads_that_race_for_one_transaction_get_its_budget_and_no_more) {
  for (int round = 0; round < 50; ++round) {
    const world w;
    // one recipient: ten starts, though every thread may have seen it as new
    EXPECT_EQ(allowed_by_threads(w, 4, 5, [](int, int) { return std::string("ada@example.com"); }), 10);
    const world other;
    // everybody another: three recipients, once each
    EXPECT_EQ(allowed_by_threads(other, 4, 5, [](int t, int i) { return std::to_string(10 * t + i) + "@example.com"; }), 3);
  }
}

TEST(charges, issuing_states_is_limited_per_address) {
  const world w;
  const address from = *parse_address("203.0.113.9"), other = *parse_address("203.0.113.10");
  int issued = 0;
  while (w.door().open_transaction("backend", test::right_cookie, from, ten_oclock)) ++issued;
  EXPECT_EQ(issued, 100);
  const auto refused = w.door().open_transaction("backend", test::right_cookie, from, ten_oclock).error();
  EXPECT_EQ(refused.why, reason::limit_state_issue_per_address);
  EXPECT_EQ(refused.limit.outcome.retry_after, wait_time(36 * second));
  const auto state = w.door().open_transaction("backend", test::right_cookie, other, ten_oclock);
  ASSERT_TRUE(state);
  const start s{.state = std::string(state->view())};
  EXPECT_EQ(w.decide(s).why, reason::allowed_authenticated);
}

TEST(charges, vendor_profile_auth0_fifty_unauthenticated_starts_an_hour_and_address) {
  const world w(mode::notice);
  const start s = missing();
  for (int i = 0; i < 50; ++i) EXPECT_EQ(w.decide(s).outcome, outcome::notice) << i;
  const decision d = w.decide(s);
  EXPECT_EQ(d.why, reason::limit_start_per_address);
  EXPECT_TRUE(d.would_deny);
  EXPECT_EQ(fixes_for(d).first(), fix::wait);
  const start elsewhere{.peer = "203.0.113.10"}, neighbour{.peer = "2001:db8:1:2::1"}, same_network{.peer = "2001:db8:1:2::ffff"};
  EXPECT_EQ(w.decide(elsewhere).outcome, outcome::notice);
  EXPECT_EQ(w.decide(proved()).outcome, outcome::allow);  // not under this limit
  for (int i = 0; i < 50; ++i)
    EXPECT_EQ(w.decide(i % 2 ? neighbour : same_network, ten_oclock + second).outcome, outcome::notice);
  EXPECT_EQ(w.decide(neighbour, ten_oclock + second).why, reason::limit_start_per_address);  // IPv6 is counted by /64
  EXPECT_EQ(w.decide(s, ten_oclock + 72 * second).outcome, outcome::notice);                 // one comes back
  EXPECT_EQ(w.decide(s, ten_oclock + 72 * second).why, reason::limit_start_per_address);
}

TEST(charges, callers_without_an_address_share_a_bucket_that_no_address_has) {
  const world w(mode::notice);
  const start unspecified{.peer = "::"}, nowhere{.peer = ""}, unreadable{.peer = "unix:/run/edge"};
  for (int i = 0; i < 50; ++i) EXPECT_EQ(w.decide(unspecified).outcome, outcome::notice) << i;
  EXPECT_EQ(w.decide(unspecified).why, reason::limit_start_per_address);
  for (int i = 0; i < 50; ++i)
    EXPECT_EQ(w.decide(i % 2 ? nowhere : unreadable, ten_oclock + second).outcome, outcome::notice) << i;
  EXPECT_EQ(w.decide(nowhere, ten_oclock + 2 * second).why, reason::limit_start_per_address);
}

TEST(charges, the_global_limit_counts_everybody_and_says_so_in_the_log_once_a_minute) {
  const world w;
  int warned = 0;
  const start s = proved();
  for (int i = 0; i < 100; ++i) warned += has(w.decide(s), log::event::api_limit_warning);
  EXPECT_EQ(warned, 1);
  EXPECT_TRUE(has(w.decide(s), log::event::api_limit));
  const decision d = w.decide(s);
  EXPECT_EQ(d.why, reason::limit_authentication_api);
  EXPECT_FALSE(has(d, log::event::api_limit));
  EXPECT_EQ(w.decide(s, ten_oclock + 10 * millisecond).outcome, outcome::allow);
}

TEST(charges, a_recipients_limit_keeps_proved_and_unproved_callers_apart) {
  world w(mode::notice);
  w.rules.limits.start_per_identifier = {at_most(5, hour), at_most(20, 24 * hour)};
  w.reopen();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(w.decide(missing()).outcome, outcome::notice);
  EXPECT_EQ(w.decide(missing()).why, reason::limit_start_per_identifier);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(w.decide(proved()).outcome, outcome::allow);  // a stranger locks no user out
  const decision d = w.decide(proved());
  EXPECT_EQ(d.why, reason::limit_start_per_identifier);
  for (const limit_report& l : d.limits) EXPECT_EQ(l.visible, l.name != "start_per_identifier");
}

TEST(charges, a_wider_network_has_a_limit_of_its_own_so_that_hopping_between_its_64s_ends) {
  world w(mode::notice);
  w.rules.limits.start_per_address = at_most(2, hour);
  w.rules.limits.start_per_network = {{56, at_most(4, hour)}, {48, at_most(6, hour)}};
  w.reopen();
  const auto from = [&](std::string peer) {
    start s = missing();
    s.peer = std::move(peer);
    return w.decide(s).why;
  };
  for (const char* peer : {"2001:db8:0:1::1", "2001:db8:0:2::1", "2001:db8:0:3::1", "2001:db8:0:4::1"})
    EXPECT_EQ(from(peer), reason::authentication_missing) << peer;
  EXPECT_EQ(from("2001:db8:0:5::1"), reason::limit_start_per_network);  // the /56 is used up
  for (const char* peer : {"2001:db8:0:100::1", "2001:db8:0:200::1"})
    EXPECT_EQ(from(peer), reason::authentication_missing) << peer;
  EXPECT_EQ(from("2001:db8:0:300::1"), reason::limit_start_per_network);  // and so is the /48
  EXPECT_EQ(from("2001:db8:1:1::1"), reason::authentication_missing);
  for (int i = 0; i < 8; ++i)
    EXPECT_EQ(from("198.51.100." + std::to_string(i)), reason::authentication_missing);  // IPv4 is whole
}

TEST(charges, the_limit_of_a_network_is_told_to_its_caller_and_holds_nobody_back_who_is_authenticated) {
  world w(mode::notice);
  w.rules.limits.start_per_network = {{48, at_most(1, hour)}};
  w.reopen();
  start s = missing();
  s.peer = "2001:db8::1";
  EXPECT_EQ(w.decide(s).outcome, outcome::notice);
  const response refused = w.answer(s);
  EXPECT_EQ(refused.status, 429);
  EXPECT_NE(w.text(w.decide(s)).find(R"(\"start_per_network\";q=1)"), std::string::npos);
  s.client_secret = std::string(test::right_secret);
  EXPECT_EQ(w.decide(s).outcome, outcome::allow);
}

TEST(charges, sms_is_limited_by_country_where_the_policy_says_so) {
  world w;
  w.rules.limits.sms_per_country = at_most(2, hour);
  w.reopen();
  const auto to = [&](std::string number) {
    return w.decide({.client_secret = std::string(test::right_secret), .connection = "sms", .recipient = std::move(number)}).why;
  };
  EXPECT_EQ(to("+4915112345678"), reason::allowed_authenticated);
  EXPECT_EQ(to("+4915112345679"), reason::allowed_authenticated);
  EXPECT_EQ(to("+4915112345670"), reason::limit_sms_per_country);
  EXPECT_EQ(to("+33612345678"), reason::allowed_authenticated);
}

std::size_t count(const decision& d, std::string_view name) {
  return static_cast<std::size_t>(
      std::count_if(d.limits.begin(), d.limits.end(), [&](const limit_report& l) { return l.name == name; }));
}

// A tenant whose applications have limits; calls come from a new address each, so that no other limit is met.
struct limited : world {
  explicit limited(const std::function<void(application_limits&)>& set, mode m = mode::enforce) : world(m) {
    set(rules.limits.start_per_application);
    reopen();
  }
  decision call(std::string client_id, instant now = ten_oclock) {
    const bool is_public = client_id == "spa";
    last = {.client_id = std::move(client_id), .client_secret = is_public ? std::string() : std::string(test::right_secret)};
    last.peer = "203.0.113." + std::to_string(++calls % 250);
    return decide(last, now);
  }
  int passes(const std::string& client_id, int times) {
    int passed = 0;
    for (int i = 0; i < times; ++i) passed += call(client_id).outcome != outcome::deny;
    return passed;
  }
  start last;
  int calls = 0;
};

TEST(charges, an_application_has_its_own_limit_before_its_groups_before_the_global_one) {
  limited w([](application_limits& l) {
    l.global = {at_most(2, hour)};
    l.groups["shops"] = {at_most(3, hour)};
    l.group_of = {{"switch-on", "shops"}, {"switch-off", "shops"}, {"rotating", "shops"}};
    l.clients["rotating"] = {at_most(4, hour)};
  });
  EXPECT_EQ(w.passes("rotating", 9), 4) << "its own";
  EXPECT_EQ(w.passes("switch-on", 2), 2);
  EXPECT_EQ(w.passes("switch-off", 9), 1) << "a group shares one bucket";
  EXPECT_EQ(w.passes("backend", 9), 2);
  EXPECT_EQ(w.passes("spa", 9), 2) << "under the global limit each has a bucket of its own";
  const decision d = w.call("backend");
  EXPECT_EQ(d.why, reason::limit_start_per_application);
  EXPECT_EQ(fixes_for(d).first(), fix::wait);
  const response r = respond(d, w.rules.enforcement, ten_oclock);
  EXPECT_EQ(r.status, 429);
  EXPECT_EQ(r.error_description, "Rate limit exceeded.");
}

// A proved application is under no limit of an address: one whose secret leaked would otherwise use up what all need.
TEST(charges, in_the_hardened_profile_one_application_leaves_half_of_the_tenants_limit_to_the_others) {
  const auto hardened = json::read_policy(R"({"profile": "hardened"})", openssl::key_maker{});
  ASSERT_TRUE(hardened);
  limited w([&](application_limits& l) { l = hardened->limits.start_per_application; });
  EXPECT_EQ(w.passes("backend", 200), 50);
  EXPECT_EQ(w.passes("rotating", 200), 50);
  EXPECT_EQ(w.call("switch-on").why, reason::limit_authentication_api);
  limited without([](application_limits&) {});
  EXPECT_EQ(without.passes("backend", 200), 100) << "in auth0 nothing but the tenant's limit";
}

TEST(charges, a_group_that_is_called_like_a_client_has_a_bucket_of_its_own) {
  limited w([](application_limits& l) {
    l.groups["backend"] = {at_most(2, hour)};
    l.group_of = {{"rotating", "backend"}};
    l.clients["backend"] = {at_most(2, hour)};
  });
  EXPECT_EQ(w.passes("rotating", 9), 2);
  EXPECT_EQ(w.passes("backend", 9), 2);
}

TEST(charges, a_count_of_0_blocks_and_names_who_can_change_that) {
  limited w([](application_limits& l) { l.clients["backend"] = {{quota::blocked()}}; });
  const decision d = w.call("backend");
  EXPECT_EQ(d.outcome, outcome::deny);
  EXPECT_EQ(d.why, reason::limit_start_per_application);
  EXPECT_EQ(fixes_for(d).first(), fix::raise_application_limit);
  EXPECT_TRUE(respond(d, w.rules.enforcement, ten_oclock).rates.retry_after.empty()) << "no waiting helps";
  EXPECT_EQ(w.call("rotating").outcome, outcome::allow);
}

TEST(charges, a_limit_that_only_logs_refuses_nothing_and_tells_once_a_minute) {
  limited w([](application_limits& l) { l.global = {at_most(2, hour), application_limit_mode::log}; });
  for (int i = 0; i < 2; ++i) EXPECT_FALSE(w.call("backend").findings.has(finding::application_over_log_only_limit));
  const decision over = w.call("backend");
  EXPECT_EQ(over.outcome, outcome::allow);
  EXPECT_FALSE(over.would_deny);
  EXPECT_TRUE(over.findings.has(finding::application_over_log_only_limit));
  EXPECT_TRUE(has(over, log::event::api_limit));
  EXPECT_TRUE(over.limits[1].log_only);
  EXPECT_FALSE(over.limits[1].outcome.allowed);
  const response r = respond(over, w.rules.enforcement, ten_oclock);
  EXPECT_EQ(r.status, 200);
  EXPECT_TRUE(r.rates.retry_after.empty());
  const decision again = w.call("backend");
  EXPECT_TRUE(again.findings.has(finding::application_over_log_only_limit));
  EXPECT_FALSE(has(again, log::event::api_limit));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(has(w.call("rotating"), log::event::api_limit), i == 2) << "of another application";
  EXPECT_TRUE(has(w.call("backend", ten_oclock + minute), log::event::api_limit));
}

TEST(charges, a_limit_that_only_logs_counts_no_call_that_another_limit_refuses) {
  limited w([](application_limits& l) { l.global = {at_most(5, hour), application_limit_mode::log}; });
  w.rules.limits.authentication_api = at_most(1, hour);
  w.reopen();
  EXPECT_EQ(w.call("backend").limits[1].outcome.remaining(), 4U);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(w.call("backend").why, reason::limit_authentication_api);
  EXPECT_EQ(w.call("backend", ten_oclock + hour).limits[1].outcome.remaining(), 4U) << "the fifth of an hour ago is back";
}

TEST(charges, a_call_over_its_applications_limit_costs_the_tenant_nothing_and_one_that_passes_does) {
  limited w([](application_limits& l) { l.clients["backend"] = {at_most(3, hour)}; });
  EXPECT_EQ(w.passes("backend", 50), 3);
  EXPECT_EQ(w.call("rotating").limits[0].outcome.remaining(), 96U);
}

TEST(charges, only_an_application_that_is_known_and_named_has_a_limit) {
  limited w([](application_limits& l) { l.global = {{quota::blocked()}}; });
  const start hidden{.observed = false}, unknown{.client_id = "nobody"};
  EXPECT_EQ(w.decide(hidden).why, reason::allowed_unobserved);
  EXPECT_EQ(w.decide(unknown).why, reason::application_unknown);
  EXPECT_EQ(count(w.decide(hidden), "start_per_application"), 0U);
  EXPECT_EQ(w.call("spa").why, reason::limit_start_per_application);
}

TEST(charges, what_an_application_has_left_is_shown_to_whoever_proved_to_be_it) {
  limited w([](application_limits& l) { l.global = {at_most(5, hour)}; }, mode::notice);
  const auto shown = [&](const start& s) {
    for (const limit_report& l : w.decide(s).limits)
      if (l.name == "start_per_application") return l.visible;
    return false;
  };
  EXPECT_TRUE(shown(proved()));
  EXPECT_FALSE(shown(missing())) << "a stranger who only names it";
}

TEST(charges, a_call_under_every_limit_at_once_is_charged_to_all_of_them) {
  world w;
  limits_policy& l = w.rules.limits;
  l.start_per_address_applies_to = address_limit_scope::everybody;
  l.start_per_network = {{56, at_most(200, hour)}, {48, at_most(800, hour)}};
  l.start_per_identifier = {at_most(5, hour), at_most(20, 24 * hour)};
  l.sms_per_country = at_most(50, hour);
  l.start_per_application.global = {at_most(50, hour)};
  w.reopen();
  const start s{.state = w.state(), .connection = "sms", .recipient = "+4915112345678", .peer = "2001:db8::1"};
  const decision d = w.decide(s);
  EXPECT_EQ(d.why, reason::allowed_authenticated);
  EXPECT_EQ(d.limits.size(), 10U) << "none is cut off, and the mark of a new recipient needs a place too";
}

TEST(charges, a_call_that_one_limit_refuses_is_charged_to_none) {
  world w(mode::notice);
  const start s = missing();
  for (int i = 0; i < 50; ++i) (void)w.decide(s);
  const decision before = w.decide(s, ten_oclock + second);
  ASSERT_EQ(before.why, reason::limit_start_per_address);
  EXPECT_EQ(before.limits[0].outcome.remaining(), 100U);
  EXPECT_EQ(w.decide(s, ten_oclock + second).limits[0].outcome.remaining(), 100U);
}

TEST(charges, one_notice_per_rolling_hour_and_application) {
  world w(mode::notice);
  const auto noticed = [&](std::string client_id, instant at) {
    const start s{.client_id = std::move(client_id)};
    const decision d = w.decide(s, at);
    EXPECT_EQ(d.outcome, outcome::notice);  // counted all the same
    return has(d, log::event::depnote);
  };
  EXPECT_TRUE(noticed("backend", ten_oclock + 50 * minute));
  EXPECT_FALSE(noticed("backend", ten_oclock + 61 * minute));  // another hour of the clock, the same rolling hour
  EXPECT_TRUE(noticed("rotating", ten_oclock + 61 * minute));
  EXPECT_FALSE(noticed("backend", ten_oclock + 110 * minute - 1));
  EXPECT_TRUE(noticed("backend", ten_oclock + 110 * minute));
  w.rules.notices = notice_scope::tenant;
  w.reopen();
  EXPECT_TRUE(noticed("switch-on", ten_oclock + 3 * hour));
  EXPECT_FALSE(noticed("switch-off", ten_oclock + 3 * hour));
}

}  // namespace
