// What a bucket counts: its name in the policy and in answers, the reason it gives where it refuses, and who may see it.
#pragma once

#include <startgate/reason.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace startgate {

// The space is part of the key: the same address has one bucket per space.
enum class bucket_space : std::uint8_t {
  authentication_api,
  start_per_application,
  sms_per_country,
  notice,        // one deprecation notice per hour
  replay_share,  // how many assertions of one client are remembered
  start_per_address,
  start_per_network,
  state_issue_per_address,
  refused_per_address,
  suspicious_ip_pre_login,
  suspicious_ip_pre_registration,
  start_per_identifier,
  start_per_transaction,
  recipients_per_transaction,
  brute_force,
  replay,  // client assertions that were seen
};

// Who chooses the keys of a space. Each has its own memory, so that a flood of addresses pushes no identifier out; a pair is an
// address with an identifier, of which a flood of addresses makes as many.
enum class key_origin : std::uint8_t { configuration, address, identifier, pair, assertion };

inline constexpr std::size_t key_origins = 5;

constexpr key_origin origin_of(bucket_space s) noexcept {
  if (s <= bucket_space::replay_share) return key_origin::configuration;
  if (s <= bucket_space::suspicious_ip_pre_registration) return key_origin::address;
  if (s == bucket_space::brute_force) return key_origin::pair;
  return s == bucket_space::replay ? key_origin::assertion : key_origin::identifier;
}

constexpr std::string_view name_of(bucket_space s) noexcept {
  using enum bucket_space;
  switch (s) {
    case authentication_api: return "authentication_api";
    case start_per_application: return "start_per_application";
    case sms_per_country: return "sms_per_country";
    case start_per_address: return "start_per_address";
    case start_per_network: return "start_per_network";
    case state_issue_per_address: return "state_issue_per_address";
    case refused_per_address: return "refused_per_address";
    case suspicious_ip_pre_login:
    case suspicious_ip_pre_registration: return "suspicious_ip_throttling";
    case start_per_identifier: return "start_per_identifier";
    case start_per_transaction: return "start_per_transaction";
    case recipients_per_transaction: return "recipients_per_transaction";
    case brute_force: return "brute_force_protection";
    case notice:
    case replay_share:
    case replay: break;
  }
  return {};
}

constexpr reason reason_of(bucket_space s) noexcept {
  using enum bucket_space;
  switch (s) {
    case start_per_application: return reason::limit_start_per_application;
    case sms_per_country: return reason::limit_sms_per_country;
    case start_per_address: return reason::limit_start_per_address;
    case start_per_network: return reason::limit_start_per_network;
    case state_issue_per_address: return reason::limit_state_issue_per_address;
    case refused_per_address: return reason::attack_refused_per_address;
    case suspicious_ip_pre_login:
    case suspicious_ip_pre_registration: return reason::attack_suspicious_ip;
    case start_per_identifier: return reason::limit_start_per_identifier;
    case start_per_transaction:
    case recipients_per_transaction: return reason::limit_start_per_transaction;
    case brute_force: return reason::attack_brute_force;
    default: return reason::limit_authentication_api;
  }
}

// The bucket of a recipient would tell what other people do with that recipient; the bucket of an application, whoever merely names
// it what its users do.
constexpr bool shown_to_caller(bucket_space s, bool authenticated) noexcept {
  return s == bucket_space::authentication_api || s == bucket_space::start_per_address || s == bucket_space::start_per_network ||
         (s == bucket_space::start_per_application && authenticated);
}

}  // namespace startgate
