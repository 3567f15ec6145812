#include <startgate/gate.hpp>

#include "support/world.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace startgate;
using test::start;
using test::ten_oclock;
using test::world;

bool has(const decision& d, log::event e) { return std::find(d.events.begin(), d.events.end(), e) != d.events.end(); }

std::vector<std::string> names(const decision& d) {
  std::vector<std::string> out;
  for (const limit_report& l : d.limits) out.emplace_back(l.name);
  return out;
}
using strings = std::vector<std::string>;

start proved() { return {.client_secret = std::string(test::right_secret)}; }
start missing() { return {}; }
start wrong() { return {.client_secret = std::string(test::wrong_secret)}; }

// ---- who gets through ----------------------------------------------------------------------------------------------------------------------

TEST(gate, a_confidential_application_without_proof_is_noticed_before_enforcement_and_refused_after) {
  for (const auto& [m, wanted] : {std::pair{mode::off, outcome::allow}, {mode::notice, outcome::notice}, {mode::warn, outcome::notice}, {mode::enforce, outcome::deny}}) {
    const start s = missing();
    const decision d = world(m).decide(s);
    EXPECT_EQ(d.outcome, wanted);
    EXPECT_EQ(d.why, reason::authentication_missing);
    EXPECT_TRUE(d.would_deny);
    EXPECT_EQ(has(d, log::event::depnote), wanted == outcome::notice);
    EXPECT_EQ(has(d, log::event::cls), wanted != outcome::deny);
    EXPECT_EQ(fixes_for(d).first(), fix::send_client_secret);
  }
}

TEST(gate, the_secret_proves_the_application_and_lifts_the_limit_per_address) {
  const start s = proved();
  const world w;
  const decision d = w.decide(s);
  EXPECT_EQ(d.outcome, outcome::allow);
  EXPECT_EQ(d.why, reason::allowed_authenticated);
  EXPECT_EQ(d.authentication.method, "client_secret_post");
  EXPECT_EQ(names(d), strings{"authentication_api"});
}

TEST(gate, a_public_application_is_counted_per_address_and_otherwise_left_alone) {
  const start s{.client_id = "spa"};
  const decision d = world().decide(s);
  EXPECT_EQ(d.outcome, outcome::allow);
  EXPECT_EQ(d.why, reason::allowed_public_application);
  EXPECT_EQ(names(d), (strings{"authentication_api", "start_per_address"}));
}

TEST(gate, an_unknown_or_third_party_application_is_refused_in_every_mode) {
  for (const mode m : modes) {
    const world w(m);
    const start nobody{.client_id = "nobody"}, partner{.client_id = "partner", .client_secret = std::string(test::right_secret)};
    EXPECT_EQ(w.decide(nobody).why, reason::application_unknown);
    EXPECT_EQ(w.answer(nobody).status, 401);
    EXPECT_EQ(w.decide(partner).why, reason::application_third_party);
    EXPECT_EQ(w.answer(partner).status, 403);
  }
}

TEST(gate, a_bad_credential_is_refused_also_beside_a_good_state) {
  const world w;
  start s = wrong();
  s.state = w.state();
  const decision d = w.decide(s);
  EXPECT_EQ(d.why, reason::authentication_secret_wrong);
  EXPECT_EQ(d.outcome, outcome::deny);
}

TEST(gate, beside_a_good_credential_no_state_refuses_and_none_is_remarked_on) {
  const world w;
  for (const std::string& state : {w.state(), w.state("spa"), w.state("backend", ten_oclock - 2 * hour), std::string("the-application's-own"), w.state() + "x"}) {
    start s = proved();
    s.state = state;
    const decision d = w.decide(s);
    EXPECT_EQ(d.why, reason::allowed_authenticated);
    EXPECT_EQ(d.authentication.method, "client_secret_post");
    EXPECT_TRUE(d.findings.empty());
  }
}

TEST(gate, a_state_that_was_not_issued_here_is_no_proof_and_no_fault) {
  const start s{.state = "af0ifjsldkj"};
  const decision d = world().decide(s);
  EXPECT_EQ(d.authentication.result, authentication_result::absent);
  EXPECT_EQ(d.why, reason::authentication_missing);
  EXPECT_TRUE(d.findings.has(finding::state_not_issued_here));
}

TEST(gate, a_malformed_authorization_header_names_nobody) {
  // Without a client_id in the body there is then no application, in whatever mode: nothing may be sent in nobody's name.
  for (const mode m : modes) {
    const start s = start{.client_id = ""}.with("Authorization", "Basic !");
    const decision d = world(m).decide(s);
    EXPECT_EQ(d.outcome, outcome::deny);
    EXPECT_EQ(d.why, reason::request_client_id_missing);
  }
}

TEST(gate, a_failed_credential_is_refused_although_the_body_was_not_passed_on) {
  start s{.observed = false};
  s.with("Authorization", "Basic !");
  const decision d = world().decide(s);
  EXPECT_EQ(d.facts.application, standing::not_named);
  EXPECT_EQ(d.outcome, outcome::deny);
  EXPECT_EQ(d.why, reason::authentication_basic_malformed);
  EXPECT_EQ(fixes_for(d).first(), fix::correct_client_credential);
}

TEST(gate, what_was_not_passed_on_passes_unless_the_policy_counts_it_as_missing) {
  const start s{.observed = false};
  world w;
  EXPECT_EQ(w.decide(s).why, reason::allowed_unobserved);
  w.rules.request.deny_unobserved = true;
  w.reopen();
  EXPECT_EQ(w.decide(s).why, reason::application_not_named);
  EXPECT_EQ(w.decide(s).outcome, outcome::deny);
  w.rules.enforcement.mode = mode::notice;
  w.reopen();
  EXPECT_EQ(w.decide(s).outcome, outcome::notice);
}

TEST(gate, a_header_names_and_proves_although_the_body_was_not_passed_on) {
  start s{.observed = false};
  s.with_basic("backend:" + std::string(test::right_secret));
  const world w;
  const decision d = w.decide(s);
  EXPECT_EQ(d.why, reason::allowed_authenticated);
  EXPECT_EQ(d.client_id, "backend");
}

TEST(gate, an_empty_list_of_origins_means_the_issuers_own) {
  world w;
  w.rules.login_state.allowed_origins.clear();
  w.reopen();
  start s{.state = w.state()};
  EXPECT_EQ(w.decide(s.with("Origin", "https://acme.example")).why, reason::allowed_authenticated);
  start other{.state = w.state()};
  EXPECT_EQ(w.decide(other.with("Origin", "https://evil.example")).why, reason::state_other_origin);
}

// ---- the login transaction's budget --------------------------------------------------------------------------------------------------------

TEST(gate, a_transaction_has_ten_starts) {
  const world w;
  const start s{.state = w.state()};
  for (int i = 0; i < 10; ++i) EXPECT_EQ(w.decide(s, ten_oclock + i * minute).outcome, outcome::allow) << i;
  const decision d = w.decide(s, ten_oclock + 11 * minute);
  EXPECT_EQ(d.why, reason::limit_start_per_transaction);
  EXPECT_EQ(w.answer(s, ten_oclock + 11 * minute).status, 429);
  EXPECT_EQ(fixes_for(d).first(), fix::open_new_login);
  // and none comes back before its end
  EXPECT_EQ(w.decide(s, ten_oclock + hour).why, reason::limit_start_per_transaction);
  const start other{.state = w.state("backend", ten_oclock, 2)};
  EXPECT_EQ(w.decide(other, ten_oclock + 11 * minute).outcome, outcome::allow);
}

TEST(gate, a_transaction_has_three_recipients_and_resending_to_them_is_no_new_one) {
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

TEST(gate, a_refused_new_recipient_costs_no_start) {
  const world w;
  const std::string state = w.state();
  const auto to = [&](std::string who) { return w.decide({.state = state, .recipient = std::move(who)}).why; };
  for (const char* who : {"a@x.example", "b@x.example", "c@x.example"}) EXPECT_EQ(to(who), reason::allowed_authenticated);
  for (int i = 0; i < 50; ++i) EXPECT_EQ(to("d" + std::to_string(i) + "@x.example"), reason::limit_start_per_transaction);
  for (int i = 0; i < 7; ++i) EXPECT_EQ(to("a@x.example"), reason::allowed_authenticated) << i;
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

TEST(gate, threads_that_race_for_one_transaction_get_its_budget_and_no_more) {
  for (int round = 0; round < 50; ++round) {
    const world w;
    // one recipient: ten starts, though every thread may have seen it as new
    EXPECT_EQ(allowed_by_threads(w, 4, 5, [](int, int) { return std::string("ada@example.com"); }), 10);
    const world other;
    // everybody another: three recipients, once each
    EXPECT_EQ(allowed_by_threads(other, 4, 5, [](int t, int i) { return std::to_string(10 * t + i) + "@example.com"; }), 3);
  }
}

TEST(gate, issuing_states_is_limited_per_address) {
  const world w;
  const address from = *parse_address("203.0.113.9"), other = *parse_address("203.0.113.10");
  int issued = 0;
  while (w.door().open_transaction("backend", test::right_cookie, from, ten_oclock)) ++issued;
  EXPECT_EQ(issued, 100);
  EXPECT_EQ(w.door().open_transaction("backend", test::right_cookie, from, ten_oclock).error(), reason::limit_state_issue_per_address);
  const auto state = w.door().open_transaction("backend", test::right_cookie, other, ten_oclock);
  ASSERT_TRUE(state);
  const start s{.state = std::string(state->view())};
  EXPECT_EQ(w.decide(s).why, reason::allowed_authenticated);
}

// ---- limits --------------------------------------------------------------------------------------------------------------------------------

TEST(gate, fifty_unauthenticated_starts_an_hour_and_address) {
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
  for (int i = 0; i < 50; ++i) EXPECT_EQ(w.decide(i % 2 ? neighbour : same_network, ten_oclock + second).outcome, outcome::notice);
  EXPECT_EQ(w.decide(neighbour, ten_oclock + second).why, reason::limit_start_per_address);  // IPv6 is counted by /64
  EXPECT_EQ(w.decide(s, ten_oclock + 72 * second).outcome, outcome::notice);                 // one comes back
  EXPECT_EQ(w.decide(s, ten_oclock + 72 * second).why, reason::limit_start_per_address);
}

TEST(gate, the_global_limit_counts_everybody_and_says_so_in_the_log_once_a_minute) {
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

TEST(gate, a_recipients_limit_keeps_proved_and_unproved_callers_apart) {
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

TEST(gate, sms_is_limited_by_country_where_the_policy_says_so) {
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

TEST(gate, a_call_that_one_limit_refuses_is_charged_to_none) {
  world w(mode::notice);
  const start s = missing();
  for (int i = 0; i < 50; ++i) (void)w.decide(s);
  const decision before = w.decide(s, ten_oclock + second);
  ASSERT_EQ(before.why, reason::limit_start_per_address);
  EXPECT_EQ(before.limits[0].outcome.remaining, 100U);
  EXPECT_EQ(w.decide(s, ten_oclock + second).limits[0].outcome.remaining, 100U);
}

// ---- attack protection ---------------------------------------------------------------------------------------------------------------------

TEST(gate, a_hundred_refusals_hold_a_transport_address_back_before_any_key_is_touched) {
  const world w;
  for (int i = 0; i < 100; ++i) EXPECT_EQ(w.decide(wrong()).why, reason::authentication_secret_wrong);
  w.v.count = {};
  const decision d = w.decide(proved());
  EXPECT_EQ(d.why, reason::attack_refused_per_address);
  EXPECT_EQ(w.v.count, test::tally{});
  EXPECT_TRUE(has(d, log::event::limit_mu));
  EXPECT_EQ(w.answer(proved()).error, "too_many_attempts");
  start elsewhere = proved();
  elsewhere.peer = "203.0.113.10";
  EXPECT_EQ(w.decide(elsewhere).outcome, outcome::allow);
  EXPECT_EQ(w.decide(proved(), ten_oclock + 37 * second).outcome, outcome::allow);  // 100 an hour come back one by one
}

TEST(gate, only_real_refusals_count) {
  world soft(mode::notice), w;
  const limit by = *w.rules.limits.refused_per_address;
  EXPECT_EQ(soft.decide(wrong()).outcome, outcome::notice);
  EXPECT_EQ(soft.left(bucket_space::refused_per_address, by, "203.0.113.9"), 100U);
  const auto left = [&] { return w.left(bucket_space::refused_per_address, by, "203.0.113.9"); };
  const start expired{.state = w.state("backend", ten_oclock - 2 * hour)}, stolen{.state = w.state("switch-on")};
  EXPECT_EQ(w.decide(expired).why, reason::state_expired);  // everyday
  EXPECT_EQ(left(), 100U);
  EXPECT_EQ(w.decide(stolen).why, reason::state_other_application);  // misuse
  EXPECT_EQ(left(), 99U);
  EXPECT_EQ(w.decide(missing()).outcome, outcome::deny);
  EXPECT_EQ(left(), 98U);
}

// ---- notices -------------------------------------------------------------------------------------------------------------------------------

TEST(gate, one_notice_per_rolling_hour_and_application) {
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
