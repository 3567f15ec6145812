// A policy file member by member, with what its profile says of those that it leaves out: for readers who compare two files.
#pragma once

#include <startgate/json/profiles.hpp>

#include <nlohmann/json.hpp>

#include <map>
#include <string>
#include <string_view>

namespace startgate::json {

using policy_members = std::map<std::string, nlohmann::json>;

namespace detail {

// A limit is stated whole (read_limit in policy.hpp): what it leaves out is not the profile's but burst = count, counted locally, and
// blocking where it is an application's.
inline nlohmann::json whole_limit(const nlohmann::json& stated, bool of_an_application = false) {
  nlohmann::json whole{{"unavailable", "local"}};
  if (stated.contains("count")) whole["burst"] = stated["count"];
  if (of_an_application) whole["mode"] = "block";
  whole.update(stated);
  return whole;
}

inline bool is_limit(const nlohmann::json& value) {
  return value.is_object() && (value.contains("count") || value.contains("plan"));
}

inline bool has_members_below(const std::string& name, const policy_members& members) {
  const auto first = members.lower_bound(name + '.');
  return first != members.end() && first->first.starts_with(name + '.');
}

inline void erase_members_below(const std::string& name, policy_members& members) {
  while (has_members_below(name, members)) members.erase(members.lower_bound(name + '.'));
}

inline void add_members(const nlohmann::json& object, const std::string& path, policy_members& out);

// For whom the profile lets it count stays.
inline void add_limit(const std::string& name, const nlohmann::json& stated, policy_members& out) {
  const auto scope = out.extract(name + ".applies_to");
  erase_members_below(name, out);
  if (!scope.empty()) out[scope.key()] = scope.mapped();
  add_members(whole_limit(stated, name.starts_with("limits.start_per_application.")), name + '.', out);
}

inline void add_member(const std::string& name, const nlohmann::json& value, policy_members& out) {
  if ((name == "limits.start_per_identifier" || name == "limits.start_per_network") && !value.is_null()) {
    auto& buckets = out[name] = nlohmann::json::array();
    for (const auto& one : value.is_array() ? value : nlohmann::json::array({value})) buckets.push_back(whole_limit(one));
    return;
  }
  if (!value.is_object()) {
    out[name] = value;
    return;
  }
  if (value.empty()) {
    if (!has_members_below(name, out)) out[name] = nullptr;  // as good as not there
    return;
  }
  out.erase(name);  // null or empty until now
  if (is_limit(value)) return add_limit(name, value, out);
  add_members(value, name + '.', out);
}

inline void add_members(const nlohmann::json& object, const std::string& path, policy_members& out) {
  for (const auto& [name, value] : object.items()) {
    const std::string member = path + name;
    if (value.is_null()) erase_members_below(member, out);
    add_member(member, value, out);
  }
}

}  // namespace detail

// `text` is a policy that could be read; empty is the profile auth0 as it is.
inline policy_members members_of(std::string_view text) {
  const auto stated = nlohmann::json::parse(text.empty() ? std::string_view("{}") : text);
  const std::string profile = stated.contains("profile") ? stated["profile"].get<std::string>() : "auth0";
  policy_members out;
  detail::add_members(nlohmann::json::parse(*profile_named(profile)), {}, out);
  detail::add_members(stated, {}, out);
  return out;
}

}  // namespace startgate::json
