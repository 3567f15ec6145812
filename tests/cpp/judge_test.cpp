#include <startgate/judge.hpp>

#include <gtest/gtest.h>

#include <string>

namespace {

using namespace startgate;

// ---- the guide as a table ------------------------------------------------------------------------------------------------------------------
//
// Written from the published guide and from the settled choices, not from the code: what becomes of a call by who calls and by what
// it proves. Who is refused, and how firmly:
//   passes     in every mode
//   enforced   a notice before enforcement, a refusal after it
//   hidden     what the edge did not pass on: passes, unless the policy counts it as missing; then as `enforced`
//   always     refused in every mode

enum class fate { passes, enforced, hidden, always };

struct row {
  standing who;
  proof shown;
  fate becomes;
  cause because;
  bool counts_per_address;  // calls that are not authenticated also count toward the hourly limit per address
};

using enum standing;
using enum proof;
using why = cause;

constexpr row table[] = {
    // "when Auth0 cannot authenticate that the call is made on behalf of the application"
    {confidential, absent, fate::enforced, why::proof_missing, true},
    {confidential, unobserved, fate::hidden, why::unobserved, true},
    {confidential, refused_credential, fate::enforced, why::credential_refused, true},
    {confidential, refused_methods, fate::enforced, why::methods_refused, true},
    {confidential, refused_state, fate::enforced, why::state_refused, true},
    // "when they include a client_secret, or when the calls ... forward the state parameter"
    {confidential, by_state, fate::passes, why::authenticated, false},
    {confidential, by_credential, fate::passes, why::authenticated, false},
    // "are considered 'public' applications, and are not affected by this change"; nothing they send proves anything
    {public_client, absent, fate::passes, why::public_application, true},
    {public_client, unobserved, fate::passes, why::public_application, true},
    {public_client, refused_credential, fate::passes, why::public_application, true},
    {public_client, refused_methods, fate::passes, why::public_application, true},
    {public_client, refused_state, fate::passes, why::public_application, true},
    {public_client, by_state, fate::passes, why::public_application, true},
    {public_client, by_credential, fate::passes, why::public_application, true},
    // third-party applications: refused in every mode, whatever they show
    {third_party, absent, fate::always, why::application_third_party, true},
    {third_party, unobserved, fate::always, why::application_third_party, true},
    {third_party, refused_credential, fate::always, why::application_third_party, true},
    {third_party, refused_methods, fate::always, why::application_third_party, true},
    {third_party, refused_state, fate::always, why::application_third_party, true},
    {third_party, by_state, fate::always, why::application_third_party, true},
    {third_party, by_credential, fate::always, why::application_third_party, true},
    // unknown applications: refused in every mode, there is nothing to model
    {unknown, absent, fate::always, why::application_unknown, true},
    {unknown, unobserved, fate::always, why::application_unknown, true},
    {unknown, refused_credential, fate::always, why::application_unknown, true},
    {unknown, refused_methods, fate::always, why::application_unknown, true},
    {unknown, refused_state, fate::always, why::application_unknown, true},
    {unknown, by_state, fate::always, why::application_unknown, true},
    {unknown, by_credential, fate::always, why::application_unknown, true},
    // the body was not passed on, so nobody is named; a credential in a header that fails is a failed one all the same
    {not_named, absent, fate::hidden, why::unobserved, true},
    {not_named, unobserved, fate::hidden, why::unobserved, true},
    {not_named, refused_credential, fate::enforced, why::credential_refused, true},
    {not_named, refused_methods, fate::enforced, why::methods_refused, true},
    {not_named, refused_state, fate::enforced, why::state_refused, true},
    {not_named, by_state, fate::hidden, why::unobserved, true},
    {not_named, by_credential, fate::hidden, why::unobserved, true},
};

// What a call of that fate gets, by mode: off, notice, warn, enforce.
constexpr outcome by_mode[4][4] = {
    /* passes   */ {outcome::allow, outcome::allow, outcome::allow, outcome::allow},
    /* enforced */ {outcome::allow, outcome::notice, outcome::notice, outcome::deny},
    /* hidden   */ {outcome::allow, outcome::allow, outcome::allow, outcome::allow},
    /* always   */ {outcome::deny, outcome::deny, outcome::deny, outcome::deny},
};

// Whether the header auth0-forwarded-for counts for an authenticated call, by the application's switch and by whether the policy
// asks for it. Rows: not stated, on, off.
constexpr bool switch_lets[3][2] = {
    {true, false},  // the guide asks for nothing but the credential; a policy may ask for the switch too
    {true, true},
    {false, false},  // an explicit no is a no
};

verdict expected(const row& r, const rules& given, const facts& f) {
  const fate becomes = r.becomes == fate::hidden && given.deny_unobserved ? fate::enforced : r.becomes;
  const bool would_deny = becomes == fate::enforced || becomes == fate::always;
  const bool header = r.who == confidential && r.shown == by_credential && f.forwarded == forwarded_for::usable &&
                      switch_lets[int(f.trust)][int(given.requires_switch)];
  return {by_mode[int(becomes)][int(given.enforcement)], r.because, would_deny,
          header ? address_from::application_header : address_from::transport, r.counts_per_address};
}

std::string print(const rules& r, const facts& f) {
  const auto n = [](auto e) { return std::to_string(static_cast<int>(e)); };
  return std::string(name_of(r.enforcement)) + (r.requires_switch ? " requires_switch" : "") +
         (r.deny_unobserved ? " deny_unobserved" : "") + ": standing " + n(f.application) + " proof " + n(f.proof) +
         " forwarded " + n(f.forwarded) + " trust " + n(f.trust);
}

TEST(judge, agrees_with_the_guide_in_every_combination_of_facts_switches_and_modes) {
  int combinations = 0;
  for (const mode m : modes)
    for (const bool requires_switch : {false, true})
      for (const bool deny_unobserved : {false, true})
        for (const row& r : table)
          for (const auto header : {forwarded_for::absent, forwarded_for::unusable, forwarded_for::usable})
            for (const auto trust : {trust_switch::not_stated, trust_switch::on, trust_switch::off}) {
              const rules given{m, requires_switch, deny_unobserved};
              const facts f{r.who, r.shown, header, trust};
              const verdict got = judge(given, f), wanted = expected(r, given, f);
              EXPECT_EQ(got, wanted) << print(given, f) << ": outcome " << int(got.outcome) << " cause " << int(got.cause);
              ++combinations;
            }
  EXPECT_EQ(combinations, 4 * 2 * 2 * 35 * 3 * 3);  // 5040: all there are
}

TEST(judge, the_table_has_every_pair_of_standing_and_proof_once) {
  int seen[5][7] = {};
  for (const row& r : table) ++seen[int(r.who)][int(r.shown)];
  for (const auto& line : seen)
    for (const int times : line) EXPECT_EQ(times, 1);
}

TEST(judge, walks_every_combination_of_facts_once) {
  int walked = 0;
  facts last{};
  EXPECT_TRUE(for_all_facts([&](const facts& f) {
    EXPECT_TRUE(walked == 0 || f != last);
    last = f;
    ++walked;
    return true;
  }));
  EXPECT_EQ(walked, 315);
  EXPECT_FALSE(for_all_facts([](const facts& f) { return f.application != confidential; }));
}

// ---- the verdict's laws, as far as facts go; tests/cpp/laws_test.cpp has them for whole decisions ----------------------------------------

// A call that is refused stays refused when a credential that held is made to fail, or one that failed goes on failing.
constexpr bool a_fault_never_helps(rules r) {
  return for_all_facts([&](facts f) {
    if (judge(r, f).outcome != outcome::deny) return true;
    for (const proof worse : {refused_credential, refused_methods, refused_state}) {
      const bool had_a_credential = f.proof != absent && f.proof != unobserved;
      facts g = f;
      g.proof = worse;
      if (had_a_credential && judge(r, g).outcome != outcome::deny) return false;
    }
    return true;
  });
}

constexpr bool for_all_rules(bool (*law)(rules)) {
  for (const mode m : modes)
    for (const bool requires_switch : {false, true})
      for (const bool deny_unobserved : {false, true})
        if (!law({m, requires_switch, deny_unobserved})) return false;
  return true;
}

// A proof that is no better than another one gains nothing over it: not the call, not the address, not the limit.
constexpr bool a_better_proof_never_hurts(rules r) {
  return for_all_facts([&](facts f) {
    facts g = f;
    g.proof = by_credential;
    const verdict with_it = judge(r, g), without = judge(r, f);
    return with_it.would_deny <= without.would_deny || f.application == not_named;
  });
}

// A credential that was not seen is never refused for missing, unless the policy says that it is.
constexpr bool unobserved_is_not_absent(rules r) {
  return for_all_facts([&](facts f) {
    f.proof = unobserved;
    const verdict v = judge(r, f);
    return v.cause != why::proof_missing &&
           (r.deny_unobserved || f.application == unknown || f.application == third_party || !v.would_deny);
  });
}

static_assert(for_all_rules(a_fault_never_helps));
static_assert(for_all_rules(a_better_proof_never_hurts));
static_assert(for_all_rules(unobserved_is_not_absent));
// judge.hpp itself asserts the laws that compare modes.

// ---- a policy that is checked when it is compiled: this is all that a server has to write -------------------------------------------------

constexpr rules ours{.enforcement = mode::enforce, .requires_switch = true, .deny_unobserved = true};

// Nobody gets past this policy in the name of a confidential application without a proof that was seen and holds.
static_assert(for_all_facts([](const facts& f) {
  return f.application != confidential || judge(ours, f).outcome == outcome::deny || proved(f.proof);
}));
// And no address is believed from an application that did not ask for it.
static_assert(for_all_facts([](const facts& f) {
  return judge(ours, f).address == address_from::transport || f.trust == trust_switch::on;
}));
static_assert(noexcept(judge(ours, facts{})));

TEST(judge, a_compiled_law_notices_a_policy_that_breaks_it) {
  static constexpr rules lax{.enforcement = mode::notice};
  static_assert(!for_all_facts(
      [](const facts& f) { return f.application != confidential || judge(lax, f).outcome == outcome::deny || proved(f.proof); }));
  EXPECT_EQ(judge(lax, {confidential, absent, {}, {}}).outcome, outcome::notice);
  EXPECT_EQ(judge(ours, {confidential, absent, {}, {}}).outcome, outcome::deny);
}

}  // namespace
