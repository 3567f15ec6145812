// Optional whitespace around a field value or a member of it (OWS of RFC 9110 section 5.6.3).
#pragma once

#include <string_view>

namespace startgate::detail {

constexpr bool is_ows(char c) noexcept { return c == ' ' || c == '\t'; }

constexpr std::string_view trim_ows_end(std::string_view text) noexcept {
  while (!text.empty() && is_ows(text.back())) text.remove_suffix(1);
  return text;
}

constexpr std::string_view trim_ows(std::string_view text) noexcept {
  while (!text.empty() && is_ows(text.front())) text.remove_prefix(1);
  return trim_ows_end(text);
}

}  // namespace startgate::detail
