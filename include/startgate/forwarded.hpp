// The Forwarded header (RFC 7239), read from the right.
//
// Whoever calls first writes on the left; each proxy appends on the right. Read from the left, a quote that the caller never
// closes swallows what the trusted proxy wrote after it. Read from the right it cannot: inside a quoted-string a quote follows an
// odd number of backslashes, the quote that opens it follows "=", so each element is delimited by its own bytes alone, and on a
// line that keeps to the grammar both directions agree.
#pragma once

#include <startgate/detail/ascii.hpp>
#include <startgate/detail/node.hpp>
#include <startgate/detail/token.hpp>
#include <startgate/header.hpp>
#include <startgate/ip.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace startgate {

namespace detail {

// Where the quoted-string that ends before `end` opens, or nothing.
constexpr std::optional<std::size_t> opening_quote(std::string_view line, std::size_t end) noexcept {
  for (std::size_t at = end; at-- > 0;) {
    if (line[at] != '"') continue;
    std::size_t backslashes = 0;
    while (backslashes < at && line[at - backslashes - 1] == '\\') ++backslashes;
    if (backslashes % 2 == 0) return at;
    at -= backslashes;
  }
  return std::nullopt;
}

// Where the last element of the line starts. With a quote that nothing opens, the whole line is one element, and no valid one.
constexpr std::size_t last_element_start(std::string_view line) noexcept {
  for (std::size_t at = line.size(); at-- > 0;) {
    if (line[at] == ',') return at + 1;
    if (line[at] != '"') continue;
    const auto open = opening_quote(line, at);
    if (!open) return 0;
    at = *open;
  }
  return 0;
}

// The length of the quoted-string (RFC 9110 section 5.6.4) at the front of `text`, both quotes counted.
constexpr std::optional<std::size_t> quoted_length(std::string_view text) noexcept {
  for (std::size_t at = 1; at < text.size(); ++at) {
    if (text[at] == '"') return at + 1;
    if (text[at] == '\\' && ++at == text.size()) return std::nullopt;
    const auto c = static_cast<unsigned char>(text[at]);
    if ((c < ' ' && c != '\t') || c == 0x7f) return std::nullopt;
  }
  return std::nullopt;
}

// A node with an address is 48 characters and a port. What fills this text was longer than it and is taken for no node.
inline constexpr std::size_t node_capacity = 128;

constexpr fixed_text<node_capacity> without_backslashes(std::string_view quoted) noexcept {
  fixed_text<node_capacity> out;
  for (std::size_t at = 0; at < quoted.size(); ++at) out.append(quoted.substr(quoted[at] == '\\' ? ++at : at, 1));
  return out;
}

}  // namespace detail

// node of RFC 7239 section 6 where it is an address: IPv4, or IPv6 in brackets, with an optional port of up to five digits or an
// obfuscated one. `unknown` and obfuscated nodes are legal and name nobody.
constexpr std::optional<address> parse_forwarded_node(std::string_view node) noexcept {
  if (node.size() >= detail::node_capacity) return std::nullopt;
  const auto parts = detail::split_node(node);
  if (!parts) return std::nullopt;
  if (parts->has_port) {
    const std::string_view port = parts->port;
    const bool obfuscated = port.starts_with('_');
    if (obfuscated ? port.size() < 2 : port.empty() || port.size() > 5) return std::nullopt;
    for (const char c : port)
      if (!detail::is_digit(c) && !(obfuscated && (detail::is_alnum(c) || c == '.' || c == '_' || c == '-'))) return std::nullopt;
  }
  return detail::address_of_host(*parts);
}

// forwarded-element = [ forwarded-pair ] *( ";" [ forwarded-pair ] ), forwarded-pair = token "=" ( token / quoted-string ), with
// no blanks inside and no name twice (RFC 7239 section 4). The address of its `for`, where the element is valid and names one.
constexpr std::optional<address> parse_forwarded_element(std::string_view element) noexcept {
  constexpr std::size_t max_pairs = 16;  // four are registered; the bound keeps the search for repeated names short
  std::array<std::string_view, max_pairs> names{};
  std::size_t pairs = 0;
  std::optional<address> caller;
  for (std::string_view rest = element;; rest.remove_prefix(1)) {
    if (!rest.empty() && rest.front() != ';') {
      const std::string_view name = rest.substr(0, detail::token_length(rest));
      rest.remove_prefix(name.size());
      if (name.empty() || rest.size() < 2 || rest.front() != '=' || pairs == max_pairs) return std::nullopt;
      for (std::size_t i = 0; i < pairs; ++i)
        if (same_name(names[i], name)) return std::nullopt;
      names[pairs++] = name;
      rest.remove_prefix(1);

      const bool quoted = rest.front() == '"';
      const auto length = quoted ? detail::quoted_length(rest) : std::optional(detail::token_length(rest));
      if (!length || *length == 0) return std::nullopt;
      if (same_name(name, "for")) {
        const std::string_view node = quoted ? rest.substr(1, *length - 2) : rest.substr(0, *length);
        const bool escaped = node.find('\\') != std::string_view::npos;  // only a quoted-string can hold one
        caller = escaped ? parse_forwarded_node(detail::without_backslashes(node)) : parse_forwarded_node(node);
      }
      rest.remove_prefix(*length);
    }
    if (rest.empty()) return caller;
    if (rest.front() != ';') return std::nullopt;
  }
}

}  // namespace startgate
