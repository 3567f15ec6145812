// Where two policies decide differently: the judge under both, over every combination of facts, no sample and no second copy of a
// rule; and every member that differs but lies outside the facts, such as limits and proxies.
#pragma once

#include <startgate/facts_cover.hpp>
#include <startgate/json/policy_members.hpp>
#include <startgate/judge.hpp>
#include <startgate/policy.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace startgate::json {

namespace detail {

struct judged_otherwise {
  verdict before, after;
  std::vector<facts> combinations;
};

inline nlohmann::ordered_json verdict_of(const verdict& v) {
  return {{"outcome", startgate::name_of(v.outcome)},
          {"would_be", v.would_deny ? "deny" : "allow"},
          {"address", startgate::name_of(v.address)}};
}

inline rules rules_of(const policy& p) noexcept {
  return {p.enforcement.mode, p.client_address.requires_switch, p.request.deny_unobserved};
}

inline std::vector<judged_otherwise> what_differs(const rules& before, const rules& after) {
  std::vector<judged_otherwise> groups;
  for_all_facts([&](const facts& f) {
    const verdict one = judge(before, f), other = judge(after, f);
    if (one == other) return true;
    const auto alike = [&](const judged_otherwise& g) { return g.before == one && g.after == other; };
    auto known = std::find_if(groups.begin(), groups.end(), alike);
    if (known == groups.end()) known = groups.insert(known, {one, other, {}});
    known->combinations.push_back(f);
    return true;
  });
  return groups;
}

inline std::string_view value_name(std::size_t fact, int value) noexcept {
  switch (fact) {
    case 0: return startgate::name_of(standing(value));
    case 1: return startgate::name_of(proof(value));
    case 2: return startgate::name_of(forwarded_for(value));
    default: return startgate::name_of(trust_switch(value));
  }
}

// A fact that may be anything is left out.
inline nlohmann::ordered_json line_of(const facts_line& line) {
  auto out = nlohmann::ordered_json::object();
  for (std::size_t fact = 0; fact < line.values.size(); ++fact) {
    if (line.values[fact] == facts_line::all[fact]) continue;
    for (int value = 0; value < 8; ++value)
      if ((line.values[fact] >> value) & 1) out[std::string(facts_line::names[fact])].push_back(value_name(fact, value));
  }
  return out;
}

// By the names of two modes. Notice and warn do: they differ in what the answer says.
inline bool modes_judge_alike(const nlohmann::json& one, const nlohmann::json& other) {
  const auto named = [](const nlohmann::json& name) {
    return std::find_if(modes.begin(), modes.end(), [&](mode m) { return name == startgate::name_of(m); });
  };
  const auto before = named(one), after = named(other);
  return before != modes.end() && after != modes.end() && what_differs({.enforcement = *before}, {.enforcement = *after}).empty();
}

}  // namespace detail

// Groups of combinations that differ alike, each with how many there are, which (`when`: lines of facts_cover.hpp), and the first
// of them: [{"cause", "before", "after", "combinations", "when", "example"}]. Empty where both judge alike.
inline nlohmann::ordered_json diff_verdicts(const policy& before, const policy& after) {
  nlohmann::ordered_json groups = nlohmann::ordered_json::array();
  for (const auto& group : detail::what_differs(detail::rules_of(before), detail::rules_of(after))) {
    nlohmann::ordered_json when = nlohmann::ordered_json::array();
    for (const facts_line& line : cover(group.combinations)) when.push_back(detail::line_of(line));
    const facts& first = group.combinations.front();
    groups.push_back({{"cause", startgate::name_of(group.before.cause)},
                      {"before", detail::verdict_of(group.before)},
                      {"after", detail::verdict_of(group.after)},
                      {"combinations", group.combinations.size()},
                      {"when", std::move(when)},
                      {"example",
                       {{"application", startgate::name_of(first.application)},
                        {"authentication", startgate::name_of(first.proof)},
                        {"forwarded_for", startgate::name_of(first.forwarded)},
                        {"trust_switch", startgate::name_of(first.trust)}}}});
  }
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
  const auto told_by_verdicts = [&](const std::string& name) {
    if (name == "enforcement.mode" && detail::modes_judge_alike(value(one, name), value(other, name))) return false;
    return std::find(judged.begin(), judged.end(), name) != judged.end();
  };
  policy_members all = one;
  all.insert(other.begin(), other.end());
  nlohmann::ordered_json out = nlohmann::ordered_json::array();
  for (const auto& [name, unused] : all) {
    if (told_by_verdicts(name) || value(one, name) == value(other, name)) continue;
    out.push_back({{"member", name}, {"before", shown(one, name)}, {"after", shown(other, name)}});
  }
  return out;
}

}  // namespace startgate::json
