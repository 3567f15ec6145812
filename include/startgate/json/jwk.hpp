// JSON Web Keys and key sets, as an application's registration carries them. A key that is not for verifying signatures, or that
// brings its private part along, is refused with a sentence: it is a registration that somebody got wrong.
#pragma once

#include <startgate/detail/base64url.hpp>
#include <startgate/json/document.hpp>
#include <startgate/jwk.hpp>
#include <startgate/result.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace startgate::json {

struct jwk_error {
  std::uint32_t line;
  std::string text;
};

namespace detail {

inline bool read_bytes(const node& key, std::string_view name, std::string& out) {
  const node* const value = key.find(name);
  if (!value || !value->is(kind::string)) return false;
  out = startgate::detail::base64url_bytes(value->text).value_or("");
  return !out.empty();
}

// RFC 7517 sections 4.2 and 4.3: what the key says it is for.
inline bool is_for_verifying(const node& key) noexcept {
  const node* const use = key.find("use");
  const node* const operations = key.find("key_ops");
  if (use && use->text != "sig") return false;
  if (!operations) return true;
  return operations->is(kind::array) &&
         std::any_of(operations->items.begin(), operations->items.end(), [](const node& op) { return op.text == "verify"; });
}

inline std::string_view fault_of_members(const node& key, jwk& out) {
  const auto need = [&](std::string_view name, std::string& member) { return read_bytes(key, name, member); };
  if (out.kty == "RSA") return need("n", out.n) && need("e", out.e) ? "" : "an RSA key needs `n` and `e` in base64url";
  if (out.kty == "EC") return need("x", out.x) && need("y", out.y) ? "" : "an EC key needs `x` and `y` in base64url";
  if (out.kty == "OKP") return need("x", out.x) ? "" : "an OKP key needs `x` in base64url";
  if (out.kty == "oct") return need("k", out.k) ? "" : "an oct key needs `k` in base64url";
  return "`kty` must be RSA, EC, OKP or oct";
}

}  // namespace detail

inline result<jwk, jwk_error> read_jwk(const node& key) {
  const auto refuse = [&](std::string_view text) {
    return result<jwk, jwk_error>(unexpected{jwk_error{key.line, std::string(text)}});
  };
  if (!key.is(kind::object)) return refuse("a key must be an object");
  for (const std::string_view name : {"kty", "crv", "kid", "alg", "use"})
    if (const node* const value = key.find(name); value && !value->is(kind::string))
      return refuse("`" + std::string(name) + "` must be a string");
  const auto text = [&](std::string_view name) {
    const node* const value = key.find(name);
    return value ? value->text : std::string{};
  };
  jwk out;
  out.kty = text("kty"), out.crv = text("crv"), out.kid = text("kid");
  if (key.find("d") || key.find("p")) return refuse("the key brings its private part; register the public one");
  if (!detail::is_for_verifying(key)) return refuse("the key is not for verifying signatures");
  if (key.find("alg") && !(out.alg = signature_algorithm_named(text("alg"))))
    return refuse("`alg` is not a signature algorithm that is known here");
  if (const auto fault = detail::fault_of_members(key, out); !fault.empty()) return refuse(fault);
  return out;
}

// {"keys": [...]}; keys that are there for encryption are passed over (RFC 7517 section 5). Two keys of one id leave open which
// one is meant, and a shared secret among public keys is published with them: neither loads.
inline result<std::vector<jwk>, jwk_error> read_jwks(const node& set) {
  const node* const keys = set.find("keys");
  if (!keys || !keys->is(kind::array)) return unexpected{jwk_error{set.line, "a key set needs an array `keys`"}};
  std::vector<jwk> read;
  for (const node& key : keys->items) {
    if (const node* const use = key.find("use"); use && use->text == "enc") continue;
    auto one = read_jwk(key);
    if (!one) return unexpected{one.error()};
    for (const jwk& other : read) {
      if (!one->kid.empty() && other.kid == one->kid)
        return unexpected{jwk_error{key.line, "two keys of the set have the same `kid`"}};
      if ((other.kty == "oct") != (one->kty == "oct"))
        return unexpected{jwk_error{key.line, "the set mixes shared secrets and public keys"}};
    }
    read.push_back(*std::move(one));
  }
  return read;
}

}  // namespace startgate::json
