// Each rule of attack protection in front of the whole gate, before and after enforcement: who is held back, and who is not.
#include <startgate/gate.hpp>

#include "support/world.hpp"

#include <gtest/gtest.h>

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

constexpr const char *user = "198.51.100.7", *neighbour = "198.51.100.8", *backend_address = "203.0.113.9";

// A backend that proves itself and names its user's address.
start forwarded(std::string address, std::string recipient = "ada@example.com") {
  start s{.client_secret = std::string(test::right_secret), .recipient = std::move(recipient)};
  return s.with("auth0-forwarded-for", std::move(address));
}
// The user's own browser, which proves nothing.
start direct(std::string address, std::string recipient = "ada@example.com") {
  return {.client_id = "spa", .recipient = std::move(recipient), .peer = std::move(address)};
}
start proved(std::string recipient = "ada@example.com") {
  return {.client_secret = std::string(test::right_secret), .recipient = std::move(recipient)};
}
// Through a proxy that is trusted and says where the call came from.
start behind_proxy(std::string address, start s = proved()) {
  s.peer = "10.0.0.1";
  return s.with("x-forwarded-for", std::move(address));
}

struct tenant : world {
  explicit tenant(mode m, const std::function<void(policy&)>& set = {}) : world(m) {
    proxy_trust_settings proxies;
    proxies.trusted_proxies = {*parse_prefix("10.0.0.0/8")};
    rules.client_address.proxies = *proxy_trust::make(std::move(proxies));
    rules.limits.refused_per_address = at_most(5, hour);
    rules.limits.authentication_api.reset();
    if (set) set(rules);
    reopen();
  }
  void failed_logins(const char* address, int times, std::string_view recipient = {}) const {
    for (int i = 0; i < times; ++i)
      door().failed_login(parse_address(address), recipient.empty() ? std::to_string(i) + "@example.com" : recipient, ten_oclock);
  }
  // The reason of attack protection, or none where the call is not held back.
  reason holds(const start& s, instant now = ten_oclock) const {
    const decision d = decide(s, now);
    if (!refused_by_attack_protection(d)) return reason::none;
    EXPECT_EQ(d.outcome, outcome::deny) << "a shield holds back in every mode";
    EXPECT_TRUE(d.would_deny);
    EXPECT_EQ(respond(d, rules.enforcement, now).status, 429);
    EXPECT_EQ(respond(d, rules.enforcement, now).error, "too_many_attempts");
    return d.why;
  }
};

void allowlist(policy& p, const char* text) {
  const prefix allowed = *parse_prefix(text);
  p.attack_protection.suspicious_ip.allowlist = p.attack_protection.brute_force.allowlist = prefix_set({&allowed, 1});
}

class held_back : public testing::TestWithParam<mode> {};

// ---- refused_per_address: the transport address, whatever a header says -------------------------------------------------------------

TEST_P(held_back, by_refusals_is_the_transport_address_and_everybody_on_it) {
  const tenant w(GetParam());
  for (int i = 0; i < 5; ++i) EXPECT_EQ(w.decide({.client_id = "nobody", .peer = user}).why, reason::application_unknown);
  EXPECT_EQ(w.holds(direct(user)), reason::attack_refused_per_address);
  EXPECT_EQ(w.holds(direct(user, "grace@example.com")), reason::attack_refused_per_address) << "other users of the same address";
  EXPECT_EQ(w.holds(direct(neighbour)), reason::none);
  EXPECT_EQ(w.holds(forwarded(user)), reason::none) << "the user through a backend, which did not fail";
  EXPECT_EQ(w.holds(direct(user), ten_oclock + 12 * minute), reason::none) << "minutes, not days";
}

TEST_P(held_back, by_refusals_is_the_caller_behind_a_proxy_and_not_the_proxy) {
  const tenant w(GetParam());
  for (int i = 0; i < 5; ++i) (void)w.decide(behind_proxy(user, {.client_id = "nobody"}));
  EXPECT_EQ(w.holds(behind_proxy(user)), reason::attack_refused_per_address);
  EXPECT_EQ(w.holds(behind_proxy(neighbour)), reason::none) << "who comes through the same proxy";
  EXPECT_EQ(w.holds(direct("10.0.0.1")), reason::none) << "the proxy itself";
}

TEST_P(held_back, by_refusals_is_nobody_whom_the_failing_caller_names) {
  const tenant w(GetParam());
  start failing{.client_id = "nobody", .peer = "192.0.2.1"};
  failing.with("auth0-forwarded-for", user).with("x-forwarded-for", user).with("forwarded", std::string("for=") + user);
  for (int i = 0; i < 5; ++i) (void)w.decide(failing);
  EXPECT_EQ(w.holds(direct(user)), reason::none);
  EXPECT_EQ(w.holds(forwarded(user)), reason::none);
  EXPECT_EQ(w.holds(direct("192.0.2.1")), reason::attack_refused_per_address);
}

TEST_P(held_back, by_wrong_secrets_is_somebody_only_where_they_are_refused) {
  const tenant w(GetParam());
  for (int i = 0; i < 50; ++i) (void)w.decide({.client_secret = std::string(test::wrong_secret)});
  const bool enforced = GetParam() == mode::enforce;
  EXPECT_EQ(w.holds(proved()), enforced ? reason::attack_refused_per_address : reason::none) << "the mode governs what it caused";
  EXPECT_EQ(w.holds(forwarded(user)), enforced ? reason::attack_refused_per_address : reason::none) << "it is the same transport";
  EXPECT_EQ(w.holds(direct(user)), reason::none) << "whom the backend serves is not the backend";
}

// ---- suspicious IP throttling: the resolved address, whatever the recipient ----------------------------------------------------------

void expect_only_the_users_address_is_held_back(const tenant& w) {
  constexpr reason held = reason::attack_suspicious_ip;
  EXPECT_EQ(w.holds(forwarded(user)), held);
  EXPECT_EQ(w.holds(direct(user)), held);
  EXPECT_EQ(w.holds(behind_proxy(user)), held);
  EXPECT_EQ(w.holds(forwarded(user, "grace@example.com")), held) << "other users of the same address: it is the address's";
  EXPECT_EQ(w.holds(forwarded(neighbour)), reason::none) << "another user of the backend";
  EXPECT_EQ(w.holds(behind_proxy(neighbour)), reason::none) << "another user of the proxy";
  EXPECT_EQ(w.holds(proved()), reason::none) << "the backend itself";
  EXPECT_EQ(w.holds(direct("10.0.0.1")), reason::none) << "the proxy itself";
  EXPECT_EQ(w.holds(direct(neighbour).with("auth0-forwarded-for", user)), reason::none) << "nobody can pass for the address";
}

TEST_P(held_back, by_failed_logins_is_the_address_that_they_came_from) {
  const tenant w(GetParam());
  w.failed_logins(user, 100);
  expect_only_the_users_address_is_held_back(w);
}

TEST_P(held_back, by_sign_ups_is_the_address_that_they_came_from) {
  const tenant w(GetParam());
  for (int i = 0; i < 50; ++i) w.door().sign_up(parse_address(user), ten_oclock);
  expect_only_the_users_address_is_held_back(w);
}

TEST_P(held_back, by_failed_logins_is_no_allowlisted_address_however_it_arrives) {
  const tenant w(GetParam(), [](policy& p) { allowlist(p, "198.51.100.7/32"); });
  w.failed_logins(user, 500);
  w.failed_logins(neighbour, 100);
  for (const start& s : {forwarded(user), direct(user), behind_proxy(user)}) EXPECT_EQ(w.holds(s), reason::none);
  EXPECT_EQ(w.holds(forwarded(neighbour)), reason::attack_suspicious_ip);
}

TEST_P(held_back, behind_an_allowlisted_proxy_is_whoever_the_proxy_names) {
  const tenant w(GetParam(), [](policy& p) { allowlist(p, "203.0.113.9/32"); });
  w.failed_logins(user, 100);
  w.failed_logins(backend_address, 100);
  EXPECT_EQ(w.holds(proved()), reason::none);
  EXPECT_EQ(w.holds(forwarded(user)), reason::attack_suspicious_ip) << "only the forwarded address is checked against the list";
}

// ---- brute-force protection: one recipient, from one address or from all ------------------------------------------------------------

TEST_P(held_back, by_failures_of_one_recipient_is_that_recipient_at_that_address) {
  const tenant w(GetParam());
  w.failed_logins(user, 10, "ada@example.com");
  constexpr reason held = reason::attack_brute_force;
  EXPECT_EQ(w.holds(forwarded(user)), held);
  EXPECT_EQ(w.holds(direct(user)), held);
  EXPECT_EQ(w.holds(behind_proxy(user)), held);
  EXPECT_EQ(w.holds(forwarded(user, "grace@example.com")), reason::none) << "other users of the same address";
  EXPECT_EQ(w.holds(forwarded(neighbour)), reason::none) << "the recipient, from elsewhere";
  EXPECT_EQ(w.holds(proved()), reason::none) << "the backend itself";
  EXPECT_EQ(w.holds(direct("10.0.0.1")), reason::none) << "the proxy itself";
}

TEST_P(held_back, by_failures_of_one_recipient_anywhere_is_that_recipient_everywhere) {
  const tenant w(GetParam(), [](policy& p) {
    p.attack_protection.brute_force.mode = brute_force_count::per_identifier;
    allowlist(p, "192.0.2.0/24");
  });
  for (int i = 0; i < 10; ++i) w.failed_logins(("198.51.100." + std::to_string(i)).c_str(), 1, "ada@example.com");
  for (const start& s : {forwarded(user), direct(neighbour), behind_proxy("203.0.113.77"), proved()})
    EXPECT_EQ(w.holds(s), reason::attack_brute_force);
  EXPECT_EQ(w.holds(forwarded(user, "grace@example.com")), reason::none);
  EXPECT_EQ(w.holds(direct("192.0.2.5")), reason::none) << "an allowlisted address";
}

TEST_P(held_back, by_failures_is_no_recipient_at_an_allowlisted_address) {
  const tenant w(GetParam(), [](policy& p) { allowlist(p, "198.51.100.7/32"); });
  w.failed_logins(user, 50, "ada@example.com");
  EXPECT_EQ(w.holds(forwarded(user)), reason::none);
}

TEST_P(held_back, is_nobody_where_the_shields_only_report) {
  const tenant w(GetParam(), [](policy& p) {
    p.attack_protection.suspicious_ip.shields = p.attack_protection.brute_force.shields = {.block = false, .report = true};
  });
  w.failed_logins(user, 200, "ada@example.com");
  EXPECT_EQ(w.holds(forwarded(user)), reason::none);
  const decision d = w.decide(forwarded(user));
  EXPECT_TRUE(std::any_of(d.events.begin(), d.events.end(),
                          [](log::event e) { return e == log::event::limit_mu || e == log::event::limit_wc; }));
}

// ---- advisories ----------------------------------------------------------------------------------------------------------------------

// A counter that parallel logins race lets more than its limit pass.
TEST_P(held_back, cve_2024_4629_as_many_as_the_limit_pass_and_no_more_however_many_race) {
  const tenant w(GetParam(), [](policy& p) { p.limits.start_per_address = at_most(20, hour); });
  std::atomic<int> passed = 0;
  std::vector<std::thread> racing;
  for (int t = 0; t < 16; ++t)
    racing.emplace_back([&] {
      const start s = direct(user);
      for (int i = 0; i < 20; ++i) passed += w.decide(s).outcome == outcome::allow;
    });
  for (std::thread& t : racing) t.join();
  EXPECT_EQ(passed, 20);
}

TEST_P(held_back, cve_2024_4629_failed_logins_that_race_are_all_counted) {
  const tenant w(GetParam());
  std::vector<std::thread> racing;
  for (int t = 0; t < 10; ++t) racing.emplace_back([&] { w.failed_logins(user, 1, "ada@example.com"); });
  for (std::thread& t : racing) t.join();
  EXPECT_EQ(w.holds(direct(user)), reason::attack_brute_force);
}

// A lock-out counts on every channel, or the other one is the way around it.
TEST_P(held_back, cve_2026_9798_a_recipient_is_locked_out_of_link_and_code_and_of_every_application) {
  const tenant w(GetParam());
  w.failed_logins(user, 10, "ada@example.com");
  for (const char* send : {"link", "code", "link_ios", "link_android"})
    for (const start& s : {direct(user), forwarded(user), behind_proxy(user, {.state = w.state()})}) {
      const auto lines = s.lines();
      call c = s.as_call(lines);
      c.members.send = std::string_view(send);
      EXPECT_EQ(w.door().decide(c, ten_oclock).why, reason::attack_brute_force) << send << ' ' << s.client_id;
    }
}

TEST_P(held_back, cve_2026_9798_an_address_is_throttled_on_email_and_sms) {
  const tenant w(GetParam());
  w.failed_logins(user, 100);
  EXPECT_EQ(w.holds(direct(user)), reason::attack_suspicious_ip);
  EXPECT_EQ(w.holds({.client_id = "spa", .connection = "sms", .recipient = "+4670123456", .peer = user}),
            reason::attack_suspicious_ip);
}

TEST_P(held_back, cve_2026_9798_link_and_code_share_the_budget_of_a_recipient) {
  const tenant w(GetParam(), [](policy& p) { p.limits.start_per_identifier = {at_most(4, hour)}; });
  std::vector<reason> seen;
  for (const char* send : {"link", "code", "link", "code", "link", "code"}) {
    const start s = proved();
    call c = s.as_call({});
    c.members.send = std::string_view(send);
    seen.push_back(w.door().decide(c, ten_oclock).why);
  }
  EXPECT_EQ(std::count(seen.begin(), seen.end(), reason::allowed_authenticated), 4);
  EXPECT_EQ(seen.back(), reason::limit_start_per_identifier);
}

// The bucket folds; the message goes to the address as it was given.
TEST_P(held_back, cve_2019_19844_unicode_spellings_share_one_lock_out_and_the_recipient_stays_as_given) {
  const tenant w(GetParam());
  w.failed_logins(user, 10, "mike@example.org");
  for (const char* spelling : {"m\xC4\xB1ke@example.org",         // dotless i
                               "mi\xE2\x84\xAA\x65@example.org",  // Kelvin sign
                               "\xEF\xBD\x8Dike@example.org"})    // full width
  {
    const start s = direct(user, spelling);  // outlives the decision
    const decision d = w.decide(s);
    EXPECT_EQ(d.why, reason::attack_brute_force) << spelling;
    EXPECT_EQ(d.request.recipient, spelling);
  }
  EXPECT_EQ(w.holds(direct(user, "mika@example.org")), reason::none);
}

TEST_P(held_back, cve_2026_47203_every_spelling_of_a_name_adds_to_one_bucket) {
  const tenant w(GetParam());
  for (const char* spelling :
       {"john@example.com", "John@Example.com", " john@example.com ", "john@example.com.", "JOHN@EXAMPLE.COM"})
    w.failed_logins(user, 2, spelling);
  EXPECT_EQ(w.holds(direct(user, "john@example.com")), reason::attack_brute_force);
  EXPECT_EQ(w.holds(direct(user, "jOhN@example.com")), reason::attack_brute_force);
  EXPECT_EQ(w.holds(direct(user, "joan@example.com")), reason::none);
}

INSTANTIATE_TEST_SUITE_P(modes, held_back, testing::Values(mode::notice, mode::enforce),
                         [](const auto& p) { return std::string(name_of(p.param)); });

}  // namespace
