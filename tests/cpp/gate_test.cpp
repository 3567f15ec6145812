#include <startgate/gate.hpp>

#include "support/world.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
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

TEST(gate, a_confidential_application_without_proof_is_noticed_before_enforcement_and_refused_after) {
  for (const auto& [m, wanted] : {std::pair{mode::off, outcome::allow},
                                  {mode::notice, outcome::notice},
                                  {mode::warn, outcome::notice},
                                  {mode::enforce, outcome::deny}}) {
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

TEST(gate, vendor_profile_auth0_the_secret_proves_the_application_and_lifts_the_limit_per_address) {
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
  for (const std::string& state : {w.state(), w.state("spa"), w.state("backend", ten_oclock - 2 * hour),
                                   std::string("the-application's-own"), w.state() + "x"}) {
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
  // Without a client_id in the body there is then no application, in whatever mode: nothing may be sent in nobody's name. What is
  // wrong with the credential is told all the same, with the challenge of its header (RFC 6749 section 5.2).
  for (const mode m : modes) {
    const start s = start{.client_id = ""}.with("Authorization", "Basic !");
    const world w(m);
    const decision d = w.decide(s);
    EXPECT_EQ(d.outcome, outcome::deny);
    EXPECT_EQ(d.why, reason::application_unknown);
    EXPECT_EQ(d.authentication.why, reason::authentication_basic_malformed);
    EXPECT_EQ(w.answer(s).status, 401);
    EXPECT_TRUE(w.answer(s).challenge);
  }
}

TEST(gate, a_basic_user_who_is_nobody_decoded_is_looked_up_as_it_was_sent) {
  std::vector<application> all = test::every_kind_of_application();
  all.push_back(test::confidential_application("a+b"));
  world w(mode::enforce, all);
  start s{.client_id = ""};
  s.with_basic("a+b:" + std::string(test::right_secret));
  EXPECT_EQ(w.decide(s).why, reason::allowed_authenticated);
  w.rules.client_authentication.basic = basic_form::strict;
  w.reopen();
  EXPECT_EQ(w.decide(s).why, reason::application_unknown);
}

TEST(gate, what_there_was_no_room_to_check_is_told_to_try_again_and_charged_to_nobody) {
  std::vector<application> all = test::every_kind_of_application();
  const derivation slow{.form = secret_form::pbkdf2, .cost = 1'000, .salt_size = 8};
  all.push_back(test::confidential_application("slow"));
  all.back().secrets = {secret(*openssl::derive(slow, test::right_secret), slow)};
  world w(mode::enforce, all, {1, 2}, /*slow_checks*/ 0);
  w.rules.limits.refused_per_address = at_most(1, hour);
  w.reopen();
  const start s{.client_id = "slow", .client_secret = std::string(test::right_secret)};
  for (int i = 0; i < 3; ++i) {
    const decision d = w.decide(s);
    EXPECT_EQ(d.why, reason::authentication_busy);
    EXPECT_EQ(fixes_for(d).first(), fix::wait);
    const response r = w.answer(s);
    EXPECT_EQ(r.status, 503);
    EXPECT_EQ(r.rates.retry_after.view(), "1");
  }
}

TEST(gate, takes_what_a_failing_check_derives_from_its_registry) {
  std::vector<application> all = test::every_kind_of_application();
  for (const auto& [client_id, cost] : {std::pair("cheap", 1'000U), {"dear", 2'000U}}) {
    const derivation how{.form = secret_form::pbkdf2, .cost = cost, .salt_size = 8};
    all.push_back(test::confidential_application(client_id));
    all.back().secrets = {secret(*openssl::derive(how, test::right_secret), how)};
  }
  world w(mode::enforce, all);
  w.rules.limits.refused_per_address.reset();
  w.reopen();
  const auto work = [&](const char* client_id) {
    w.v.count = {};
    w.decide({.client_id = client_id, .client_secret = std::string(test::wrong_secret)});
    return w.v.count;
  };
  const auto unknown = work("nobody");
  EXPECT_EQ(unknown.derivations, 2);
  for (const char* client_id : {"cheap", "dear", "backend"}) EXPECT_EQ(work(client_id), unknown) << client_id;
}

// Known or not, near or far: who a login is for changes neither the answer nor what it costs.
TEST(gate, supabase_auth_1955_two_recipients_get_the_same_answer_for_the_same_work) {
  const auto of = [](start s, const char* recipient) {
    const world w;
    w.v.count = {};
    s.recipient = recipient;
    const response r = w.answer(s);
    std::string seen = std::to_string(r.status) + std::string(r.error) + std::string(r.error_description) + '\n';
    r.for_each_header(
        [&](std::string_view name, std::string_view value) { seen.append(name).append(":").append(value) += '\n'; });
    return std::pair(seen, w.v.count);
  };
  const world states;
  const start with_state{.state = states.state()};
  for (const start& s : {proved(), wrong(), missing(), with_state, start{.client_id = "spa"}, start{.client_id = "nobody"}}) {
    const auto known = of(s, "ada@example.com"), unknown = of(s, "nobody-at-all-and-rather-long@sub.example.org");
    EXPECT_EQ(unknown.first, known.first) << s.client_id;
    EXPECT_EQ(unknown.second, known.second) << s.client_id;
  }
  EXPECT_EQ(of(wrong(), "ada@example.com").second, (test::tally{.digests = 1, .compares = 2}));
}

TEST(gate, opens_no_transaction_for_an_application_that_does_not_exist) {
  const world w;
  EXPECT_TRUE(w.door().open_transaction("backend", test::right_cookie, *parse_address("203.0.113.9"), ten_oclock));
  const auto none = w.door().open_transaction("nobody", test::right_cookie, *parse_address("203.0.113.9"), ten_oclock);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().why, reason::application_unknown);
}

TEST(gate, rfc6749_10_10_a_login_transaction_has_128_bits_that_nobody_can_guess) {
  const world w;
  transaction_id ever_one{}, always_one;
  always_one.fill(0xff);
  for (int i = 0; i < 90; ++i) {  // the same bit 90 times by chance: one in 2 to the 81
    const auto state = w.door().open_transaction("backend", test::right_cookie, *parse_address("203.0.113.9"), ten_oclock);
    ASSERT_TRUE(state);
    const state_check opened =
        check_state(w.keys, {w.rules.issuer, hour, cookie_rule::where_sent, {}}, state->view(), "backend", {}, ten_oclock, w.v);
    ASSERT_TRUE(opened.proved());
    for (std::size_t at = 0; at < opened.transaction.size(); ++at) {
      ever_one[at] = static_cast<std::uint8_t>(ever_one[at] | opened.transaction[at]);
      always_one[at] = static_cast<std::uint8_t>(always_one[at] & opened.transaction[at]);
    }
  }
  for (const std::uint8_t byte : ever_one) EXPECT_EQ(byte, 0xff);
  for (const std::uint8_t byte : always_one) EXPECT_EQ(byte, 0);
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

TEST(gate, a_throttled_forwarded_address_is_held_back_and_its_proxy_is_not) {
  for (const mode m : modes) {
    const world w(m);
    const address user = *parse_address("198.51.100.7");
    for (int i = 0; i < 100; ++i) w.door().failed_login(user, "user" + std::to_string(i) + "@example.com", ten_oclock);
    const decision held = w.decide(proved().with("auth0-forwarded-for", "198.51.100.7"));
    EXPECT_EQ(held.why, reason::attack_suspicious_ip);
    EXPECT_EQ(held.outcome, outcome::deny) << "in every mode: it is not what client authentication caused";
    EXPECT_TRUE(has(held, log::event::limit_mu));
    EXPECT_EQ(w.answer(proved().with("auth0-forwarded-for", "198.51.100.7")).error, "too_many_attempts");
    EXPECT_NE(w.decide(proved().with("auth0-forwarded-for", "198.51.100.8")).outcome, outcome::deny) << "another user";
    EXPECT_NE(w.decide(proved()).outcome, outcome::deny) << "the proxy itself";
    EXPECT_NE(w.decide(start{.client_id = "spa"}.with("auth0-forwarded-for", "198.51.100.7")).outcome, outcome::deny)
        << "nobody who is not believed can pass for the address";
  }
}

TEST(gate, a_shield_that_does_not_block_only_reports) {
  world w;
  w.rules.attack_protection.suspicious_ip.shields.block = false;
  w.reopen();
  const address peer = *w.decide(proved()).client_ip.address;
  for (int i = 0; i < 100; ++i) w.door().failed_login(peer, std::to_string(i), ten_oclock);
  const decision d = w.decide(proved());
  EXPECT_EQ(d.why, reason::allowed_authenticated);
  EXPECT_TRUE(has(d, log::event::limit_mu));
}

TEST(gate, ten_failed_logins_hold_one_recipient_back_until_one_succeeds) {
  const world w;
  const address peer = *w.decide(proved()).client_ip.address;
  for (int i = 0; i < 10; ++i) w.door().failed_login(peer, i % 2 ? "Ada@Example.com" : " ada@example.com.", ten_oclock);
  const decision d = w.decide(proved());
  EXPECT_EQ(d.why, reason::attack_brute_force);
  EXPECT_TRUE(has(d, log::event::limit_wc));
  start other = proved();
  other.recipient = "grace@example.com";
  EXPECT_EQ(w.decide(other).outcome, outcome::allow);
  w.door().login(peer, "ada@example.com");
  EXPECT_EQ(w.decide(proved()).outcome, outcome::allow);
}

TEST(gate, what_client_authentication_caused_lasts_minutes) {
  const world w;
  for (int i = 0; i < 200; ++i) (void)w.decide(wrong());
  EXPECT_EQ(w.decide(proved()).why, reason::attack_refused_per_address);
  EXPECT_EQ(w.decide(proved(), ten_oclock + minute).outcome, outcome::allow) << "no bucket of days was touched";
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

}  // namespace
