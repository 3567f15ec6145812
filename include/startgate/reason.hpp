// Why: the closed list of reason codes. One row each: the code, which is also its name in JSON, and one sentence for a person.
// A code never changes its meaning; new ones are added. The prefix names the area that decided.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace startgate {

// clang-format off
#define STARTGATE_REASONS(row) \
  row(none, "nothing to report") \
  \
  row(request_unreadable_line, "the line is not a request: it is not a JSON object or lacks what a request line needs") \
  row(request_malformed, "the body is not valid JSON in UTF-8") \
  row(request_not_an_object, "the body is JSON but not an object") \
  row(request_duplicate_member, "a member stands twice in one object, so two readers could understand two different requests") \
  row(request_too_deep, "objects or arrays are nested deeper than 16 levels") \
  row(request_too_large, "the body is larger than the cap of the policy") \
  row(request_wrong_type, "a member of the body has a type it cannot have") \
  row(request_media_type, "the body is declared as something other than JSON") \
  row(request_member_unknown, "a member is not known here; the policy says whether that is refused") \
  row(request_client_id_missing, "no client_id in the body, in the Authorization header or in a client assertion") \
  row(request_client_id_invalid, "client_id is not a string") \
  row(request_connection_missing, "no connection: it must be email or sms") \
  row(request_connection_unknown, "the connection is neither email nor sms") \
  row(request_email_missing, "connection is email but there is no email address") \
  row(request_email_invalid, "the email member is not one valid address of at most 254 bytes") \
  row(request_phone_number_missing, "connection is sms but there is no phone number") \
  row(request_phone_number_invalid, "the phone_number member is not in E.164 form: a plus sign and 1 to 15 digits") \
  row(request_email_not_expected, "an email address is given although the connection is sms") \
  row(request_phone_number_not_expected, "a phone number is given although the connection is email") \
  row(request_send_invalid, "send is not one of the values that the connection takes") \
  row(request_auth_params_invalid, "authParams is not an object, or its state is not a string") \
  \
  row(application_unknown, "no application has this client_id") \
  row(application_third_party, "a third-party application may not use the passwordless endpoints") \
  row(application_not_named, "the body was not passed on and no header names the application") \
  \
  row(authentication_missing, "a confidential application called without a client credential and without the hosted page's state") \
  row(authentication_unobserved, "the body was not passed on, so whether a credential was sent cannot be known") \
  row(authentication_secret_matched, "the secret is the application's") \
  row(authentication_previous_secret_matched, "the secret is the application's older one, which has a deadline") \
  row(authentication_secret_wrong, "the secret is not the application's, or there is no such application") \
  row(authentication_secret_not_known, "no secret of the application is known here, so the one that was sent cannot be compared") \
  row(authentication_secret_expired, "the secret was the application's but its deadline has passed") \
  row(authentication_method_not_registered, "the credential is of a kind that the application has not registered") \
  row(authentication_two_methods, "more than one client credential was sent and the policy refuses that") \
  row(authentication_client_id_mismatch, "the credential names another application than the body") \
  row(authentication_basic_malformed, "the Authorization header is not a well-formed Basic credential, or stands twice") \
  row(authentication_busy, "too many slow secret checks are running; try again") \
  row(authentication_not_required, "a public application needs no client credential") \
  row(authentication_certificate_matched, "the client certificate is the one that the application registered") \
  row(authentication_certificate_malformed, "the client certificate cannot be read") \
  row(authentication_certificate_untrusted, "the client certificate does not chain to an authority of the policy, or is outside its dates") \
  row(authentication_certificate_wrong, "the client certificate is valid but is not the application's") \
  \
  row(assertion_valid, "the client assertion is signed by the application's key and every claim holds") \
  row(assertion_type_wrong, "client_assertion_type is not urn:ietf:params:oauth:client-assertion-type:jwt-bearer") \
  row(assertion_too_long, "the client assertion is longer than 2048 bytes") \
  row(assertion_malformed, "the client assertion is not a three-part signed JWT of two JSON objects without duplicate members") \
  row(assertion_encrypted_or_nested, "the client assertion is encrypted or nested, which is never accepted here") \
  row(assertion_algorithm_not_allowed, "the algorithm of the client assertion is not the one registered for the key, or is none") \
  row(assertion_critical_header, "the client assertion carries a crit header, and no extension is understood here") \
  row(assertion_key_in_header, "the client assertion brings its own key (jwk, jku, x5u, x5c), which is never used") \
  row(assertion_key_unknown, "the key id of the client assertion is not registered, or its key has expired") \
  row(assertion_issuer_wrong, "iss and sub of the client assertion must both be the client_id") \
  row(assertion_audience_wrong, "aud of the client assertion must be the issuer alone") \
  row(assertion_expired, "exp of the client assertion has passed") \
  row(assertion_lifetime_too_long, "exp of the client assertion is missing or more than five minutes ahead") \
  row(assertion_not_yet_valid, "iat or nbf of the client assertion is more than ten seconds ahead") \
  row(assertion_claim_invalid, "a claim of the client assertion has the wrong type, or jti is missing or too long") \
  row(assertion_signature_wrong, "the signature of the client assertion does not verify") \
  row(assertion_replayed, "this jti was used before") \
  row(assertion_replay_memory_full, "the application has as many unexpired assertions remembered as it may have") \
  row(assertion_replay_memory_out_of_reach, "the shared store that remembers assertions is out of reach, and the policy accepts none without it") \
  \
  row(state_valid, "the state is of an open login transaction of this application") \
  row(state_accepted_elsewhere, "another identity provider vouches for the state") \
  row(state_not_issued_here, "the state is not one that this issuer made, so it proves nothing") \
  row(state_not_in_auth_params, "a state stands at the top level of the body; only authParams.state is read") \
  row(state_key_unknown, "the state was made with a key that is no longer kept") \
  row(state_signature_wrong, "the signature of the state does not verify") \
  row(state_expired, "the login transaction of the state is older than it may be") \
  row(state_not_yet_valid, "the state was issued in the future") \
  row(state_other_tenant, "the state belongs to another tenant") \
  row(state_other_application, "the state belongs to another application") \
  row(state_other_browser, "the state was opened in another browser: its cookie does not match") \
  row(state_cookie_missing, "the policy requires the browser's transaction cookie and none was sent") \
  row(state_other_origin, "the request comes from a page that is not the tenant's own") \
  \
  row(address_peer, "the transport peer is the caller: no proxy is trusted, or it is none of them") \
  row(address_forwarded, "a trusted proxy named the caller in the configured header") \
  row(address_hops, "the configured number of hops from the right names the caller") \
  row(address_all_trusted, "every address in the header is a trusted proxy") \
  row(address_header_missing, "the peer is a trusted proxy but sent no forwarding header") \
  row(address_header_invalid, "a member of the forwarding header is unusable") \
  row(address_header_too_short, "the forwarding header has fewer members than the configured hops") \
  row(address_header_duplicated, "a header that may stand once stands twice") \
  row(address_walk_capped, "the walk through the forwarding header ended at its cap") \
  row(address_application_header, "the authenticated application named its user's address") \
  row(address_application_header_ignored, "the application header was sent without a client credential, so it is not believed") \
  row(address_application_header_switched_off, "the application header was sent but the application's trust switch is off or not on") \
  row(address_application_header_invalid, "the application header does not hold exactly one address") \
  row(address_peer_invalid, "the transport peer is not an IP address") \
  \
  row(limit_authentication_api, "the tenant's global Authentication API limit is used up") \
  row(limit_start_per_address, "the hourly limit for calls that are not authenticated, per address, is used up") \
  row(limit_start_per_network, "the limit for calls that are not authenticated, per IPv6 network, is used up") \
  row(limit_start_per_transaction, "the login transaction has used its starts or its recipients") \
  row(limit_state_issue_per_address, "too many login transactions were opened from this address") \
  row(limit_start_per_identifier, "too many starts for this recipient") \
  row(limit_sms_per_country, "too many SMS starts for this country prefix") \
  row(limit_start_per_application, "the application's own limit is used up") \
  \
  row(attack_refused_per_address, "too many calls from this transport address were refused") \
  row(attack_suspicious_ip, "suspicious IP throttling holds this address back") \
  row(attack_brute_force, "brute-force protection holds this identifier back") \
  \
  row(allowed_authenticated, "the application proved itself") \
  row(allowed_public_application, "a public application is not affected") \
  row(allowed_unobserved, "nothing speaks against the call, and what was not passed on is not counted as missing")
// clang-format on

enum class reason : std::uint8_t {
#define STARTGATE_ROW(code, sentence) code,
  STARTGATE_REASONS(STARTGATE_ROW)
#undef STARTGATE_ROW
};

struct reason_row {
  reason code;
  std::string_view name;
  std::string_view sentence;
};

inline constexpr std::array reasons{
#define STARTGATE_ROW(code, sentence) reason_row{reason::code, #code, sentence},
    STARTGATE_REASONS(STARTGATE_ROW)
#undef STARTGATE_ROW
};

#undef STARTGATE_REASONS

constexpr std::string_view name_of(reason r) noexcept { return reasons[static_cast<std::size_t>(r)].name; }
constexpr std::string_view sentence_of(reason r) noexcept { return reasons[static_cast<std::size_t>(r)].sentence; }

// Nobody's fault: there was no room to check a proof. The same call may pass a moment later.
constexpr bool is_overload(reason r) noexcept {
  return r == reason::authentication_busy || r == reason::assertion_replay_memory_full ||
         r == reason::assertion_replay_memory_out_of_reach;
}

constexpr std::optional<reason> reason_named(std::string_view name) noexcept {
  for (const reason_row& row : reasons)
    if (row.name == name) return row.code;
  return std::nullopt;
}

}  // namespace startgate
