// What was noticed on the way and decides nothing: the closed list of findings, one row each, and a set of them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace startgate {

// clang-format off
#define STARTGATE_FINDINGS(row) \
  row(multiple_methods, "two client credentials were sent; the assertion won") \
  row(secret_in_public_application, "a public application sent a secret: it is in a browser or on a phone, so it is no secret any more") \
  row(previous_secret_used, "the application still uses its older secret, which has a deadline") \
  row(basic_not_form_encoded, "the Basic credential matched only as it stands; RFC 6749 appendix B asks for form-encoding") \
  row(state_not_issued_here, "authParams.state is not one that this issuer made: the application's own state proves nothing") \
  row(state_not_in_auth_params, "a state stands at the top level of the body; only authParams.state is read") \
  row(passwordless_grant_missing, "the application does not have the passwordless grant, so its codes cannot be exchanged") \
  row(forwarded_for_without_credential, "the application header (auth0-forwarded-for) was sent without a client credential and is ignored") \
  row(forwarded_for_switched_off, "the application header (auth0-forwarded-for) was sent but the application's trust switch is off or not on") \
  row(forwarded_for_unusable, "the application header (auth0-forwarded-for) does not hold exactly one address and is ignored") \
  row(forwarded_for_not_public, "the application header (auth0-forwarded-for) names a loopback, private or reserved address, so every user looks the same") \
  row(called_from_a_browser, "a confidential application called from a web page, which can keep no secret") \
  row(assertion_remembered_here_only, "the shared store is out of reach or lost its data, so other processes do not know of this assertion") \
  row(body_not_observed, "the edge did not pass the body on") \
  row(json_as_text_plain, "JSON was sent as text/plain") \
  row(members_unknown, "the body has members that are not known here") \
  row(application_over_log_only_limit, "the application is over its own limit, which the policy only logs")
// clang-format on

enum class finding : std::uint8_t {
#define STARTGATE_ROW(code, sentence) code,
  STARTGATE_FINDINGS(STARTGATE_ROW)
#undef STARTGATE_ROW
};

struct finding_row {
  finding code;
  std::string_view name;
  std::string_view sentence;
};

inline constexpr std::array finding_rows{
#define STARTGATE_ROW(code, sentence) finding_row{finding::code, #code, sentence},
    STARTGATE_FINDINGS(STARTGATE_ROW)
#undef STARTGATE_ROW
};

#undef STARTGATE_FINDINGS

class findings {
 public:
  constexpr void add(finding f) noexcept { bits_ |= 1U << static_cast<unsigned>(f); }
  constexpr void add_if(bool seen, finding f) noexcept { bits_ |= static_cast<std::uint32_t>(seen) << static_cast<unsigned>(f); }
  constexpr bool has(finding f) const noexcept { return (bits_ >> static_cast<unsigned>(f)) & 1U; }
  constexpr bool empty() const noexcept { return bits_ == 0; }
  constexpr bool operator==(const findings&) const = default;

 private:
  std::uint32_t bits_ = 0;
};

}  // namespace startgate
