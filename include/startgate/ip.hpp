// IP addresses as values: 128 bits, an IPv4 address as its IPv4-mapped form (RFC 4291 section 2.5.5.2), so that the two spellings
// of one address can never be told apart again (CVE-2024-24790). Nothing else is unwrapped here.
#pragma once

#include <startgate/detail/ascii.hpp>
#include <startgate/detail/fixed_text.hpp>
#include <startgate/detail/v4_text.hpp>

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace startgate {

struct address {
  std::uint64_t high = 0;  // the first eight bytes, as a number
  std::uint64_t low = 0;

  static constexpr address v4(std::uint32_t bits) noexcept { return {0, 0xffff'0000'0000ULL | bits}; }

  // In network byte order, as sockets hold it; an IPv6 zone is no part of it.
  static constexpr address from_bytes(const std::array<std::uint8_t, 16>& bytes) noexcept {
    address out;
    for (std::size_t i = 0; i < 8; ++i) {
      out.high = out.high << 8 | bytes[i];
      out.low = out.low << 8 | bytes[i + 8];
    }
    return out;
  }

  constexpr bool is_v4() const noexcept { return high == 0 && low >> 32 == 0xffff; }
  constexpr std::uint32_t v4_bits() const noexcept { return static_cast<std::uint32_t>(low); }  // precondition: is_v4()

  constexpr auto operator<=>(const address&) const = default;
};

// The address in network byte order.
constexpr std::array<std::uint8_t, 16> bytes_of(const address& a) noexcept {
  std::array<std::uint8_t, 16> bytes{};
  for (std::size_t i = 0; i < 8; ++i) {
    bytes[i] = static_cast<std::uint8_t>(a.high >> (56 - 8 * i));
    bytes[i + 8] = static_cast<std::uint8_t>(a.low >> (56 - 8 * i));
  }
  return bytes;
}

namespace detail {

// Sixteen-bit groups on their way to an address; `gap` is where "::" stands.
struct v6_groups {
  std::array<std::uint16_t, 8> at{};
  std::size_t count = 0;
  std::optional<std::size_t> gap;

  constexpr bool add(unsigned group) noexcept {
    if (count == 8) return false;
    at[count++] = static_cast<std::uint16_t>(group);
    return true;
  }

  // "::" stands for at least one group; without it there are exactly eight.
  constexpr std::optional<address> join() const noexcept {
    if (gap ? count == 8 : count != 8) return std::nullopt;
    address out;
    for (std::size_t i = 0; i < 8; ++i) {
      const std::size_t zeros = 8 - count;
      std::uint64_t group = 0;
      if (!gap || i < *gap)
        group = at[i];
      else if (i >= *gap + zeros)
        group = at[i - zeros];
      (i < 4 ? out.high : out.low) |= group << (48 - 16 * (i % 4));
    }
    return out;
  }
};

// IPv6address of RFC 3986 section 3.2.2: no zone, no brackets, the last 32 bits may be dotted.
constexpr std::optional<address> parse_v6(std::string_view text) noexcept {
  v6_groups groups;
  if (text.starts_with("::")) {
    groups.gap = 0;
    text.remove_prefix(2);
  }
  while (!text.empty()) {
    unsigned group = 0;
    std::size_t digits = 0;
    for (int value = 0; digits < text.size() && digits < 5 && (value = hex_value(text[digits])) >= 0; ++digits)
      group = group << 4 | static_cast<unsigned>(value);
    if (digits == 0 || digits > 4) return std::nullopt;
    if (digits < text.size() && text[digits] == '.') {
      const auto v4 = parse_v4(text);
      if (!v4 || !groups.add(*v4 >> 16) || !groups.add(*v4 & 0xffff)) return std::nullopt;
      break;
    }
    if (!groups.add(group)) return std::nullopt;
    text.remove_prefix(digits);
    if (text.empty()) break;
    if (text.size() < 2 || text[0] != ':') return std::nullopt;
    text.remove_prefix(1);
    if (text[0] == ':') {
      if (groups.gap) return std::nullopt;
      groups.gap = groups.count;
      text.remove_prefix(1);
    }
  }
  return groups.join();
}

}  // namespace detail

// A literal and nothing around it: no zone, port, brackets or blanks, no leading zero in a decimal part. `::ffff:192.0.2.1` is
// 192.0.2.1.
constexpr std::optional<address> parse_address(std::string_view text) noexcept {
  if (const auto v4 = detail::parse_v4(text)) return address::v4(*v4);
  return detail::parse_v6(text);
}

using address_text = detail::fixed_text<46>;

// RFC 5952: lower case, no leading zeros, the longest run of two or more zero groups (the first of equals) as "::". IPv4 is
// dotted; nothing else is, since NAT64 and IPv4-compatible addresses are not unwrapped either.
constexpr address_text print_address(const address& a) noexcept {
  address_text out;
  if (a.is_v4()) {
    for (int shift = 24; shift >= 0; shift -= 8)
      out.append(std::uint64_t{a.v4_bits() >> shift & 255}).append(shift > 0 ? "." : "");
    return out;
  }
  const auto group = [&](std::size_t i) { return (i < 4 ? a.high : a.low) >> (48 - 16 * (i % 4)) & 0xffff; };
  std::size_t run_start = 8, run_length = 1;
  for (std::size_t i = 0; i < 8; ++i) {
    std::size_t end = i;
    while (end < 8 && group(end) == 0) ++end;
    if (end - i > run_length) run_start = i, run_length = end - i;
  }
  for (std::size_t i = 0; i < 8; ++i) {
    if (i == run_start) {
      out.append("::");
      i += run_length - 1;
      continue;
    }
    if (i > 0 && i != run_start + run_length) out.append(":");
    int shift = 12;
    while (shift > 0 && group(i) >> shift == 0) shift -= 4;
    for (; shift >= 0; shift -= 4) out.append(std::string_view("0123456789abcdef").substr(group(i) >> shift & 15, 1));
  }
  return out;
}

}  // namespace startgate
