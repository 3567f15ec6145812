// token of RFC 9110 section 5.6.2: field names, and the names and plain values inside of some fields.
#pragma once

#include <startgate/detail/ascii.hpp>

#include <array>
#include <cstddef>
#include <string_view>

namespace startgate::detail {

inline constexpr auto token_chars = [] {
  std::array<bool, 256> table{};
  for (int c = 0; c < 128; ++c) table[static_cast<std::size_t>(c)] = is_alnum(static_cast<char>(c));
  for (const char c : std::string_view("!#$%&'*+-.^_`|~")) table[static_cast<unsigned char>(c)] = true;
  return table;
}();

constexpr bool is_token_char(char c) noexcept { return token_chars[static_cast<unsigned char>(c)]; }

// How much of the front of the text is a token.
constexpr std::size_t token_length(std::string_view text) noexcept {
  std::size_t n = 0;
  while (n < text.size() && is_token_char(text[n])) ++n;
  return n;
}

constexpr bool is_token(std::string_view text) noexcept { return !text.empty() && token_length(text) == text.size(); }

}  // namespace startgate::detail
