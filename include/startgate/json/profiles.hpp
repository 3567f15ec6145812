// The profiles that ship with the engine, as the policy files they are: `auth0` mirrors the published contract, `hardened` adds what
// defenders use. A policy file names one and states what it wants otherwise.
//
// Why hardened gives each application half of the tenant's limit: a proved application is under no limit of an address, so that one
// whose secret leaked, or that calls in a loop, would use up what all the others need.
#pragma once

#include <optional>
#include <string_view>

namespace startgate::json {

inline constexpr std::string_view auth0_profile = R"json({
  "schema": 1,
  "profile": "auth0",
  "issuer": "https://tenant.example/",
  "enforcement": {
    "mode": "notice",
    "share": null,
    "applications": {},
    "windows": [],
    "deprecated_since": null,
    "sunset": null
  },
  "client_authentication": {
    "strict_method": false,
    "two_methods": "assertion_wins",
    "audience": "rfc10070",
    "basic": "tolerant",
    "certificate_authorities": [],
    "certificate_header": null
  },
  "login_state": {
    "lifetime_s": 3600,
    "max_starts": 10,
    "max_recipients": 3,
    "allowed_origins": null,
    "cookie": "where_sent"
  },
  "client_address": {
    "trusted_proxies": [],
    "header": "x-forwarded-for",
    "hops": null,
    "on_invalid": "last_hop",
    "on_all_trusted": "leftmost",
    "application_header": "auth0-forwarded-for",
    "requires_switch": false,
    "ipv6_prefix": 64,
    "fold_nat64": false,
    "fold_6to4": false
  },
  "limits": {
    "authentication_api": {"count": 100, "period_s": 1, "burst": 100, "unavailable": "local"},
    "start_per_address": {"count": 50, "period_s": 3600, "burst": 50, "applies_to": "unauthenticated", "unavailable": "local"},
    "start_per_network": null,
    "state_issue_per_address": {"count": 100, "period_s": 3600, "burst": 100, "unavailable": "local"},
    "start_per_identifier": null,
    "sms_per_country": null,
    "start_per_application": null
  },
  "attack_protection": {
    "refused_per_address": {"count": 100, "period_s": 3600, "burst": 100, "unavailable": "local"},
    "suspicious_ip_throttling": {},
    "brute_force_protection": {}
  },
  "request": {"max_body_bytes": 16384, "strict_members": false, "on_unobserved": "allow"},
  "notices": {"per": "application"},
  "store": {"url": null, "deadline_ms": 5, "local_share": 0.5, "replay_unavailable": "local"}
}
)json";

inline constexpr std::string_view hardened_profile = R"json({
  "schema": 1,
  "profile": "hardened",
  "issuer": "https://tenant.example/",
  "enforcement": {
    "mode": "enforce",
    "share": null,
    "applications": {},
    "windows": [],
    "deprecated_since": null,
    "sunset": null
  },
  "client_authentication": {
    "strict_method": false,
    "two_methods": "refuse",
    "audience": "rfc10070",
    "basic": "tolerant",
    "certificate_authorities": [],
    "certificate_header": null
  },
  "login_state": {
    "lifetime_s": 3600,
    "max_starts": 5,
    "max_recipients": 3,
    "allowed_origins": null,
    "cookie": "required"
  },
  "client_address": {
    "trusted_proxies": [],
    "header": "x-forwarded-for",
    "hops": null,
    "on_invalid": "last_hop",
    "on_all_trusted": "leftmost",
    "application_header": "auth0-forwarded-for",
    "requires_switch": true,
    "ipv6_prefix": 64,
    "fold_nat64": false,
    "fold_6to4": false
  },
  "limits": {
    "authentication_api": {"count": 100, "period_s": 1, "burst": 100, "unavailable": "local"},
    "start_per_address": {"count": 50, "period_s": 3600, "burst": 50, "applies_to": "unauthenticated", "unavailable": "local"},
    "start_per_network": [
      {"ipv6_prefix": 56, "count": 200, "period_s": 3600, "burst": 200, "unavailable": "local"},
      {"ipv6_prefix": 48, "count": 800, "period_s": 3600, "burst": 800, "unavailable": "local"}
    ],
    "state_issue_per_address": {"count": 100, "period_s": 3600, "burst": 100, "unavailable": "local"},
    "start_per_identifier": [
      {"count": 5, "period_s": 3600, "burst": 5, "unavailable": "local"},
      {"count": 20, "period_s": 86400, "burst": 20, "unavailable": "local"}
    ],
    "sms_per_country": {"count": 1000, "period_s": 3600, "burst": 200, "unavailable": "local"},
    "start_per_application": {
      "global": {"count": 50, "period_s": 1, "burst": 50, "mode": "block", "unavailable": "local"},
      "groups": {},
      "clients": {}
    }
  },
  "attack_protection": {
    "refused_per_address": {"count": 20, "period_s": 3600, "burst": 20, "unavailable": "local"},
    "suspicious_ip_throttling": {},
    "brute_force_protection": {}
  },
  "request": {"max_body_bytes": 16384, "strict_members": false, "on_unobserved": "deny"},
  "notices": {"per": "application"},
  "store": {"url": null, "deadline_ms": 5, "local_share": 0.5, "replay_unavailable": "local"}
}
)json";

constexpr std::optional<std::string_view> profile_named(std::string_view name) noexcept {
  if (name == "auth0") return auth0_profile;
  if (name == "hardened") return hardened_profile;
  return std::nullopt;
}

}  // namespace startgate::json
