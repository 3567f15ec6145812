// What the `auth0_client` of a record says about the code that called: a page, or a backend's SDK, and whether that SDK can send
// the secret with a start at all. Versions are from recordings (examples/tenant/README.md: node, Python) and from the SDKs' own
// sources and change logs: ruby-auth0 4.11.0 (pull 217), auth0-PHP 7.2.0 (issue 431), auth0-java 1.23.0 (pull 300: passwordless
// is new and sends the secret at once; assertions with 2.0.0, pull 507), auth0.net 7.0.5 (pull 393; assertions with 7.18.0, pull
// 605, for email only), go-auth0 1.0.0 (pull 229, likewise new; assertions with 1.0.1, pull 260).
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <startgate/fix.hpp>
#include <string_view>

namespace startgate::log {

struct sdk_version {
  std::uint32_t major = 0, minor = 0, patch = 0;
  constexpr auto operator<=>(const sdk_version&) const = default;
};

// `4.37.1`, also with something after it (`-beta.1`): what is missing counts as zero.
constexpr sdk_version parse_sdk_version(std::string_view text) noexcept {
  std::array<std::uint32_t, 3> parts{};
  std::size_t at = 0;
  for (std::uint32_t& part : parts) {
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9' && part < 100'000'000; ++at)
      part = part * 10 + static_cast<std::uint32_t>(text[at] - '0');
    if (at == text.size() || text[at] != '.') break;
    ++at;
  }
  return {parts[0], parts[1], parts[2]};
}

enum class sdk_place : std::uint8_t { unknown, backend, page, login_page };

struct sdk_row {
  std::string_view name;
  sdk_place place;
  std::string_view sends_secret_from;     // the first version that sends a configured secret; empty: every version, or not known
  std::string_view signs_assertion_from;  // the oldest version that is known to sign an assertion for it; empty: not known
};

inline constexpr std::array sdk_rows{
    sdk_row{"node-auth0", sdk_place::backend, "2.24.0", "3.7.2"},
    sdk_row{"auth0-python", sdk_place::backend, "3.10.0", ""},
    sdk_row{"ruby-auth0", sdk_place::backend, "4.11.0", ""},
    sdk_row{"auth0-php", sdk_place::backend, "7.2.0", ""},
    sdk_row{"auth0-java", sdk_place::backend, "1.23.0", "2.0.0"},
    sdk_row{"Auth0.Net", sdk_place::backend, "7.0.5", "7.18.0"},
    sdk_row{"go-auth0", sdk_place::backend, "1.0.0", "1.0.1"},
    // auth0.js has one name on every page; only Lock says that it runs on the tenant's own login page.
    sdk_row{"auth0.js", sdk_place::page, "", ""},
    sdk_row{"lock.js", sdk_place::page, "", ""},
    sdk_row{"auth0.js-ulp", sdk_place::login_page, "", ""},
    sdk_row{"lock.js-ulp", sdk_place::login_page, "", ""},
};

constexpr const sdk_row* find_sdk(std::string_view name) noexcept {
  const auto same = [](std::string_view a, std::string_view b) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i)
      if ((a[i] | 0x20) != (b[i] | 0x20)) return false;
    return true;
  };
  for (const sdk_row& row : sdk_rows)
    if (same(row.name, name)) return &row;
  return nullptr;
}

constexpr sdk_place place_of(std::string_view sdk_name) noexcept {
  const sdk_row* row = find_sdk(sdk_name);
  return row != nullptr ? row->place : sdk_place::unknown;
}

// The first version of this SDK with which a fix can work; empty where no version is, or is known to be, the question.
constexpr std::string_view first_version_for(fix f, const sdk_row* sdk) noexcept {
  if (sdk == nullptr) return {};
  switch (f) {
    case fix::send_client_secret:
    case fix::upgrade_sdk: return sdk->sends_secret_from;
    case fix::sign_client_assertion: return sdk->signs_assertion_from;
    default: return {};
  }
}

// The tenant log shortens user agents to "Chrome 142.0.0 / Windows 10.0.0"; streams may carry them whole.
constexpr bool is_browser(std::string_view user_agent) noexcept {
  constexpr std::array<std::string_view, 12> names{"Mozilla/", "Chrome",  "Firefox", "Safari", "Mobile Safari", "Edge",
                                                   "Opera",    "Samsung", "Brave",   "IE ",    "Vivaldi",       "Chromium"};
  for (const std::string_view name : names)
    if (user_agent.starts_with(name)) return true;
  return false;
}

constexpr bool is_too_old(std::string_view version, std::string_view first) noexcept {
  return !version.empty() && !first.empty() && parse_sdk_version(version) < parse_sdk_version(first);
}

}  // namespace startgate::log
