// An address with or without a port, as headers write it: `192.0.2.1:8080`, `[2001:db8::1]`, `[2001:db8::1]:8080`.
#pragma once

#include <startgate/ip.hpp>

#include <cstddef>
#include <optional>
#include <string_view>

namespace startgate::detail {

struct node_parts {
  std::string_view host;  // without its brackets
  bool bracketed = false;
  bool has_port = false;
  std::string_view port;
};

// The host ends at the first colon, or with its bracket; after a bracket only a port may follow.
constexpr std::optional<node_parts> split_node(std::string_view node) noexcept {
  node_parts out;
  out.bracketed = node.starts_with('[');
  if (out.bracketed) node.remove_prefix(1);
  const std::size_t end = node.find(out.bracketed ? ']' : ':');
  out.host = node.substr(0, end);
  if (end == std::string_view::npos) return out.bracketed ? std::nullopt : std::optional(out);
  node.remove_prefix(out.bracketed ? end + 1 : end);
  out.has_port = !node.empty();
  if (!out.has_port) return out;
  if (node.front() != ':') return std::nullopt;
  out.port = node.substr(1);
  return out;
}

// IPv6 stands in brackets, IPv4 does not.
constexpr std::optional<address> address_of_host(const node_parts& parts) noexcept {
  if (parts.bracketed) return parse_v6(parts.host);
  const auto v4 = parse_v4(parts.host);
  return v4 ? std::optional(address::v4(*v4)) : std::nullopt;
}

}  // namespace startgate::detail
