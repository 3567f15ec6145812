// What proxies write into lists and single headers: an address, which may carry a port.
#pragma once

#include <startgate/detail/ascii.hpp>
#include <startgate/detail/node.hpp>
#include <startgate/ip.hpp>

#include <cstddef>
#include <optional>
#include <string_view>

namespace startgate {

namespace detail {

// [0000:0000:0000:0000:0000:ffff:255.255.255.255]:65535
inline constexpr std::size_t longest_address_and_port = 53;

constexpr bool is_port(std::string_view text) noexcept {
  if (text.empty() || text.size() > 5) return false;
  unsigned value = 0;
  for (const char c : text) {
    if (!is_digit(c)) return false;
    value = value * 10 + static_cast<unsigned>(c - '0');
  }
  return value <= 65'535;
}

}  // namespace detail

// A literal, `192.0.2.1:8080`, `[2001:db8::1]` or `[2001:db8::1]:8080`; the port is checked and dropped. Without brackets every
// colon belongs to the address.
constexpr std::optional<address> parse_address_and_port(std::string_view text) noexcept {
  if (text.size() > detail::longest_address_and_port) return std::nullopt;
  if (const auto plain = parse_address(text)) return plain;
  const auto parts = detail::split_node(text);
  if (!parts || (parts->has_port && !detail::is_port(parts->port))) return std::nullopt;
  return detail::address_of_host(*parts);
}

}  // namespace startgate
