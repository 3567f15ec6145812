// What would have to change: the smallest set of edits to the facts after which the judge allows, found by running the judge itself.
// There is no second copy of any rule here, so an explanation cannot drift from the decision.
#pragma once

#include <startgate/fix.hpp>
#include <startgate/judge.hpp>
#include <startgate/reason.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace startgate {

// What somebody can do about a call, in the order in which it would be done.
enum class edit : std::uint8_t {
  pass_body_on,
  name_known_application,
  use_first_party_application,
  prove_by_state,
  prove_by_credential,
  send_one_forwarded_address,
  turn_on_trust_switch,
};
inline constexpr std::size_t edit_count = 7;

struct edits {
  std::uint8_t bits = 0;

  constexpr bool has(edit e) const noexcept { return (bits >> static_cast<unsigned>(e)) & 1U; }
  constexpr edits& add(edit e) noexcept {
    bits = static_cast<std::uint8_t>(bits | (1U << static_cast<unsigned>(e)));
    return *this;
  }
  constexpr std::size_t size() const noexcept { return static_cast<std::size_t>(std::popcount(bits)); }
  constexpr bool operator==(const edits&) const = default;
};

constexpr facts apply(edit e, facts f) noexcept {
  switch (e) {
    case edit::pass_body_on:
      // What the body will show is not known, so nothing good is assumed of it.
      if (f.application == standing::not_named) f.application = standing::confidential;
      if (f.proof == proof::unobserved) f.proof = proof::absent;
      break;
    case edit::name_known_application:
      if (f.application == standing::unknown) f.application = standing::confidential;
      break;
    case edit::use_first_party_application:
      if (f.application == standing::third_party) f.application = standing::confidential;
      break;
    case edit::prove_by_state:
      if (f.application == standing::confidential) f.proof = proof::by_state;
      break;
    case edit::prove_by_credential:
      // A credential in a header that failed names nobody; one that holds also says whose it is.
      if (f.application == standing::not_named && f.proof == proof::refused_credential) f.application = standing::confidential;
      if (f.application == standing::confidential) f.proof = proof::by_credential;
      break;
    case edit::send_one_forwarded_address:
      if (f.forwarded == forwarded_for::unusable) f.forwarded = forwarded_for::usable;
      break;
    case edit::turn_on_trust_switch: f.trust = trust_switch::on; break;
  }
  return f;
}

constexpr facts apply(edits all, facts f) noexcept {
  for (std::size_t i = 0; i < edit_count; ++i)
    if (all.has(edit(i))) f = apply(edit(i), f);
  return f;
}

// The fewest edits out of `possible` after which `goal(facts)` holds; among equally few, those that stand first. None: no such set.
template <class Goal>
constexpr std::optional<edits> nearest(const facts& f, edits possible, Goal goal) {
  for (std::size_t size = 0; size <= edit_count; ++size)
    for (unsigned bits = 0; bits < (1U << edit_count); ++bits) {
      const edits candidate{static_cast<std::uint8_t>(bits)};
      if (candidate.size() == size && (bits & ~unsigned{possible.bits}) == 0 && goal(apply(candidate, f))) return candidate;
    }
  return std::nullopt;
}

// Where the call was made from, as far as the Origin header tells.
enum class page : std::uint8_t { none, hosted, elsewhere };

struct situation {
  page from = page::none;
  client_auth_methods methods;  // registered for the application
  bool basic_only = false;      // the policy insists on the registered way of sending the secret, which is Basic
};

constexpr edits possible_edits(const situation& s) noexcept {
  edits possible{0x7F};
  // Only the hosted login page has a state to forward, and it has no credential.
  const edit not_there = s.from == page::hosted ? edit::prove_by_credential : edit::prove_by_state;
  possible.bits = static_cast<std::uint8_t>(possible.bits & ~(1U << static_cast<unsigned>(not_there)));
  return possible;
}

// The smallest set of edits after which enforcement lets the call pass and a forwarded address that was sent counts.
constexpr edits nearest_pass(rules r, const facts& f, const situation& s) {
  const rules enforced = with(r, mode::enforce);
  const auto passes = [&](const facts& g) { return judge(enforced, g).outcome == outcome::allow; };
  const auto passes_in_full = [&](const facts& g) {
    const bool can_count =
        g.application == standing::confidential && s.from == page::none && g.forwarded != forwarded_for::absent;
    return passes(g) && (!can_count || judge(enforced, g).address == address_from::application_header);
  };
  if (const auto full = nearest(f, possible_edits(s), passes_in_full)) return *full;
  return nearest(f, possible_edits(s), passes).value_or(edits{});
}

namespace detail {

constexpr fix way_to_authenticate(const situation& s) noexcept {
  using enum client_auth_method;
  if (s.from == page::elsewhere) return fix::move_call_to_backend;
  if (s.methods.has(client_secret_post) || s.methods.has(client_secret_basic))
    return s.basic_only ? fix::send_client_secret_basic : fix::send_client_secret;
  if (s.methods.has(private_key_jwt) || s.methods.has(client_secret_jwt)) return fix::sign_client_assertion;
  if (s.methods.has(tls_client_auth) || s.methods.has(self_signed_tls_client_auth)) return fix::present_client_certificate;
  return fix::register_client_authentication;
}

constexpr fix way_to_correct(reason why, const situation& s) noexcept {
  switch (why) {
    case reason::authentication_two_methods: return fix::send_one_credential;
    case reason::authentication_client_id_mismatch: return fix::send_matching_client_id;
    case reason::authentication_method_not_registered:
      return s.methods.empty() ? fix::register_client_authentication : fix::use_registered_method;
    case reason::assertion_replayed: return fix::sign_client_assertion;
    case reason::authentication_busy:
    case reason::assertion_replay_memory_full:
    case reason::assertion_replay_memory_out_of_reach: return fix::wait;
    default: return fix::correct_client_credential;
  }
}

// A transaction that is over cannot be mended by forwarding its state once more.
constexpr bool needs_new_transaction(reason why) noexcept {
  return why == reason::state_expired || why == reason::state_other_browser || why == reason::state_cookie_missing ||
         why == reason::state_key_unknown || why == reason::limit_start_per_transaction;
}

}  // namespace detail

// The edit in words that fit this application and this fault.
constexpr fix fix_for(edit e, const facts& f, reason why, const situation& s) noexcept {
  switch (e) {
    case edit::pass_body_on: return fix::pass_body_on;
    case edit::name_known_application: return fix::send_known_client_id;
    case edit::use_first_party_application: return fix::use_first_party_application;
    case edit::prove_by_state: return detail::needs_new_transaction(why) ? fix::open_new_login : fix::forward_page_state;
    case edit::send_one_forwarded_address: return fix::send_one_forwarded_address;
    case edit::turn_on_trust_switch: return fix::turn_on_trust_switch;
    case edit::prove_by_credential: break;
  }
  if (f.proof == proof::refused_credential || f.proof == proof::refused_methods) return detail::way_to_correct(why, s);
  if (f.proof == proof::by_state) return fix::authenticate_for_forwarded_address;
  return detail::way_to_authenticate(s);
}

struct fix_list {
  std::array<fix, edit_count> list{};
  std::size_t count = 0;

  constexpr fix first() const noexcept { return count == 0 ? fix::none : list[0]; }
  constexpr const fix* begin() const noexcept { return list.data(); }
  constexpr const fix* end() const noexcept { return list.data() + count; }
};

// The fixes that follow from the nearest pass, in the order in which they would be done.
constexpr fix_list fixes_for(const rules& r, const facts& f, reason why, const situation& s) {
  fix_list out;
  const edits needed = nearest_pass(r, f, s);
  for (std::size_t i = 0; i < edit_count; ++i)
    if (needed.has(edit(i))) out.list[out.count++] = fix_for(edit(i), f, why, s);
  return out;
}

}  // namespace startgate
