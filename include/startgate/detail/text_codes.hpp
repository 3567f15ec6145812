// Base64 with padding, hexadecimal digits and percent-encoding: strict, into buffers of the caller.
#pragma once

#include <startgate/detail/ascii.hpp>
#include <startgate/detail/base64url.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace startgate::detail {

inline constexpr base64_alphabet base64_values =
    base64_values_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");

// RFC 4648 section 4 with its padding; nothing for a wrong length, a foreign character, left-over bits or no room.
constexpr std::optional<std::size_t> base64_decode(std::string_view in, char* out, std::size_t room) noexcept {
  if (in.size() % 4 != 0) return std::nullopt;
  for (int padding = 0; padding < 2 && !in.empty() && in.back() == '='; ++padding) in.remove_suffix(1);
  return base64_decode_with(base64_values, in, std::span(out, room));
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
