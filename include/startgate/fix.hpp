// What to do about it: the closed list of fixes, each one sentence that a person can act on.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace startgate {

// clang-format off
#define STARTGATE_FIXES(row) \
  row(none, "nothing to do") \
  row(repair_request, "correct the member that the reason names; the API page of /passwordless/start lists what it takes") \
  row(send_smaller_body, "send a smaller body; a start request needs a few hundred bytes") \
  row(send_known_client_id, "send the client_id of an application of this tenant") \
  row(use_first_party_application, "start the login with a first-party application; third-party applications may not use passwordless endpoints") \
  row(send_client_secret, "call from the backend and send the application's client_secret in the JSON body") \
  row(send_client_secret_basic, "call from the backend and send client_id and client_secret in an HTTP Basic Authorization header") \
  row(sign_client_assertion, "call from the backend and send a client_assertion signed with the application's registered key") \
  row(present_client_certificate, "call from the backend over mutual TLS with the certificate that the application registered") \
  row(register_client_authentication, "register a client authentication method for the application, then use it from the backend") \
  row(forward_page_state, "forward config.internalOptions.state of the login page as authParams.state") \
  row(open_new_login, "start again at /authorize: the login transaction of this state cannot be used any more") \
  row(move_call_to_backend, "move the call from the web page to the application's backend and send the client_secret there") \
  row(correct_client_credential, "send the application's present credential; the one that was sent is not it, has expired or is malformed") \
  row(use_registered_method, "authenticate in the way that the application registered") \
  row(send_one_credential, "send one client credential, not two") \
  row(send_matching_client_id, "send the client_id of the application that the credential belongs to") \
  row(pass_body_on, "let the edge pass the request body on, so that the credential in it can be seen") \
  row(turn_on_trust_switch, "turn on is_token_endpoint_ip_header_trusted for the application so that its auth0-forwarded-for counts") \
  row(authenticate_for_forwarded_address, "send a client credential with the call so that its auth0-forwarded-for counts") \
  row(send_one_forwarded_address, "send exactly one IP address, the end user's, in auth0-forwarded-for") \
  row(wait, "wait until the time that Retry-After gives") \
  row(raise_application_limit, "raise the count of limits.start_per_application in the policy, which blocks this application") \
  row(upgrade_sdk, "upgrade the SDK to a version that sends the secret, or make this one call over plain HTTP") \
  row(rotate_leaked_secret, "move the call to the backend, take the secret out of the page and rotate it") \
  row(make_one_call, "make a start with the application and look for a notice, or remove it if nobody uses it") \
  row(gather_evidence, "keep collecting logs until ten proved calls on three days speak for it") \
  row(export_notices_too, "export the log with all its types, depnote above all: without them no silence means anything") \
  row(mend_log, "export the log again, or mend what the plan lists as unread: it may hold a notice") \
  row(tell_names_apart, "give the applications of this name different names, so that notices say which of them is meant")
// clang-format on

enum class fix : std::uint8_t {
#define STARTGATE_ROW(code, sentence) code,
  STARTGATE_FIXES(STARTGATE_ROW)
#undef STARTGATE_ROW
};

struct fix_row {
  fix code;
  std::string_view name;
  std::string_view sentence;
};

inline constexpr std::array fixes{
#define STARTGATE_ROW(code, sentence) fix_row{fix::code, #code, sentence},
    STARTGATE_FIXES(STARTGATE_ROW)
#undef STARTGATE_ROW
};

#undef STARTGATE_FIXES

constexpr std::string_view name_of(fix f) noexcept { return fixes[static_cast<std::size_t>(f)].name; }
constexpr std::string_view sentence_of(fix f) noexcept { return fixes[static_cast<std::size_t>(f)].sentence; }

}  // namespace startgate
