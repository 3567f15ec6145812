// Where two policies decide differently: the judge under both, over every combination of facts. No sample, no second copy of a rule;
// what lies outside the facts, such as limits and proxies, is for the reader of the files to list.
#pragma once

#include <startgate/judge.hpp>
#include <startgate/policy.hpp>

#include <nlohmann/json.hpp>

#include <array>
#include <cstddef>
#include <string_view>

namespace startgate::json {

namespace detail {

constexpr std::string_view name_of(standing s) noexcept {
  constexpr std::array<std::string_view, 5> names{"not_named", "unknown", "third_party", "public", "confidential"};
  return names[static_cast<std::size_t>(s)];
}
constexpr std::string_view name_of(proof p) noexcept {
  constexpr std::array<std::string_view, 7> names{"absent",        "unobserved", "refused_credential", "refused_methods",
                                                  "refused_state", "by_state",   "by_credential"};
  return names[static_cast<std::size_t>(p)];
}
constexpr std::string_view name_of(forwarded_for f) noexcept {
  constexpr std::array<std::string_view, 3> names{"absent", "unusable", "usable"};
  return names[static_cast<std::size_t>(f)];
}
constexpr std::string_view name_of(trust_switch t) noexcept {
  constexpr std::array<std::string_view, 3> names{"not_stated", "on", "off"};
  return names[static_cast<std::size_t>(t)];
}
constexpr std::string_view name_of(cause c) noexcept {
  constexpr std::array<std::string_view, 9> names{
      "allowed_authenticated",  "allowed_public_application", "unobserved",
      "application_unknown",    "application_third_party",    "authentication_missing",
      "authentication_refused", "authentication_two_methods", "state_refused"};
  return names[static_cast<std::size_t>(c)];
}
constexpr std::string_view name_of(outcome o) noexcept {
  constexpr std::array<std::string_view, 3> names{"allow", "notice", "deny"};
  return names[static_cast<std::size_t>(o)];
}
constexpr std::string_view name_of(address_from a) noexcept {
  return a == address_from::transport ? "transport" : "application_header";
}

inline nlohmann::ordered_json verdict_of(const verdict& v) {
  return {{"outcome", name_of(v.outcome)}, {"would_be", v.would_deny ? "deny" : "allow"}, {"address", name_of(v.address)}};
}

inline rules rules_of(const policy& p) noexcept {
  return {p.enforcement.mode, p.client_address.requires_switch, p.request.deny_unobserved};
}

}  // namespace detail

// Groups of combinations that differ alike, each with how many there are and the first of them:
// [{"reason", "before", "after", "combinations", "example"}]. Empty where both judge alike.
inline nlohmann::ordered_json diff_verdicts(const policy& before, const policy& after) {
  nlohmann::ordered_json groups = nlohmann::ordered_json::array();
  for_all_facts([&](const facts& f) {
    const verdict one = judge(detail::rules_of(before), f), other = judge(detail::rules_of(after), f);
    if (one == other) return true;
    nlohmann::ordered_json group{
        {"reason", detail::name_of(one.cause)}, {"before", detail::verdict_of(one)}, {"after", detail::verdict_of(other)}};
    for (auto& known : groups)
      if (known["reason"] == group["reason"] && known["before"] == group["before"] && known["after"] == group["after"]) {
        known["combinations"] = known["combinations"].get<int>() + 1;
        return true;
      }
    group["combinations"] = 1;
    group["example"] = {{"application", detail::name_of(f.application)},
                        {"authentication", detail::name_of(f.proof)},
                        {"forwarded_for", detail::name_of(f.forwarded)},
                        {"trust_switch", detail::name_of(f.trust)}};
    groups.push_back(std::move(group));
    return true;
  });
  return groups;
}

}  // namespace startgate::json
