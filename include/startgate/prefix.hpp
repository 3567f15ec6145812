// CIDR prefixes: what a policy writes to name a network, and what a limit keys on. None can be made that makes no sense.
#pragma once

#include <startgate/ip.hpp>
#include <startgate/result.hpp>

#include <algorithm>
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

// An IPv6 prefix holds no IPv4 address, not even `::/0`: who trusts all of IPv6 has said nothing about IPv4.
class prefix {
 public:
  constexpr explicit prefix(const address& alone) noexcept : prefix(alone, 128) {}

  // `length` as it is written: of 32 bits for IPv4. Bits after it are refused: with 10.0.0.1/8 the writer meant either one address
  // or a network, and only the writer knows which.
  static constexpr result<prefix, prefix_error> make(const address& network, unsigned length) noexcept {
    if (length > length_of(network)) return unexpected{prefix_error::length_too_long};
    const prefix made = around(network, length);
    if (made.network_ != network) return unexpected{prefix_error::host_bits_set};
    return made;
  }

  // The network of that length that an address is in.
  static constexpr prefix around(const address& a, unsigned length) noexcept {
    const unsigned whole = length_of(a);
    const unsigned bits = 128 - whole + std::min(length, whole);
    return {detail::keep_bits(a, bits), bits};
  }

  constexpr const address& network() const noexcept { return network_; }
  constexpr bool is_v4() const noexcept { return network_.is_v4(); }
  constexpr unsigned bits() const noexcept { return bits_; }  // of the 128: an IPv4 prefix has 96 more than it is written with
  constexpr unsigned length() const noexcept { return is_v4() ? bits_ - 96U : bits_; }
  constexpr address last() const noexcept {
    const address free = detail::keep_bits({~std::uint64_t{0}, ~std::uint64_t{0}}, bits_);
    return {network_.high | ~free.high, network_.low | ~free.low};
  }
  constexpr bool contains(const address& a) const noexcept {
    return a.is_v4() == is_v4() && detail::keep_bits(a, bits_) == network_;
  }
  constexpr bool operator==(const prefix&) const = default;

 private:
  constexpr prefix(const address& network, unsigned bits) noexcept : network_(network), bits_(static_cast<std::uint8_t>(bits)) {}

  static constexpr unsigned length_of(const address& a) noexcept { return a.is_v4() ? 32 : 128; }

  address network_;
  std::uint8_t bits_;
};

// `192.0.2.0/24`, `2001:db8::/32`, or an address alone. `::ffff:192.0.2.0/120` is 192.0.2.0/24; less than /96 of mapped space is
// refused (CVE-2026-90711: one such prefix made a proxy library trust all of IPv4).
constexpr result<prefix, prefix_error> parse_prefix(std::string_view text) noexcept {
  const std::size_t slash = text.find('/');
  const std::string_view written = text.substr(0, slash);
  const auto parsed = parse_address(written);
  if (!parsed) return unexpected{prefix_error::address_invalid};
  if (slash == std::string_view::npos) return prefix(*parsed);

  const std::string_view digits = text.substr(slash + 1);
  if (digits.empty() || (digits.size() > 1 && digits.front() == '0')) return unexpected{prefix_error::length_invalid};
  unsigned bits = 0;
  for (const char c : digits) {
    if (!detail::is_digit(c)) return unexpected{prefix_error::length_invalid};
    bits = bits < 1'000 ? bits * 10 + static_cast<unsigned>(c - '0') : bits;
  }
  const bool written_as_v6 = written.find(':') != std::string_view::npos;
  if (!parsed->is_v4() || !written_as_v6) return prefix::make(*parsed, bits);
  if (bits < 96) return unexpected{prefix_error::mapped_too_short};
  return prefix::make(*parsed, bits - 96);
}

using prefix_text = detail::fixed_text<50>;

constexpr prefix_text print_prefix(const prefix& p) noexcept {
  return prefix_text(print_address(p.network())).append("/").append(std::uint64_t{p.length()});
}

}  // namespace startgate
