// OAuth client authentication as a rule: which of the application's registered proofs the request carries, and whether it holds.
// RFC 6749 section 2.3, RFC 7523, RFC 8705. The hosted page's state is no client credential; it is login_state.hpp's.
#pragma once

#include <startgate/application.hpp>
#include <startgate/assertion.hpp>
#include <startgate/basic.hpp>
#include <startgate/reason.hpp>
#include <startgate/replay.hpp>
#include <startgate/secret.hpp>
#include <startgate/secret_match.hpp>
#include <startgate/verifier.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace startgate {

// What the request carries. An empty text is an omitted one (RFC 6749 section 3.2), and so is null where a pointer stands.
struct credentials {
  std::string_view client_id{};      // of the body
  std::string_view client_secret{};  // of the body
  const basic_credentials* basic = nullptr;
  std::string_view client_assertion_type{};
  const client_assertion* assertion = nullptr;  // dissected by json/, also where that failed
  std::string_view certificate{};               // PEM or DER, from the TLS connection or from a trusted proxy
  bool certificate_unreadable = false;          // a trusted proxy's header was there but could not be decoded
  bool body_observed = true;

  bool has_basic() const noexcept { return basic != nullptr && basic->present(); }
  bool has_certificate() const noexcept { return !certificate.empty() || certificate_unreadable; }
};

// The application that the request speaks of: the body's client_id, or else Basic's user, or else the assertion's subject.
inline std::string_view named_client_id(const credentials& sent) noexcept {
  if (!sent.client_id.empty()) return sent.client_id;
  if (sent.has_basic() && !sent.basic->malformed(basic_form::tolerant)) {
    const std::string_view decoded = sent.basic->client_id();
    return decoded.empty() ? sent.basic->raw_client_id() : decoded;
  }
  return sent.assertion != nullptr ? std::string_view(sent.assertion->subject) : std::string_view{};
}

enum class two_methods_rule : std::uint8_t { assertion_wins, refuse };

struct client_auth_policy {
  bool strict_method = false;  // only the registered way of sending the secret counts
  two_methods_rule two_methods = two_methods_rule::assertion_wins;
  basic_form basic = basic_form::tolerant;
  audience_policy audience{};
  secret_decoys decoys{};  // of all applications; a gate takes them from its registry
};

enum class authentication_result : std::uint8_t { proved, absent, refused, unobserved, not_required };

struct authentication {
  authentication_result result = authentication_result::absent;
  std::optional<client_auth_method> method{};  // what proved it, or what was tried
  reason why = reason::authentication_missing;
  bool two_methods_seen = false;
  bool used_header = false;           // a 401 then carries WWW-Authenticate (RFC 6749 section 5.2)
  bool secret_seen = false;           // in the body or in Basic; a finding for a public application
  bool not_form_encoded = false;      // Basic proved it, but only as it was sent
  bool previous_secret = false;       // proved with the one that is on its way out
  bool only_remembered_here = false;  // an assertion that other processes may not know of

  constexpr bool proved() const noexcept { return result == authentication_result::proved; }
};

namespace detail {

// Many clients do not form-encode, so a value that fails decoded is tried once more as it came; whether there are two tries
// depends on the header alone, never on what is registered.
struct basic_match {
  secret_match match;
  bool as_sent = false;  // undecoded
};

template <verifier V>
basic_match match_basic(std::span<const secret> registered, const client_auth_policy& policy, const basic_credentials& basic,
                        instant now, const V& v) noexcept {
  if (basic.client_id().empty())
    return {match_secret(registered, policy.decoys, basic.raw_secret(), now, v), true};  // no form encoding at all
  const secret_match decoded = match_secret(registered, policy.decoys, basic.secret(), now, v);
  const bool same_text = basic.secret() == basic.raw_secret();
  if (matched(decoded) || decoded == secret_match::busy || same_text || policy.basic == basic_form::strict) return {decoded};
  const secret_match raw = match_secret(registered, policy.decoys, basic.raw_secret(), now, v);
  if (raw == secret_match::different) return {decoded};
  return {raw, true};
}

inline bool names_another(const credentials& sent, basic_form form) noexcept {
  const std::string_view named = named_client_id(sent);
  if (sent.has_basic() && !sent.basic->malformed(form)) {
    const bool as_sent = form == basic_form::tolerant && sent.basic->raw_client_id() == named;
    if (!as_sent && sent.basic->client_id() != named) return true;
  }
  return sent.assertion != nullptr && sent.assertion->fault == reason::none && sent.assertion->subject != named;
}

constexpr bool secret_counts(client_auth_methods registered, client_auth_method sent, bool strict) noexcept {
  using enum client_auth_method;
  return strict ? registered.has(sent) : registered.has(client_secret_post) || registered.has(client_secret_basic);
}

constexpr reason reason_of(secret_match match, bool comparable) noexcept {
  switch (match) {
    case secret_match::current: return reason::authentication_secret_matched;
    case secret_match::previous: return reason::authentication_previous_secret_matched;
    case secret_match::expired: return reason::authentication_secret_expired;
    case secret_match::busy: return reason::authentication_busy;
    case secret_match::different: break;
  }
  return comparable ? reason::authentication_secret_wrong : reason::authentication_secret_not_known;
}

// RFC 8705 section 2: the registered certificate itself, or one subject field of a certificate that the policy's authorities
// vouch for.
template <verifier V>
authentication check_certificate(const application& app, const credentials& sent, instant now, const V& v) noexcept {
  using enum client_auth_method;
  const bool by_chain = app.methods.has(tls_client_auth);
  const auto answer = [&](authentication_result result, client_auth_method method, reason why) {
    return authentication{.result = result, .method = method, .why = why};
  };
  const auto refuse = [&](reason why) {
    return answer(authentication_result::refused, by_chain ? tls_client_auth : self_signed_tls_client_auth, why);
  };
  if (sent.certificate_unreadable) return refuse(reason::authentication_certificate_malformed);
  const auto certificate = v.read_certificate(sent.certificate, now, by_chain);
  if (!certificate) return refuse(certificate.error());
  if (app.methods.has(self_signed_tls_client_auth))
    for (const registered_certificate& registered : app.certificates)
      if (registered.thumbprint == certificate->thumbprint && in_force(registered.expires_at, now))
        return answer(authentication_result::proved, self_signed_tls_client_auth, reason::authentication_certificate_matched);
  if (!by_chain) return refuse(reason::authentication_certificate_wrong);
  if (!certificate->trusted) return refuse(reason::authentication_certificate_untrusted);
  for (const certificate_subject& registered : app.subjects)
    if (in_force(registered.expires_at, now) && has_subject(*certificate, registered))
      return answer(authentication_result::proved, tls_client_auth, reason::authentication_certificate_matched);
  return refuse(reason::authentication_certificate_wrong);
}

template <verifier V>
authentication check_secret(const application* app, const credentials& sent, client_auth_method method,
                            const client_auth_policy& policy, instant now, const V& v) noexcept {
  authentication answer{.result = authentication_result::refused, .method = method};
  const bool by_basic = method == client_auth_method::client_secret_basic;
  if (by_basic && sent.basic->malformed(policy.basic)) {
    answer.why = reason::authentication_basic_malformed;
    return answer;
  }
  // One stands in where there is no secret to compare with, so that what runs is the same; it matches no text.
  constexpr std::array stand_in{secret(digest256{})};
  const bool known = app != nullptr && !app->secrets.empty();
  const std::span<const secret> registered = known ? std::span<const secret>(app->secrets) : std::span<const secret>(stand_in);
  const auto [match, as_sent] = by_basic ? match_basic(registered, policy, *sent.basic, now, v)
                                         : basic_match{match_secret(registered, policy.decoys, sent.client_secret, now, v)};
  // RFC 6749 section 2.3.1 lets an empty secret be left out, so it proves nothing, whatever a verifier was made of.
  const bool is_empty = by_basic ? sent.basic->raw_secret().empty() : sent.client_secret.empty();
  answer.why = reason_of(is_empty ? secret_match::different : match, app == nullptr || known);
  if (app && !secret_counts(app->methods, method, policy.strict_method) && !is_overload(answer.why))
    answer.why = reason::authentication_method_not_registered;
  else if (known && matched(match) && !is_empty)
    answer.result = authentication_result::proved;
  answer.not_form_encoded = answer.proved() && as_sent;
  answer.previous_secret = answer.proved() && match == secret_match::previous;
  return answer;
}

template <verifier V, replay_memory Memory>
authentication check_strongest(const application* app, const credentials& sent, bool certificate_counts,
                               const client_auth_policy& policy, instant now, const V& v, Memory& memory) noexcept {
  if (sent.assertion != nullptr) {
    const auto algorithm = sent.assertion->algorithm;
    authentication answer{.result = authentication_result::refused};
    if (algorithm) answer.method = method_of(*algorithm);
    const assertion_check check =
        app ? check_assertion(*app, *sent.assertion, sent.client_assertion_type, policy.audience, now, memory)
            : assertion_check{reason::assertion_key_unknown};
    answer.why = check.why;
    if (answer.why == reason::assertion_valid) answer.result = authentication_result::proved;
    answer.previous_secret = answer.proved() && check.key->previous_secret;
    answer.only_remembered_here = check.only_remembered_here;
    return answer;
  }
  if (sent.has_basic()) return check_secret(app, sent, client_auth_method::client_secret_basic, policy, now, v);
  if (!sent.client_secret.empty()) return check_secret(app, sent, client_auth_method::client_secret_post, policy, now, v);
  if (certificate_counts) return check_certificate(*app, sent, now, v);
  if (!sent.body_observed) return {.result = authentication_result::unobserved, .why = reason::authentication_unobserved};
  return {};
}

}  // namespace detail

// `app` is null for an application that is not registered; the caller looked it up by named_client_id(sent).
template <verifier V, replay_memory Memory>
authentication authenticate(const application* app, const credentials& sent, const client_auth_policy& policy, instant now,
                            const V& v, Memory& memory) noexcept {
  using enum client_auth_method;
  const bool certificate_counts = app != nullptr && sent.has_certificate() &&
                                  (app->methods.has(tls_client_auth) || app->methods.has(self_signed_tls_client_auth));
  const int seen = (sent.assertion != nullptr) + sent.has_basic() + !sent.client_secret.empty() + certificate_counts;
  const bool is_public = app != nullptr && app->kind == application_kind::public_client;

  authentication answer;
  if (is_public)
    answer = {.result = authentication_result::not_required, .why = reason::authentication_not_required};
  else if (seen > 1 && policy.two_methods == two_methods_rule::refuse)
    answer = {.result = authentication_result::refused, .why = reason::authentication_two_methods};
  else if (detail::names_another(sent, policy.basic))
    answer = {.result = authentication_result::refused, .why = reason::authentication_client_id_mismatch};
  else
    answer = detail::check_strongest(app, sent, certificate_counts, policy, now, v, memory);

  answer.two_methods_seen = seen > 1;
  answer.used_header = sent.has_basic();
  answer.secret_seen = sent.has_basic() || !sent.client_secret.empty();
  return answer;
}

}  // namespace startgate
