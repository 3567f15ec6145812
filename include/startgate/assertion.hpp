// Client assertions (RFC 7521, RFC 7523, RFC 10070) as a rule over a dissected JWT. Dissecting it is json/'s, signatures are the
// key's. Everything that needs no key is decided first, and the jti is spent last, so that a failing assertion consumes nothing.
#pragma once

#include <startgate/application.hpp>
#include <startgate/reason.hpp>
#include <startgate/replay.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace startgate {

inline constexpr std::string_view jwt_bearer_assertion = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
inline constexpr std::size_t max_assertion_bytes = 2048;
inline constexpr std::size_t max_jwt_id_bytes = 64;
inline constexpr duration max_assertion_lifetime = 5 * minute;
inline constexpr duration assertion_clock_skew = 10 * second;  // on iat and nbf; exp has none

// Which audience names this server (RFC 10070 updates RFC 7523 section 3 item 3).
enum class audience_profile : std::uint8_t {
  rfc10070,  // the issuer alone, as a string or an array of one
  fapi2,     // the issuer alone, as a string
  legacy,    // also the endpoint URLs, and any hit in an array
};

struct assertion_audience {
  enum class form : std::uint8_t { absent, text, array, unusable };
  form is = form::absent;
  std::vector<std::string> values;
};

// The facts of one assertion. `signing_input` views the caller's text; claims are unverified until the rule says otherwise.
struct client_assertion {
  reason fault = reason::none;                   // why it could not be dissected; nothing below is filled in then
  std::optional<signature_algorithm> algorithm;  // empty: `none`, or one that is not known here
  std::optional<std::string> kid;
  bool has_critical = false;       // a crit header; no extension is understood here
  bool has_key_in_header = false;  // jwk, jku, x5u or x5c
  bool claims_well_typed = true;
  std::string issuer, subject, jwt_id;
  assertion_audience audience;
  std::optional<std::int64_t> expires_at, issued_at, not_before;  // seconds; fractions rounded to the assertion's disadvantage
  std::string_view signing_input;
  std::array<std::uint8_t, 512> signature_bytes{};  // RSA with 4096 bits is the longest
  std::size_t signature_size = 0;

  std::span<const std::uint8_t> signature() const noexcept { return {signature_bytes.data(), signature_size}; }
};

struct audience_policy {
  audience_profile profile = audience_profile::rfc10070;
  std::string_view issuer;
  std::span<const std::string> endpoints;  // legacy only: the URLs of the start and the token endpoint
};

constexpr client_auth_method method_of(signature_algorithm a) noexcept {
  return is_mac(a) ? client_auth_method::client_secret_jwt : client_auth_method::private_key_jwt;
}

struct assertion_check {
  reason why;
  const signing_key* key = nullptr;   // that verified the signature
  bool only_remembered_here = false;  // by this process, while the memory that others share is out of reach
};

namespace detail {

// What is wrong before any key is looked for, none where nothing is (RFC 8725 sections 3.1, 3.8 and 3.11; RFC 7515
// section 4.1.11).
inline reason fault_of_assertion_header(const application& app, const client_assertion& a, std::string_view type) noexcept {
  if (type != jwt_bearer_assertion) return reason::assertion_type_wrong;
  if (a.fault != reason::none) return a.fault;
  if (a.has_critical) return reason::assertion_critical_header;
  if (a.has_key_in_header) return reason::assertion_key_in_header;
  using enum client_auth_method;
  if (!app.methods.has(client_secret_jwt) && !app.methods.has(private_key_jwt))
    return reason::authentication_method_not_registered;
  if (!a.algorithm || !app.methods.has(method_of(*a.algorithm))) return reason::assertion_algorithm_not_allowed;
  return a.signature_size == 0 ? reason::assertion_malformed : reason::none;
}

// Compared as text: no case, slash or port is mended (RFC 10070, RFC 3986 section 6.2.1).
inline bool audience_is_ours(const assertion_audience& audience, const audience_policy& policy) noexcept {
  using form = assertion_audience::form;
  if (audience.is != form::text && audience.is != form::array) return false;
  if (policy.issuer.empty()) return false;
  if (policy.profile != audience_profile::legacy)
    return audience.values.size() == 1 && audience.values.front() == policy.issuer &&
           (audience.is == form::text || policy.profile == audience_profile::rfc10070);
  for (const std::string& value : audience.values) {
    if (value == policy.issuer) return true;
    for (const std::string& endpoint : policy.endpoints)
      if (value == endpoint) return true;
  }
  return false;
}

inline reason fault_of_assertion_times(const client_assertion& a, instant now) noexcept {
  const auto seconds_now = epoch_seconds(now);
  const auto skew = static_cast<std::int64_t>(assertion_clock_skew / second);
  if (!a.expires_at) return reason::assertion_lifetime_too_long;
  if (*a.expires_at <= seconds_now) return reason::assertion_expired;
  if (*a.expires_at - seconds_now > static_cast<std::int64_t>(max_assertion_lifetime / second))
    return reason::assertion_lifetime_too_long;
  for (const auto& start : {a.issued_at, a.not_before})
    if (start && *start > seconds_now + skew) return reason::assertion_not_yet_valid;
  return reason::none;
}

inline reason fault_of_assertion_claims(const application& app, const client_assertion& a, const audience_policy& policy,
                                        instant now) noexcept {
  if (!a.claims_well_typed) return reason::assertion_claim_invalid;
  if (a.issuer != app.client_id || a.subject != app.client_id) return reason::assertion_issuer_wrong;
  if (!audience_is_ours(a.audience, policy)) return reason::assertion_audience_wrong;
  if (const reason fault = fault_of_assertion_times(a, now); fault != reason::none) return fault;
  if (a.jwt_id.empty() || a.jwt_id.size() > max_jwt_id_bytes) return reason::assertion_claim_invalid;
  return reason::none;
}

// The key is chosen by the client's registration alone: by key id where the assertion names one, otherwise any of its algorithm.
inline assertion_check verify_assertion_signature(const application& app, const client_assertion& a, instant now) noexcept {
  bool id_known = false, id_live = false, tried = false;
  for (const signing_key& key : app.keys) {
    if (a.kid && key.kid != *a.kid) continue;
    id_known = true;
    if (!in_force(key.expires_at, now)) continue;
    id_live = true;
    if (key.algorithm != *a.algorithm || !key.material) continue;
    tried = true;
    if (key.material->verify(a.signing_input, a.signature())) return {reason::none, &key};
  }
  if (!id_known || !id_live) return {reason::assertion_key_unknown};
  return {tried ? reason::assertion_signature_wrong : reason::assertion_algorithm_not_allowed};
}

}  // namespace detail

// assertion_valid, or the first fault.
template <replay_memory Memory>
assertion_check check_assertion(const application& app, const client_assertion& a, std::string_view type,
                                const audience_policy& policy, instant now, Memory& memory) noexcept {
  if (const reason fault = detail::fault_of_assertion_header(app, a, type); fault != reason::none) return {fault};
  if (const reason fault = detail::fault_of_assertion_claims(app, a, policy, now); fault != reason::none) return {fault};
  const assertion_check signature = detail::verify_assertion_signature(app, a, now);
  if (signature.why != reason::none) return signature;
  switch (memory.remember(app.client_id, a.jwt_id, static_cast<instant>(*a.expires_at) * second, now)) {
    case replay_outcome::fresh: return {reason::assertion_valid, signature.key};
    case replay_outcome::fresh_here: return {reason::assertion_valid, signature.key, true};
    case replay_outcome::replayed: return {reason::assertion_replayed};
    case replay_outcome::out_of_reach: return {reason::assertion_replay_memory_out_of_reach};
    case replay_outcome::full: break;
  }
  return {reason::assertion_replay_memory_full};
}

}  // namespace startgate
