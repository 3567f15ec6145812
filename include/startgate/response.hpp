// A decision as an HTTP answer: status, headers, body. Every refusal is a 4xx with a string `error` and a string `error_description`,
// which is what all official SDKs read. The texts are constants inside the character set of RFC 6749 section 5.2.
#pragma once

#include <startgate/decision.hpp>
#include <startgate/enforcement.hpp>
#include <startgate/http_date.hpp>
#include <startgate/rate_headers.hpp>

#include <string_view>

namespace startgate {

struct response {
  int status = 200;
  std::string_view error;  // empty: the body is an empty object
  std::string_view error_description;
  bool challenge = false;  // a 401 to a client that used the Authorization header
  header_date deprecation, sunset;
  rate_headers rates;

  // visit(name, value) for every header, in order.
  template <class Visit>
  void for_each_header(Visit visit) const {
    visit("content-type", std::string_view("application/json"));
    visit("cache-control", std::string_view("no-store"));
    if (challenge) visit("www-authenticate", std::string_view("Basic realm=\"passwordless\", charset=\"UTF-8\""));
    if (!deprecation.empty()) visit("deprecation", deprecation.view());
    if (!sunset.empty()) visit("sunset", sunset.view());
    rates.for_each(visit);
  }
};

namespace detail {

struct refusal {
  int status;
  std::string_view error;
  std::string_view description;
};

constexpr refusal refusal_of_request(reason why) noexcept {
  using enum reason;
  switch (why) {
    case request_too_large: return {413, "bad.request", "The request body is too large"};
    case request_malformed: return {400, "bad.request", "The request body is not valid JSON in UTF-8"};
    case request_not_an_object: return {400, "bad.request", "The request body is not a JSON object"};
    case request_duplicate_member: return {400, "bad.request", "A member stands twice in the request body"};
    case request_too_deep: return {400, "bad.request", "The request body is nested too deeply"};
    case request_media_type: return {400, "bad.request", "The request body must be application/json"};
    case request_wrong_type: return {400, "bad.request", "A member of the request body has the wrong type"};
    case request_member_unknown: return {400, "bad.request", "The request body has members that are not allowed"};
    case request_client_id_missing: return {400, "bad.client_id", "Missing required property: client_id"};
    case request_client_id_invalid: return {400, "bad.client_id", "client_id must be a string"};
    case request_connection_missing: return {400, "bad.connection", "Missing required property: connection"};
    case request_connection_unknown: return {400, "bad.connection", "Connection must be email or sms"};
    case request_email_missing: return {400, "bad.email", "Missing required property: email"};
    case request_email_invalid: return {400, "bad.email", "email must be one valid email address"};
    case request_phone_number_missing: return {400, "bad.phone_number", "Missing required property: phone_number"};
    case request_phone_number_invalid: return {400, "bad.phone_number", "String does not match pattern: ^[+][0-9]{1,15}$"};
    case request_email_not_expected: return {400, "bad.email", "email does not belong to connection sms"};
    case request_phone_number_not_expected: return {400, "bad.phone_number", "phone_number does not belong to connection email"};
    case request_send_invalid: return {400, "bad.send", "send must be link or code, and code for sms"};
    case request_auth_params_invalid: return {400, "bad.authParams", "error in authParams - invalid type"};
    default: return {400, "bad.request", "The request cannot be read"};
  }
}

constexpr refusal refusal_of(const decision& d) noexcept {
  using enum reason;
  if (refused_by_request(d)) return refusal_of_request(d.why);
  if (d.why == limit_start_per_application) return {429, "too_many_requests", "Rate limit exceeded."};
  if (refused_by_limit(d) && refused_by_hidden({d.limits.begin(), d.limits.size()}))
    return {429, "too_many_requests", "Too many requests. Try again later."};
  if (refused_by_limit(d))
    return {429, "too_many_requests",
            "Too many requests. Check the X-RateLimit-Limit, X-RateLimit-Remaining and X-RateLimit-Reset headers."};
  if (refused_by_attack_protection(d)) return {429, "too_many_attempts", "Too many attempts. Try again later."};
  if (is_overload(d.why)) return {503, "temporarily_unavailable", "Client authentication is overloaded. Try again in a second."};
  switch (d.why) {
    case application_unknown: return {401, "invalid_client", "Client authentication failed"};
    case application_third_party: return {403, "unauthorized_client", "Third-party applications may not use this endpoint"};
    case authentication_two_methods: return {400, "invalid_request", "More than one client credential was sent"};
    default: break;
  }
  // A wrong credential is told apart from a missing one; a state that fails is, outwards, a missing proof.
  if (d.facts.proof == proof::refused_credential) return {401, "invalid_client", "Client authentication failed"};
  return {403, "unauthorized_client", "Client authentication is required"};
}

}  // namespace detail

inline response respond(const decision& d, const enforcement& rollout, instant now) noexcept {
  response r;
  if (d.outcome == outcome::deny) {
    const detail::refusal refusal = detail::refusal_of(d);
    r.status = refusal.status;
    r.error = refusal.error;
    r.error_description = refusal.description;
    r.challenge = refusal.status == 401 && d.authentication.used_header;  // RFC 6749 section 5.2
  }
  if (d.outcome == outcome::notice && d.mode == mode::warn) {
    if (rollout.deprecated_since) r.deprecation = deprecation_date(*rollout.deprecated_since);
    if (rollout.sunset) r.sunset = http_date(*rollout.sunset);
  }
  r.rates = headers_of({d.limits.begin(), d.limits.size()}, now, bytes_of(d.client_ip.address.value_or(address{})));
  if (r.status == 503) r.rates.retry_after = detail::fixed_text<20>("1");
  return r;
}

}  // namespace startgate
