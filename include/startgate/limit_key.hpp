// Whom a limit counts together: an IPv4 address by itself, an IPv6 address with its network, since whoever holds one address of a
// /64 holds all of them (CVE-2026-45364). The length belongs to the key, so that a /64 and a /48 can be counted side by side.
#pragma once

#include <startgate/ip.hpp>
#include <startgate/prefix.hpp>

#include <cstdint>

namespace startgate {

struct limit_grouping {
  std::uint8_t ipv6_prefix = 64;  // 1 to 128
  bool fold_nat64 = false;        // 64:ff9b::/96 as the IPv4 address inside (RFC 6052)
  bool fold_6to4 = false;         // 2002::/16 as the IPv4 address of its router (RFC 3056)
};

// Folding is for counting only. Trust never sees it: 2002:a00:1:: must not become 10.0.0.1 before trusted proxies are looked up.
constexpr prefix limit_key(const address& a, limit_grouping by = {}) noexcept {
  if (a.is_v4()) return prefix(a);
  if (by.fold_nat64 && a.high == 0x0064'ff9b'0000'0000 && a.low >> 32 == 0)
    return prefix(address::v4(static_cast<std::uint32_t>(a.low)));
  if (by.fold_6to4 && a.high >> 48 == 0x2002) return prefix(address::v4(static_cast<std::uint32_t>(a.high >> 16)));
  return prefix::around(a, by.ipv6_prefix);
}

}  // namespace startgate
