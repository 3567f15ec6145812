// The published texts of the deprecation notice that this migration writes to the tenant log, and how to tell it from the notices
// of other features: the guide's own search (`description:*passwordless*`) finds those of "oauth/ro passwordless" as well.
#pragma once

#include <startgate/instant.hpp>
#include <string_view>

namespace startgate::log {

inline constexpr std::string_view notice_type = "depnote";
inline constexpr std::string_view notice_description =
    "Enforce client authentication for passwordless connections: This feature is being deprecated. "
    "Please see details.feature of this log for more information.";

// The id is not published; ours is the tenant flag's own name, without its prefix.
inline constexpr std::string_view feature_id = "enforce_client_authentication_on_passwordless_start";
inline constexpr std::string_view feature_name = "Enforce client authentication for passwordless connections";
inline constexpr std::string_view feature_description =
    "Calls to /passwordless/start from confidential applications must be authenticated by a client credential "
    "or by the state of the hosted login page.";
inline constexpr std::string_view feature_documentation =
    "https://auth0.com/docs/troubleshoot/product-lifecycle/past-migrations/migrate-to-passwordless";

// However many calls, one notice in this time: further ones say nothing, and neither does their absence.
inline constexpr duration notice_throttle = 60 * minute;

// The feature names itself in details.feature and at the beginning of the description. What is published of its record shows
// neither id nor name, so any of them is enough: taking another's notice for ours costs a proof, the contrary a login.
constexpr bool is_notice_of_this_feature(std::string_view type, std::string_view description, std::string_view id,
                                         std::string_view name) noexcept {
  if (type != notice_type) return false;
  constexpr auto names_it = [](std::string_view text) { return text.find(feature_name) != text.npos; };
  return id == feature_id || names_it(name) || names_it(description);
}

// A notice without a description and a feature, as a table with few columns has it, may be of any feature.
constexpr bool may_be_of_any_feature(std::string_view description, std::string_view id, std::string_view name) noexcept {
  return description.empty() && id.empty() && name.empty();
}

}  // namespace startgate::log
