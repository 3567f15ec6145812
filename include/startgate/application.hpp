// What an application is, as the engine sees it: confidential or public, which client authentication it registered, and with which
// secrets and keys. Read from a Management API client export by json/; nothing here can print a secret.
#pragma once

#include <startgate/instant.hpp>
#include <startgate/secret.hpp>
#include <startgate/signing_key.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace startgate {

enum class application_kind : std::uint8_t { confidential, public_client };

// OAuth client authentication methods (RFC 6749 section 2.3.1, RFC 7523, RFC 8705 section 2), in the words of the OAuth registry.
enum class client_auth_method : std::uint8_t {
  client_secret_post,
  client_secret_basic,
  client_secret_jwt,
  private_key_jwt,
  tls_client_auth,
  self_signed_tls_client_auth,
};

constexpr std::string_view name_of(client_auth_method m) noexcept {
  switch (m) {
    case client_auth_method::client_secret_post: return "client_secret_post";
    case client_auth_method::client_secret_basic: return "client_secret_basic";
    case client_auth_method::client_secret_jwt: return "client_secret_jwt";
    case client_auth_method::private_key_jwt: return "private_key_jwt";
    case client_auth_method::tls_client_auth: return "tls_client_auth";
    case client_auth_method::self_signed_tls_client_auth: return "self_signed_tls_client_auth";
  }
  return {};
}

constexpr std::optional<client_auth_method> client_auth_method_named(std::string_view name) noexcept {
  for (int i = 0; i < 6; ++i)
    if (name_of(client_auth_method(i)) == name) return client_auth_method(i);
  return std::nullopt;
}

// A set of methods: small enough to be a fact.
struct client_auth_methods {
  std::uint8_t bits = 0;

  constexpr bool has(client_auth_method m) const noexcept { return (bits >> static_cast<unsigned>(m)) & 1U; }
  constexpr bool empty() const noexcept { return bits == 0; }
  constexpr client_auth_methods& add(client_auth_method m) noexcept {
    bits = static_cast<std::uint8_t>(bits | (1U << static_cast<unsigned>(m)));
    return *this;
  }
  constexpr bool operator==(const client_auth_methods&) const = default;
};

// The per-application setting is_token_endpoint_ip_header_trusted.
enum class trust_switch : std::uint8_t { not_stated, on, off };

constexpr std::string_view name_of(trust_switch t) noexcept {
  constexpr std::array<std::string_view, 3> names{"not_stated", "on", "off"};
  return names[static_cast<std::size_t>(t)];
}

// What tls_client_auth compares: exactly one subject field (RFC 8705 section 2.1.2).
struct certificate_subject {
  enum class field : std::uint8_t { dn, san_dns, san_uri, san_ip, san_email } which = field::dn;
  std::string value;                    // a dn as normal_distinguished_name spells it
  std::optional<instant> expires_at{};  // of the registration, not of a certificate
};

// What self_signed_tls_client_auth compares: the certificate itself (RFC 8705 section 2.2).
struct registered_certificate {
  digest256 thumbprint;  // SHA-256 of the DER
  std::optional<instant> expires_at{};
};

constexpr bool in_force(const std::optional<instant>& expires_at, instant now) noexcept {
  return !expires_at || now < *expires_at;
}

struct application {
  std::string client_id;
  std::string name;
  application_kind kind = application_kind::confidential;
  bool third_party = false;
  bool has_passwordless_grant = true;
  trust_switch forwarded_for_switch = trust_switch::not_stated;
  client_auth_methods methods;  // empty for a public application

  std::vector<secret> secrets;                       // at most two: the current one and the one on its way out
  std::vector<signing_key> keys;                     // private_key_jwt and client_secret_jwt
  std::vector<registered_certificate> certificates;  // self_signed_tls_client_auth
  std::vector<certificate_subject> subjects;         // tls_client_auth: several while one is replaced by another
};

}  // namespace startgate
