// Where two policies decide differently: the judge under both, over every combination of facts, no sample and no second copy of a
// rule; and every member that differs but lies outside the facts, such as limits and proxies.
#pragma once

#include <startgate/json/policy_members.hpp>
#include <startgate/judge.hpp>
#include <startgate/policy.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace startgate::json {

namespace detail {

inline nlohmann::ordered_json verdict_of(const verdict& v) {
  return {{"outcome", startgate::name_of(v.outcome)},
          {"would_be", v.would_deny ? "deny" : "allow"},
          {"address", startgate::name_of(v.address)}};
}

inline rules rules_of(const policy& p) noexcept {
  return {p.enforcement.mode, p.client_address.requires_switch, p.request.deny_unobserved};
}

}  // namespace detail

// Groups of combinations that differ alike, each with how many there are and the first of them:
// [{"cause", "before", "after", "combinations", "example"}]. Empty where both judge alike.
inline nlohmann::ordered_json diff_verdicts(const policy& before, const policy& after) {
  nlohmann::ordered_json groups = nlohmann::ordered_json::array();
  for_all_facts([&](const facts& f) {
    const verdict one = judge(detail::rules_of(before), f), other = judge(detail::rules_of(after), f);
    if (one == other) return true;
    nlohmann::ordered_json group{
        {"cause", startgate::name_of(one.cause)}, {"before", detail::verdict_of(one)}, {"after", detail::verdict_of(other)}};
    for (auto& known : groups)
      if (known["cause"] == group["cause"] && known["before"] == group["before"] && known["after"] == group["after"]) {
        known["combinations"] = known["combinations"].get<int>() + 1;
        return true;
      }
    group["combinations"] = 1;
    group["example"] = {{"application", startgate::name_of(f.application)},
                        {"authentication", startgate::name_of(f.proof)},
                        {"forwarded_for", startgate::name_of(f.forwarded)},
                        {"trust_switch", startgate::name_of(f.trust)}};
    groups.push_back(std::move(group));
    return true;
  });
  return groups;
}

// The password that a store's URL may carry is nobody's to read.
inline nlohmann::json without_password(std::string url) {
  const std::size_t scheme = url.find("://"), at = url.rfind('@');
  if (scheme == std::string::npos || at == std::string::npos) return url;
  const std::size_t colon = url.find(':', scheme + 3);
  if (colon < at) url.replace(colon + 1, at - colon - 1, "***");
  return url;
}

// [{"member", "before", "after"}], null for a member that one of them does not have. Both texts are policies that could be read.
inline nlohmann::ordered_json diff_members(std::string_view before, std::string_view after) {
  constexpr std::array<std::string_view, 5> judged{"schema", "profile", "enforcement.mode", "client_address.requires_switch",
                                                   "request.on_unobserved"};
  const policy_members one = members_of(before), other = members_of(after);
  const auto value = [](const policy_members& of, const std::string& name) {
    const auto at = of.find(name);
    return at == of.end() ? nlohmann::json() : at->second;
  };
  const auto shown = [&](const policy_members& of, const std::string& name) {
    const nlohmann::json stated = value(of, name);
    return name == "store.url" && stated.is_string() ? without_password(stated.get<std::string>()) : stated;
  };
  policy_members all = one;
  all.insert(other.begin(), other.end());
  nlohmann::ordered_json out = nlohmann::ordered_json::array();
  for (const auto& [name, unused] : all) {
    if (std::find(judged.begin(), judged.end(), name) != judged.end() || value(one, name) == value(other, name)) continue;
    out.push_back({{"member", name}, {"before", shown(one, name)}, {"after", shown(other, name)}});
  }
  return out;
}

}  // namespace startgate::json
