// Who breaks when the toggle is turned on: from what an application is and what the log shows of it to a verdict, its cause and
// the fix. The criterion for `safe` is stated here and nowhere else.
//
// `safe` needs proof: at least ten proved sends on at least three days since the application's last notice (log/evidence.hpp says
// when a send is proved), in a log that was read to its end. An application that caused a notice breaks until something speaks for it: ten sends without a notice of
// its own after the last one, and at least one of them proved. Whatever lies between is `cannot_tell`, and so is silence.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <startgate/application.hpp>
#include <startgate/fix.hpp>
#include <startgate/judge.hpp>
#include <startgate/log/evidence.hpp>
#include <startgate/log/sdk.hpp>
#include <string_view>

namespace startgate::plan {

inline constexpr std::uint64_t proved_sends_needed = 10;
inline constexpr std::uint32_t proved_days_needed = 3;
inline constexpr std::uint64_t quiet_sends_needed = 10;

enum class verdict : std::uint8_t { breaks, cannot_tell, safe };

constexpr std::string_view name_of(verdict v) noexcept {
  constexpr std::array<std::string_view, 3> names{"breaks", "cannot_tell", "safe"};
  return names[static_cast<std::size_t>(v)];
}

// clang-format off
#define STARTGATE_PLAN_REASONS(row) \
  row(backend_without_secret, "its backend calls start without a client credential") \
  row(browser_call, "a web page calls start, and no secret can be kept there") \
  row(login_page_lost_state, "its hosted login page does not forward the state of the login transaction") \
  row(sdk_too_old, "its SDK is too old to send the secret with a start") \
  row(certificate_client, "it authenticates by certificate, which start does not take") \
  row(assertion_client, "it has a registered signing key but does not sign its starts") \
  row(never_seen, "no call was seen in the window, and silence proves nothing") \
  row(too_little_evidence, "what was seen proves neither that it breaks nor that it is safe") \
  row(notices_left_out, "around its calls the log holds sends alone: it may have been filtered, and would not show a notice") \
  row(partly_unread, "it has proved itself by what was read, but a part of the log was not, and may hold a notice") \
  row(ambiguous_name, "notices carry only a name that several applications have") \
  row(public_unaffected, "a public application needs no client authentication") \
  row(third_party, "a third-party application may not start at all, so enforcement changes nothing for it") \
  row(secret_in_browser, "its calls are authenticated from web pages: the secret has leaked into the browser") \
  row(fixed_since, "it caused notices and has proved itself since") \
  row(authenticated, "it has proved itself in the whole window") \
  row(tenant_already_enforced, "enforcement is already on, so turning it on changes nothing")
// clang-format on

enum class reason : std::uint8_t {
#define STARTGATE_ROW(code, sentence) code,
  STARTGATE_PLAN_REASONS(STARTGATE_ROW)
#undef STARTGATE_ROW
};

struct reason_row {
  reason code;
  std::string_view name;
  std::string_view sentence;
};

inline constexpr std::array reasons{
#define STARTGATE_ROW(code, sentence) reason_row{reason::code, #code, sentence},
    STARTGATE_PLAN_REASONS(STARTGATE_ROW)
#undef STARTGATE_ROW
};

#undef STARTGATE_PLAN_REASONS

constexpr std::string_view name_of(reason r) noexcept { return reasons[static_cast<std::size_t>(r)].name; }
constexpr std::string_view sentence_of(reason r) noexcept { return reasons[static_cast<std::size_t>(r)].sentence; }

// What is known beside the log. An application that the export does not have counts as confidential: nothing excuses it.
struct subject {
  startgate::standing standing = startgate::standing::confidential;
  client_auth_methods methods = {};
  std::string_view notice_sdk = {}, notice_sdk_version = {};  // auth0_client of its last notice
  std::string_view send_sdk = {};                             // auth0_client of its last send
  bool name_is_shared = false;                                // possible notices of it named an application of the same name
  bool partly_unread = false;                                 // something of the log could not be read
  bool tenant_enforces = false;
};

struct finding {
  plan::verdict verdict;
  plan::reason reason;
  startgate::fix fix;

  constexpr bool operator==(const finding&) const = default;
};

constexpr bool is_proved(const log::evidence& e) noexcept {
  return e.proved_sends >= proved_sends_needed && e.proved_days >= proved_days_needed;
}

// Whether that proof counts: what could not be read is no silence.
constexpr bool has_proof(const subject& s, const log::evidence& e) noexcept { return is_proved(e) && !s.partly_unread; }

constexpr verdict verdict_of(const subject& s, const log::evidence& e) noexcept {
  // A notice is the tenant's own word that this call would be refused; no export outweighs it.
  if (e.notices > 0 && (e.quiet_sends < quiet_sends_needed || e.proved_sends == 0)) return verdict::breaks;
  if (s.standing == standing::third_party || s.standing == standing::public_client) return verdict::safe;
  if (s.tenant_enforces || has_proof(s, e)) return verdict::safe;
  return verdict::cannot_tell;
}

namespace detail {

constexpr bool only_certificates(client_auth_methods m) noexcept {
  client_auth_methods certificates;
  certificates.add(client_auth_method::tls_client_auth).add(client_auth_method::self_signed_tls_client_auth);
  return !m.empty() && (m.bits & ~certificates.bits) == 0;
}

constexpr bool only_assertions(client_auth_methods m) noexcept {
  client_auth_methods assertions;
  assertions.add(client_auth_method::private_key_jwt).add(client_auth_method::client_secret_jwt);
  return !m.empty() && (m.bits & ~assertions.bits) == 0;
}

constexpr bool mostly(std::uint64_t part, std::uint64_t whole) noexcept { return whole > 0 && part * 2 > whole; }

constexpr reason why_it_breaks(const subject& s, const log::evidence& e) noexcept {
  const log::sdk_place place = log::place_of(s.notice_sdk);
  const log::sdk_row* sdk = log::find_sdk(s.notice_sdk);
  if (only_certificates(s.methods)) return reason::certificate_client;
  if (place == log::sdk_place::login_page) return reason::login_page_lost_state;
  if (place == log::sdk_place::page) return reason::browser_call;
  if (only_assertions(s.methods)) return reason::assertion_client;
  if (sdk != nullptr && log::is_too_old(s.notice_sdk_version, sdk->sends_secret_from)) return reason::sdk_too_old;
  if (place == log::sdk_place::unknown && mostly(e.sends_from_browsers, e.sends)) return reason::browser_call;
  return reason::backend_without_secret;
}

constexpr reason why_it_is_safe(const subject& s, const log::evidence& e) noexcept {
  if (s.standing == standing::public_client) return reason::public_unaffected;
  if (s.standing == standing::third_party) return reason::third_party;
  if (!has_proof(s, e)) return reason::tenant_already_enforced;
  // A page authenticates by the state that it forwards. Where there is none it must be a secret, for everybody to read.
  const bool page = log::place_of(s.send_sdk) == log::sdk_place::page || mostly(e.sends_from_browsers, e.sends);
  const bool forwards = mostly(e.sends_with_login_state, e.sends) && !e.repeats_its_state;
  if (page && log::place_of(s.send_sdk) != log::sdk_place::login_page && !forwards) return reason::secret_in_browser;
  return e.last_notice ? reason::fixed_since : reason::authenticated;
}

}  // namespace detail

constexpr reason reason_of(verdict v, const subject& s, const log::evidence& e) noexcept {
  switch (v) {
    case verdict::breaks: return detail::why_it_breaks(s, e);
    case verdict::safe: return detail::why_it_is_safe(s, e);
    case verdict::cannot_tell: break;
  }
  if (e.possible_notices > 0 && s.name_is_shared) return reason::ambiguous_name;
  if (!is_proved(e) && detail::mostly(e.unheard_sends, e.sends)) return reason::notices_left_out;
  if (is_proved(e) && s.partly_unread) return reason::partly_unread;
  return e.seen() ? reason::too_little_evidence : reason::never_seen;
}

constexpr fix fix_for(reason r) noexcept {
  switch (r) {
    case reason::backend_without_secret: return fix::send_client_secret;
    case reason::browser_call: return fix::move_call_to_backend;
    case reason::login_page_lost_state: return fix::forward_page_state;
    case reason::sdk_too_old: return fix::upgrade_sdk;
    case reason::certificate_client: return fix::register_client_authentication;
    case reason::assertion_client: return fix::sign_client_assertion;
    case reason::never_seen: return fix::make_one_call;
    case reason::too_little_evidence: return fix::gather_evidence;
    case reason::notices_left_out: return fix::export_notices_too;
    case reason::partly_unread: return fix::mend_log;
    case reason::ambiguous_name: return fix::tell_names_apart;
    case reason::secret_in_browser: return fix::rotate_leaked_secret;
    case reason::third_party:
    case reason::public_unaffected:
    case reason::fixed_since:
    case reason::authenticated:
    case reason::tenant_already_enforced: break;
  }
  return fix::none;
}

constexpr finding assess(const subject& s, const log::evidence& e) noexcept {
  const verdict v = verdict_of(s, e);
  const reason r = reason_of(v, s, e);
  return {v, r, fix_for(r)};
}

// Whether the toggle has to wait for it. What was never seen and has no passwordless grant cannot log anybody in anyway.
constexpr bool holds_back(const finding& f, bool has_passwordless_grant) noexcept {
  return f.verdict != verdict::safe && (f.reason != reason::never_seen || has_passwordless_grant);
}

// Whether it may be enforced ahead of the others: it has proved itself, and by what it should.
constexpr bool may_be_enforced(const finding& f) noexcept {
  return f.reason == reason::authenticated || f.reason == reason::fixed_since;
}

}  // namespace startgate::plan
