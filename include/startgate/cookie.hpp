// Cookies as a request carries them.
#pragma once

#include <startgate/header.hpp>

#include <string_view>

namespace startgate {

// The next `name=value` pair of a Cookie header (RFC 6265 section 4.2.1), quotes removed from the value.
inline header next_cookie(std::string_view& rest) noexcept {
  const std::size_t end = rest.find(';');
  std::string_view pair = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  while (!pair.empty() && pair.front() == ' ') pair.remove_prefix(1);
  while (!pair.empty() && pair.back() == ' ') pair.remove_suffix(1);
  const std::size_t equals = pair.find('=');
  if (equals == std::string_view::npos) return {pair, {}};
  std::string_view value = pair.substr(equals + 1);
  if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
  return {pair.substr(0, equals), value};
}

}  // namespace startgate
