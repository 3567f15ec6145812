// Everything that can be set, as one value. json/ reads it from a policy file on top of a profile; a default-constructed policy is
// the profile `auth0`, which mirrors the published contract, but for an issuer of your own.
#pragma once

#include <startgate/application_limits.hpp>
#include <startgate/attack_protection.hpp>
#include <startgate/certificate_header.hpp>
#include <startgate/client_auth.hpp>
#include <startgate/enforcement.hpp>
#include <startgate/limit.hpp>
#include <startgate/limit_key.hpp>
#include <startgate/login_state.hpp>
#include <startgate/proxy_trust.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace startgate {

// Starts of a wider IPv6 network than the one that stands for an address: whoever holds a /48 holds 65,536 of its /64.
struct network_limit {
  std::uint8_t ipv6_prefix;
  limit by;
};

enum class address_limit_scope : std::uint8_t { unauthenticated, everybody };

inline constexpr std::size_t most_limits_of_a_kind = 2;  // in a list, such as five an hour and twenty a day

struct limits_policy {
  std::optional<limit> authentication_api = at_most(100, second);  // the tenant's global limit; everybody counts
  std::optional<limit> start_per_address = at_most(50, hour);      // callers that are not authenticated
  address_limit_scope start_per_address_applies_to = address_limit_scope::unauthenticated;
  std::vector<network_limit> start_per_network;                       // counts the calls that start_per_address counts
  std::optional<limit> state_issue_per_address = at_most(100, hour);  // login transactions opened
  std::vector<limit> start_per_identifier;  // proved and unproved callers apart, so that a stranger locks nobody out
  std::optional<limit> sms_per_country;
  application_limits start_per_application;
  std::optional<limit> refused_per_address = at_most(100, hour);  // attack protection: real refusals per transport address
};

struct transaction_policy {
  duration lifetime = hour;
  std::uint64_t max_starts = 10;
  std::uint64_t max_recipients = 3;
  std::vector<std::string> allowed_origins;  // empty: the issuer's own
  cookie_rule cookie = cookie_rule::where_sent;
};

struct client_address_policy {
  proxy_trust proxies;
  std::string application_header = "auth0-forwarded-for";  // never the header of `proxies`: that one needs no credential
  bool requires_switch = false;
  limit_grouping grouping = {};
};

struct request_policy {
  std::size_t max_body_bytes = 16'384;
  bool strict_members = false;
  bool deny_unobserved = false;
};

// A shared store, where one is named.
struct store_policy {
  std::string url;  // redis://..., rediss://... or unix:...; empty: memory of this process
  unsigned deadline_ms = 5;
  double local_share = 0.5;    // of each limit, while the shared store is out of reach
  bool replay_closed = false;  // accept no client assertion meanwhile, instead of each once in every process
  bool operator==(const store_policy&) const = default;
};

// Where a trusted proxy puts the client certificate.
struct certificate_header_policy {
  std::string name;
  certificate_header_format format = certificate_header_format::rfc9440;
};

enum class notice_scope : std::uint8_t { application, tenant };

struct policy {
  std::string issuer = "https://tenant.example/";
  startgate::enforcement enforcement;
  client_auth_policy client_authentication;          // its audience is completed by the gate from issuer and endpoints
  std::vector<std::string> endpoints;                // URLs of the start and the token endpoint, for audience `legacy`
  std::vector<std::string> certificate_authorities;  // PEM
  std::optional<certificate_header_policy> certificate_header;
  transaction_policy login_state;
  client_address_policy client_address;
  limits_policy limits;
  attack_policy attack_protection;
  request_policy request;
  notice_scope notices = notice_scope::application;
  store_policy store;
};

// The origin of an issuer such as https://acme.example/: scheme, host and port.
constexpr std::string_view origin_of(std::string_view issuer) noexcept {
  const std::size_t scheme = issuer.find("://");
  return scheme == std::string_view::npos ? issuer : issuer.substr(0, issuer.find('/', scheme + 3));
}

}  // namespace startgate
