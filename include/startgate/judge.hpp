// The policy on one screen: finite facts in, a verdict out. Every combination is enumerated in the tests and compared with a table
// written from the published guide; the laws at the end are checked by the compiler and may be written by users for rules of their own.
#pragma once

#include <startgate/application.hpp>

#include <array>
#include <cstdint>

namespace startgate {

// Facts: everything the decision may depend on, and nothing else. Each is small, closed and total.

enum class standing : std::uint8_t { not_named, unknown, third_party, public_client, confidential };
enum class proof : std::uint8_t {
  absent,
  unobserved,
  refused_credential,
  refused_methods,
  refused_state,
  by_state,
  by_credential
};
enum class forwarded_for : std::uint8_t { absent, unusable, usable };  // the auth0-forwarded-for header

struct facts {
  standing application = standing::unknown;
  startgate::proof proof = startgate::proof::absent;
  forwarded_for forwarded = forwarded_for::absent;
  trust_switch trust = trust_switch::not_stated;

  constexpr bool operator==(const facts&) const = default;
};

enum class mode : std::uint8_t { off, notice, warn, enforce };

constexpr std::string_view name_of(mode m) noexcept {
  constexpr std::array<std::string_view, 4> names{"off", "notice", "warn", "enforce"};
  return names[static_cast<std::size_t>(m)];
}

// What facts and verdicts are called, in JSON as everywhere.
constexpr std::string_view name_of(standing s) noexcept {
  constexpr std::array<std::string_view, 5> names{"not_named", "unknown", "third_party", "public", "confidential"};
  return names[static_cast<std::size_t>(s)];
}
constexpr std::string_view name_of(proof p) noexcept {
  constexpr std::array<std::string_view, 7> names{"absent",        "unobserved", "refused_credential", "refused_methods",
                                                  "refused_state", "by_state",   "by_credential"};
  return names[static_cast<std::size_t>(p)];
}
constexpr std::string_view name_of(forwarded_for f) noexcept {
  constexpr std::array<std::string_view, 3> names{"absent", "unusable", "usable"};
  return names[static_cast<std::size_t>(f)];
}

struct rules {
  mode enforcement = mode::notice;
  bool requires_switch = false;  // an application must turn its trust switch on before its header counts
  bool deny_unobserved = false;  // what was not passed on counts as missing

  constexpr bool operator==(const rules&) const = default;
};

// The verdict: what happens, because of what, and what follows from it.

enum class outcome : std::uint8_t { allow, notice, deny };
enum class cause : std::uint8_t {
  authenticated,
  public_application,
  unobserved,
  application_unknown,
  application_third_party,
  proof_missing,
  credential_refused,
  methods_refused,
  state_refused,
};
enum class address_from : std::uint8_t { transport, application_header };

constexpr std::string_view name_of(outcome o) noexcept {
  constexpr std::array<std::string_view, 3> names{"allow", "notice", "deny"};
  return names[static_cast<std::size_t>(o)];
}
constexpr std::string_view name_of(cause c) noexcept {
  constexpr std::array<std::string_view, 9> names{"authenticated",       "public_application",      "unobserved",
                                                  "application_unknown", "application_third_party", "proof_missing",
                                                  "credential_refused",  "methods_refused",         "state_refused"};
  return names[static_cast<std::size_t>(c)];
}
constexpr std::string_view name_of(address_from a) noexcept {
  return a == address_from::transport ? "transport" : "application_header";
}

struct verdict {
  startgate::outcome outcome;
  startgate::cause cause;
  bool would_deny;  // the same in every mode: what enforcement does
  address_from address;
  bool charge_per_address;  // also counts toward start_per_address; everybody counts toward authentication_api

  constexpr bool operator==(const verdict&) const = default;
};

constexpr bool proved(proof p) noexcept { return p == proof::by_state || p == proof::by_credential; }

// Why enforcement would refuse or let pass. The mode plays no part, so that notice mode reports exactly what enforce mode does.
constexpr cause cause_of(const facts& f) noexcept {
  const bool named = f.application != standing::not_named;  // otherwise the edge hid the body, and with it the client_id
  switch (f.application) {
    case standing::unknown: return cause::application_unknown;
    case standing::third_party: return cause::application_third_party;
    case standing::public_client: return cause::public_application;  // cannot keep a secret: not affected by the migration
    case standing::not_named:
    case standing::confidential: break;
  }
  switch (f.proof) {
    case proof::absent: return named ? cause::proof_missing : cause::unobserved;
    case proof::unobserved: return cause::unobserved;  // never read as missing
    case proof::refused_credential: return cause::credential_refused;
    case proof::refused_methods: return cause::methods_refused;
    case proof::refused_state: return cause::state_refused;
    case proof::by_state:
    case proof::by_credential: break;
  }
  return named ? cause::authenticated : cause::unobserved;
}

// A browser holds the login page's state, so only a client credential makes the caller's word about addresses worth believing.
constexpr address_from address_of(const rules& r, const facts& f) noexcept {
  const bool trusted = f.trust == trust_switch::on || (f.trust == trust_switch::not_stated && !r.requires_switch);
  const bool believed = f.application == standing::confidential && f.proof == proof::by_credential && trusted &&
                        f.forwarded == forwarded_for::usable;
  return believed ? address_from::application_header : address_from::transport;
}

constexpr verdict judge(const rules& r, const facts& f) noexcept {
  const cause why = cause_of(f);
  const bool always = why == cause::application_unknown || why == cause::application_third_party;
  const bool unproved = why == cause::proof_missing || why == cause::credential_refused || why == cause::methods_refused ||
                        why == cause::state_refused || (why == cause::unobserved && r.deny_unobserved);

  const outcome result = always || (unproved && r.enforcement == mode::enforce) ? outcome::deny
                         : unproved && r.enforcement != mode::off               ? outcome::notice
                                                                                : outcome::allow;
  const bool authenticated = f.application == standing::confidential && proved(f.proof);
  return {result, why, always || unproved, address_of(r, f), !authenticated};
}

// Every combination of facts, in order: tests, `explain`, `diff` and static_assert all walk this one list. Stops at the first false.
template <class Law>
constexpr bool for_all_facts(Law law) {
  for (int a = 0; a < 5; ++a)
    for (int p = 0; p < 7; ++p)
      for (int h = 0; h < 3; ++h)
        for (int t = 0; t < 3; ++t)
          if (!law(facts{standing(a), proof(p), forwarded_for(h), trust_switch(t)})) return false;
  return true;
}

inline constexpr std::array modes{mode::off, mode::notice, mode::warn, mode::enforce};

// The laws that a policy made of these rules keeps, whatever its switches.

template <class Law>
constexpr bool for_all_switches(Law law) {
  for (const bool requires_switch : {false, true})
    for (const bool deny_unobserved : {false, true})
      if (!law(rules{mode::notice, requires_switch, deny_unobserved})) return false;
  return true;
}

constexpr rules with(rules r, mode m) noexcept {
  r.enforcement = m;
  return r;
}

constexpr bool enforcement_never_allows_more(rules r) {
  return for_all_facts([&](facts f) {
    bool denied = false;
    for (const mode m : modes) {
      const bool denies = judge(with(r, m), f).outcome == outcome::deny;
      if (denied && !denies) return false;
      denied = denies;
    }
    return true;
  });
}

constexpr bool shadow_equals_enforce(rules r) {
  return for_all_facts([&](facts f) {
    const verdict hard = judge(with(r, mode::enforce), f);
    for (const mode m : modes) {
      const verdict soft = judge(with(r, m), f);
      if (soft.would_deny != (hard.outcome == outcome::deny) || soft.cause != hard.cause || soft.address != hard.address)
        return false;
    }
    return true;
  });
}

constexpr bool public_applications_are_unaffected(rules r) {
  return for_all_facts([&](facts f) {
    f.application = standing::public_client;
    for (const mode m : modes)
      if (judge(with(r, m), f) != judge(with(r, mode::off), f) || judge(with(r, m), f).outcome != outcome::allow) return false;
    return true;
  });
}

constexpr bool forwarded_address_needs_a_credential(rules r) {
  return for_all_facts([&](facts f) { return address_of(r, f) == address_from::transport || f.proof == proof::by_credential; });
}

static_assert(for_all_switches(enforcement_never_allows_more));
static_assert(for_all_switches(shadow_equals_enforce));
static_assert(for_all_switches(public_applications_are_unaffected));
static_assert(for_all_switches(forwarded_address_needs_a_credential));

}  // namespace startgate
