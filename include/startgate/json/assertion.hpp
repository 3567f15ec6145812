// A client assertion taken apart: the compact serialisation of RFC 7515 section 3.1 around two JSON objects. What is wrong with
// the form is noted as a fault; what the claims mean is assertion.hpp's to judge.
#pragma once

#include <startgate/assertion.hpp>
#include <startgate/detail/base64url.hpp>
#include <startgate/json/document.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace startgate::json {

namespace detail {

using startgate::detail::base64url_decode;

// RFC 7515 section 5.2 steps 2 to 4: strict base64url, then JSON whose names are unique (RFC 7519 section 4 leaves duplicates
// open; CVE-2017-12635 is what comes of reading them differently).
inline std::optional<node> decoded_object(std::string_view part) {
  std::array<std::uint8_t, max_assertion_bytes> bytes;
  const auto size = base64url_decode(part, bytes);
  if (!size) return std::nullopt;
  auto parsed = parse({reinterpret_cast<const char*>(bytes.data()), *size});
  if (!parsed || !parsed->is(kind::object)) return std::nullopt;
  return *std::move(parsed);
}

inline reason read_assertion_header(const node& header, client_assertion& a) {
  const node* const algorithm = header.find("alg");
  const node* const kid = header.find("kid");
  // cty says that the payload is no claims set but something signed or encrypted again (RFC 7519 section 5.2), however it is spelt.
  if (header.find("enc") || header.find("cty")) return reason::assertion_encrypted_or_nested;
  if (!algorithm || !algorithm->is(kind::string) || (kid && !kid->is(kind::string))) return reason::assertion_malformed;
  a.algorithm = signature_algorithm_named(algorithm->text);
  if (kid) a.kid = kid->text;
  a.has_critical = header.find("crit") || header.find("b64");  // b64 is meaningless unless it is critical (RFC 7797 section 6)
  for (const std::string_view member : {"jwk", "jku", "x5u", "x5c"}) a.has_key_in_header |= header.find(member) != nullptr;
  return reason::none;
}

// NumericDate (RFC 7519 section 2) may carry a fraction. Nothing where it is no number; `round` keeps the answer on the strict
// side.
inline std::optional<std::int64_t> read_date(const node& value, double (*round)(double)) noexcept {
  if (value.is(kind::integer)) return value.integer;
  if (!value.is(kind::number) || !(std::fabs(value.number) < 1e15)) return std::nullopt;
  return static_cast<std::int64_t>(round(value.number));
}

inline assertion_audience read_audience(const node* value) {
  using form = assertion_audience::form;
  if (!value) return {};
  if (value->is(kind::string)) return {form::text, {value->text}};
  if (!value->is(kind::array) || value->items.empty()) return {form::unusable, {}};
  assertion_audience audience{form::array, {}};
  for (const node& item : value->items) {
    if (!item.is(kind::string)) return {form::unusable, {}};
    audience.values.push_back(item.text);
  }
  return audience;
}

inline void read_assertion_claims(const node& claims, client_assertion& a) {
  const auto text = [&](std::string_view name, std::string& out) {
    const node* const value = claims.find(name);
    if (value && !value->is(kind::string)) a.claims_well_typed = false;
    if (value) out = value->text;
  };
  const auto date = [&](std::string_view name, std::optional<std::int64_t>& out, double (*round)(double)) {
    const node* const value = claims.find(name);
    if (value && !(out = read_date(*value, round))) a.claims_well_typed = false;
  };
  text("iss", a.issuer), text("sub", a.subject), text("jti", a.jwt_id);
  date("exp", a.expires_at, std::floor), date("iat", a.issued_at, std::ceil), date("nbf", a.not_before, std::ceil);
  a.audience = read_audience(claims.find("aud"));
}

inline client_assertion faulty(reason why) {
  client_assertion a;
  a.fault = why;
  return a;
}

}  // namespace detail

// The form alone: header, signature and signing input of a compact JWS. `payload` is the undecoded middle part.
inline client_assertion dissect_jws(std::string_view text, std::string_view& payload) {
  client_assertion a;
  if (text.size() > max_assertion_bytes) return detail::faulty(reason::assertion_too_long);
  const auto dots = std::count(text.begin(), text.end(), '.');
  if (dots == 4) return detail::faulty(reason::assertion_encrypted_or_nested);  // the five parts of a JWE (RFC 7516 section 7.1)
  if (dots != 2) return detail::faulty(reason::assertion_malformed);
  const std::size_t first = text.find('.'), last = text.rfind('.');

  const auto header = detail::decoded_object(text.substr(0, first));
  if (!header) return detail::faulty(reason::assertion_malformed);
  if (const reason fault = detail::read_assertion_header(*header, a); fault != reason::none) return detail::faulty(fault);
  const auto signature = startgate::detail::base64url_decode(text.substr(last + 1), a.signature_bytes);
  if (!signature) return detail::faulty(reason::assertion_malformed);
  payload = text.substr(first + 1, last - first - 1);
  a.signing_input = text.substr(0, last);
  a.signature_size = *signature;
  return a;
}

// `text` must outlive the answer, which views it.
inline client_assertion dissect_assertion(std::string_view text) {
  std::string_view payload;
  client_assertion a = dissect_jws(text, payload);
  if (a.fault != reason::none) return a;
  const auto claims = detail::decoded_object(payload);
  if (!claims) return detail::faulty(reason::assertion_malformed);
  detail::read_assertion_claims(*claims, a);
  return a;
}

}  // namespace startgate::json
