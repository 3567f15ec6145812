// IPv4 literals, read from the right, as the members of a forwarding header are.
#pragma once

#include <startgate/detail/ascii.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace startgate::detail {

// The digit before `at`, or more than nine where there is none.
constexpr std::uint32_t digit_before(const char* begin, const char* at) noexcept {
  return at == begin ? 10 : static_cast<std::uint32_t>(static_cast<unsigned char>(at[-1])) - '0';
}

// Takes one IPv4address (RFC 3986 section 3.2.2) off the end of the text and leaves what stands before it; takes nothing where
// there is none. A leading zero is refused: half of the world reads 010 as 8 (CVE-2021-29921 and its kin).
constexpr std::optional<std::uint32_t> take_v4(std::string_view& text) noexcept {
  const char* const begin = text.data();
  const char* at = begin + text.size();
  std::uint32_t bits = 0;
  for (unsigned part = 0; part < 4; ++part) {
    if (part > 0 && (at == begin || *--at != '.')) return std::nullopt;
    const std::uint32_t ones = digit_before(begin, at);
    if (ones > 9) return std::nullopt;
    std::uint32_t octet = ones, first = 1;
    if (const std::uint32_t tens = digit_before(begin, --at); tens <= 9) {
      octet += 10 * (first = tens);
      if (const std::uint32_t hundreds = digit_before(begin, --at); hundreds <= 9) {
        octet += 100 * (first = hundreds);
        --at;
      }
    }
    if (first == 0 || octet > 255) return std::nullopt;
    bits |= octet << 8 * part;
  }
  text = {begin, static_cast<std::size_t>(at - begin)};
  return bits;
}

constexpr std::optional<std::uint32_t> parse_v4(std::string_view text) noexcept {
  const auto bits = take_v4(text);
  return text.empty() ? bits : std::nullopt;
}

}  // namespace startgate::detail
