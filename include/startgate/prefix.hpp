// CIDR prefixes: what a policy writes to name a network, and what a limit keys on.
#pragma once

#include <startgate/ip.hpp>
#include <startgate/result.hpp>

#include <cstdint>
#include <string_view>

namespace startgate {

namespace detail {

// The first `bits` bits of the 128, the rest zero.
constexpr address keep_bits(const address& a, unsigned bits) noexcept {
  const auto mask = [](unsigned n) { return n == 0 ? 0 : n >= 64 ? ~std::uint64_t{0} : ~std::uint64_t{0} << (64 - n); };
  return {a.high & mask(bits), bits <= 64 ? 0 : a.low & mask(bits - 64)};
}

}  // namespace detail

// An IPv6 prefix holds no IPv4 address, not even `::/0`: who trusts all of IPv6 has said nothing about IPv4.
struct prefix {
  address network;
  std::uint8_t bits = 128;  // of the 128: an IPv4 prefix has 96 more than it is written with

  constexpr bool is_v4() const noexcept { return network.is_v4(); }
  constexpr unsigned length() const noexcept { return is_v4() ? bits - 96U : bits; }
  constexpr bool contains(const address& a) const noexcept {
    return a.is_v4() == is_v4() && detail::keep_bits(a, bits) == network;
  }
  constexpr bool operator==(const prefix&) const = default;
};

enum class prefix_error : std::uint8_t { address_invalid, length_invalid, length_too_long, mapped_too_short, host_bits_set };

constexpr std::string_view sentence_of(prefix_error e) noexcept {
  switch (e) {
    case prefix_error::address_invalid: return "the part before the slash is not an IPv4 or IPv6 address in its plain form";
    case prefix_error::length_invalid: return "the part after the slash is not a number without sign or leading zero";
    case prefix_error::length_too_long: return "the length is more than 32 for IPv4 or more than 128 for IPv6";
    case prefix_error::mapped_too_short:
      return "an IPv4-mapped prefix shorter than /96 would hold every IPv4 address; write the IPv4 prefix instead";
    case prefix_error::host_bits_set:
      return "bits after the length are set, so it names one address but would hold many; clear them or drop the length";
  }
  return {};
}

// `192.0.2.0/24`, `2001:db8::/32`, or an address alone. `::ffff:192.0.2.0/120` is 192.0.2.0/24; less than /96 of mapped space is
// refused (CVE-2026-90711: one such prefix made a proxy library trust all of IPv4). Bits after the length are refused too: with
// 10.0.0.1/8 the writer meant either one address or a network, and only the writer knows which.
constexpr result<prefix, prefix_error> parse_prefix(std::string_view text) noexcept {
  const std::size_t slash = text.find('/');
  const std::string_view written = text.substr(0, slash);
  const auto parsed = parse_address(written);
  if (!parsed) return unexpected{prefix_error::address_invalid};
  if (slash == std::string_view::npos) return prefix{*parsed, 128};

  const std::string_view digits = text.substr(slash + 1);
  if (digits.empty() || (digits.size() > 1 && digits.front() == '0')) return unexpected{prefix_error::length_invalid};
  unsigned bits = 0;
  for (const char c : digits) {
    if (!detail::is_digit(c)) return unexpected{prefix_error::length_invalid};
    bits = bits < 1'000 ? bits * 10 + static_cast<unsigned>(c - '0') : bits;
  }
  const bool dotted_alone = written.find(':') == std::string_view::npos;
  if (bits > (dotted_alone ? 32U : 128U)) return unexpected{prefix_error::length_too_long};
  if (dotted_alone) bits += 96;
  if (parsed->is_v4() && bits < 96) return unexpected{prefix_error::mapped_too_short};
  if (detail::keep_bits(*parsed, bits) != *parsed) return unexpected{prefix_error::host_bits_set};
  return prefix{*parsed, static_cast<std::uint8_t>(bits)};
}

using prefix_text = detail::fixed_text<50>;

constexpr prefix_text print_prefix(const prefix& p) noexcept {
  return prefix_text(print_address(p.network)).append("/").append(std::uint64_t{p.length()});
}

// Whom a limit counts together: an IPv4 address by itself, an IPv6 address with its network, since whoever holds one address of a
// /64 holds all of them (CVE-2026-45364). The length belongs to the key, so that a /64 and a /48 can be counted side by side.
struct limit_grouping {
  std::uint8_t ipv6_prefix = 64;  // 1 to 128
  bool fold_nat64 = false;        // 64:ff9b::/96 as the IPv4 address inside (RFC 6052)
  bool fold_6to4 = false;         // 2002::/16 as the IPv4 address of its router (RFC 3056)
};

// Folding is for counting only. Trust never sees it: 2002:a00:1:: must not become 10.0.0.1 before trusted proxies are looked up.
constexpr prefix limit_key(const address& a, limit_grouping by = {}) noexcept {
  if (a.is_v4()) return {a, 128};
  if (by.fold_nat64 && a.high == 0x0064'ff9b'0000'0000 && a.low >> 32 == 0)
    return {address::v4(static_cast<std::uint32_t>(a.low)), 128};
  if (by.fold_6to4 && a.high >> 48 == 0x2002) return {address::v4(static_cast<std::uint32_t>(a.high >> 16)), 128};
  return {detail::keep_bits(a, by.ipv6_prefix), by.ipv6_prefix};
}

}  // namespace startgate
