// A request target: the path as it was sent, and the query's members decoded. Strict, so that nobody reads it in two ways.
#pragma once

#include <startgate/detail/utf8.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace startgate::http {

struct target {
  std::string path;
  std::vector<std::pair<std::string, std::string>> query;

  // Empty where there is no such member, and where it is empty.
  std::string_view operator[](std::string_view name) const noexcept {
    for (const auto& [other, value] : query)
      if (other == name) return value;
    return {};
  }
  bool has(std::string_view name) const noexcept {
    for (const auto& member : query)
      if (member.first == name) return true;
    return false;
  }
};

namespace detail {

constexpr int hex_value(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

constexpr bool is_utf8(std::string_view text) noexcept {
  while (!text.empty())
    if (!startgate::detail::take_code_point(text)) return false;
  return true;
}

// application/x-www-form-urlencoded (WHATWG URL section 5.1), but broken escapes, NUL and bytes that are no UTF-8 are refused.
inline std::optional<std::string> decode_form(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i] == '+' ? ' ' : text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1, low = high < 0 ? -1 : hex_value(text[i + 2]);
    if (low < 0 || high * 16 + low == 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return is_utf8(out) ? std::optional(std::move(out)) : std::nullopt;
}

inline bool read_query(std::string_view text, target& out) {
  while (!text.empty()) {
    const std::size_t end = text.find('&');
    const std::string_view pair = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (pair.empty()) continue;
    const std::size_t equals = pair.find('=');
    auto name = decode_form(pair.substr(0, equals));
    auto value = decode_form(equals == std::string_view::npos ? std::string_view{} : pair.substr(equals + 1));
    if (!name || !value || out.has(*name)) return false;
    out.query.emplace_back(std::move(*name), std::move(*value));
  }
  return true;
}

}  // namespace detail

// Nothing where a query cannot be read or names a member twice. The absolute form (RFC 9112 section 3.2.2) is read too.
inline std::optional<target> parse_target(std::string_view text) {
  if (text.starts_with("http://") || text.starts_with("https://")) {
    const std::size_t slash = text.find('/', text.find("://") + 3);
    text = slash == std::string_view::npos ? std::string_view("/") : text.substr(slash);
  }
  const std::size_t question = text.find('?');
  target out{std::string(text.substr(0, question)), {}};
  if (question != std::string_view::npos && !detail::read_query(text.substr(question + 1), out)) return std::nullopt;
  return out;
}

// A value for use in a query: everything but RFC 3986's unreserved characters is escaped.
inline std::string encode_form(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '.' ||
                       c == '_' || c == '~';
    if (plain)
      out += c;
    else
      out.append("%").append(1, digits[byte >> 4]).append(1, digits[byte & 15]);
  }
  return out;
}

}  // namespace startgate::http
