// Base64 with padding, hexadecimal digits and percent-encoding: strict, into buffers of the caller.
#pragma once

#include <startgate/detail/ascii.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace startgate::detail {

constexpr int base64_value(char c) noexcept {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  return c == '+' ? 62 : c == '/' ? 63 : -1;
}

// RFC 4648 section 4 with its padding; nothing for a wrong length, a foreign character, left-over bits or no room.
constexpr std::optional<std::size_t> base64_decode(std::string_view in, char* out, std::size_t room) noexcept {
  if (in.size() % 4 != 0) return std::nullopt;
  for (int padding = 0; padding < 2 && !in.empty() && in.back() == '='; ++padding) in.remove_suffix(1);
  if (in.size() % 4 == 1 || in.size() * 3 / 4 > room) return std::nullopt;
  std::size_t at = 0;
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (const char c : in) {
    const int value = base64_value(c);
    if (value < 0) return std::nullopt;
    bits = (bits << 6) | static_cast<std::uint32_t>(value);
    held += 6;
    if (held >= 8) out[at++] = static_cast<char>(bits >> (held -= 8));
  }
  if ((bits & ((1U << held) - 1)) != 0) return std::nullopt;
  return at;
}

// %XX is a byte, and `+` a blank where the text is form-encoded. Never longer than the input; nothing for a stray percent.
constexpr std::optional<std::size_t> percent_decode(std::string_view in, char* out, bool plus_is_blank) noexcept {
  std::size_t at = 0;
  for (std::size_t i = 0; i < in.size(); ++i) {
    char c = in[i];
    if (c == '+' && plus_is_blank) {
      c = ' ';
    } else if (c == '%') {
      if (in.size() - i < 3) return std::nullopt;
      const int high = hex_value(in[i + 1]), low = hex_value(in[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      c = static_cast<char>(high * 16 + low);
      i += 2;
    }
    out[at++] = c;
  }
  return at;
}

}  // namespace startgate::detail
