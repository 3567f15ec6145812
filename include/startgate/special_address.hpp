// Addresses that cannot be an end user's on the public Internet: what the IANA special-purpose registries (RFC 6890 and its updates)
// do not call globally reachable, multicast and reserved space. For findings only; trust is never derived from it, private is not trusted (CVE-2024-45806).
#pragma once

#include <startgate/prefix.hpp>

#include <algorithm>
#include <array>
#include <string_view>

namespace startgate {

namespace detail {

consteval prefix special(std::string_view text) { return *parse_prefix(text); }

// Without the ranges for documentation (RFC 5737, RFC 3849): examples and rehearsals use them in place of real users.
inline constexpr std::array special_v4{
    special("0.0.0.0/8"),      special("10.0.0.0/8"),    special("100.64.0.0/10"), special("127.0.0.0/8"),
    special("169.254.0.0/16"), special("172.16.0.0/12"), special("192.0.0.0/24"),  special("192.88.99.0/24"),
    special("192.168.0.0/16"), special("198.18.0.0/15"), special("224.0.0.0/3"),
};

inline constexpr prefix global_unicast = special("2000::/3");

// Within it: protocol assignments with Teredo and benchmarking (RFC 2928), and 6to4, whose relays are gone (RFC 7526).
inline constexpr std::array special_v6{special("2001::/23"), special("2002::/16")};

}  // namespace detail

constexpr bool is_global(const address& a) noexcept {
  const auto holds = [&a](const prefix& p) { return p.contains(a); };
  if (a.is_v4()) return std::ranges::none_of(detail::special_v4, holds);
  return detail::global_unicast.contains(a) && std::ranges::none_of(detail::special_v6, holds);
}

}  // namespace startgate
