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

// Eight bytes, so that it travels in a register: handed up through memory it would cost as much as the reading.
struct v4_at_end {
  std::uint32_t bits = 0;
  std::uint32_t length = 0;  // 7 to 15 characters; 0: there is none
};

// The IPv4address (RFC 3986 section 3.2.2) at the end of the text. A leading zero is refused: half of the world reads 010 as 8
// (CVE-2021-29921 and its kin).
constexpr v4_at_end find_v4_at_end(std::string_view text) noexcept {
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  const char* at = end;
  std::uint32_t bits = 0;
  for (unsigned part = 0; part < 4; ++part) {
    if (part > 0 && (at == begin || *--at != '.')) return {};
    const std::uint32_t ones = digit_before(begin, at);
    if (ones > 9) return {};
    std::uint32_t octet = ones, first = 1;
    if (const std::uint32_t tens = digit_before(begin, --at); tens <= 9) {
      octet += 10 * (first = tens);
      if (const std::uint32_t hundreds = digit_before(begin, --at); hundreds <= 9) {
        octet += 100 * (first = hundreds);
        --at;
      }
    }
    if (first == 0 || octet > 255) return {};
    bits |= octet << 8 * part;
  }
  return {bits, static_cast<std::uint32_t>(end - at)};
}

constexpr std::optional<std::uint32_t> parse_v4(std::string_view text) noexcept {
  const v4_at_end found = find_v4_at_end(text);
  return found.length > 0 && found.length == text.size() ? std::optional(found.bits) : std::nullopt;
}

}  // namespace startgate::detail
