// What else the log and the export show of an application, beside its verdict: whether its users' addresses arrive, and what is
// set or sent in a way that will surprise somebody.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <startgate/client_ip.hpp>
#include <startgate/judge.hpp>
#include <startgate/log/evidence.hpp>
#include <string_view>

namespace startgate::plan {

// clang-format off
#define STARTGATE_PLAN_REMARKS(row) \
  row(not_in_export, "it is not in the client export: deleted since, or the export is of another tenant") \
  row(passwordless_grant_missing, "its grant_types lack the passwordless grant, so its codes cannot be exchanged") \
  row(forwarded_for_switched_off, "is_token_endpoint_ip_header_trusted is off: its auth0-forwarded-for does not count") \
  row(forwarded_for_not_public, "most of its calls carry a loopback or private address, so all of its users look the same") \
  row(state_is_a_path, "the state of its calls says where to go after the login; it has taken the place of the login transaction's") \
  row(state_repeats, "the state of its calls is a constant, so it can belong to no login transaction")
// clang-format on

enum class remark : std::uint8_t {
#define STARTGATE_ROW(code, sentence) code,
  STARTGATE_PLAN_REMARKS(STARTGATE_ROW)
#undef STARTGATE_ROW
};

struct remark_row {
  remark code;
  std::string_view name;
  std::string_view sentence;
};

inline constexpr std::array remarks{
#define STARTGATE_ROW(code, sentence) remark_row{remark::code, #code, sentence},
    STARTGATE_PLAN_REMARKS(STARTGATE_ROW)
#undef STARTGATE_ROW
};

#undef STARTGATE_PLAN_REMARKS

// From which addresses the sends came, as far as they were logged.
struct address_spread {
  std::uint64_t distinct = 0;
  std::uint64_t sends = 0;       // with an address
  std::uint64_t busiest = 0;     // of one address
  std::uint64_t not_global = 0;  // loopback, private, reserved
};

// Logs do not carry auth0-forwarded-for. Only a backend whose calls come from many addresses shows that it was sent and believed,
// and one whose calls all come from a private address that a private address was sent. Where neither can be said: nothing.
constexpr std::optional<bool> forwarded_for_counts(standing who, const log::evidence& e, const address_spread& from) noexcept {
  constexpr std::uint64_t sends_needed = 10, addresses_needed = 3;
  if (who != standing::confidential || e.sends_from_browsers * 2 > e.sends || e.sends < sends_needed || from.sends == 0)
    return std::nullopt;
  if (from.not_global == e.sends) return true;
  return from.distinct >= addresses_needed && from.busiest * 2 < from.sends;
}

// What the export says; an application that it lacks has neither.
struct exported_facts {
  bool exported = true;
  bool has_passwordless_grant = true;
  trust_switch forwarded_for = trust_switch::not_stated;
};

constexpr bool holds(remark r, const exported_facts& x, const log::evidence& e, const address_spread& from) noexcept {
  switch (r) {
    case remark::not_in_export: return !x.exported;
    case remark::passwordless_grant_missing: return e.seen() && x.exported && !x.has_passwordless_grant;
    case remark::forwarded_for_switched_off: return e.seen() && x.forwarded_for == trust_switch::off;
    case remark::forwarded_for_not_public: return from.not_global * 2 > e.sends;
    case remark::state_is_a_path: return e.sends_with_path_state * 2 > e.sends;
    case remark::state_repeats: return e.repeats_its_state && e.sends_with_path_state * 2 <= e.sends;
  }
  return false;
}

}  // namespace startgate::plan
