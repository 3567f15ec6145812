// A key for HMAC-SHA-256 that was set up once. The key itself belongs to the edge that made it (openssl/).
#pragma once

#include <startgate/digest.hpp>

#include <cstddef>
#include <optional>
#include <string_view>

namespace startgate {

// No shorter than the digest (RFC 2104 section 3, RFC 7518 section 3.2), or it is guessed rather than verified.
inline constexpr std::size_t least_mac_key_bytes = digest256{}.size();

class mac_key {
 public:
  virtual ~mac_key() = default;
  // Empty where the library could not compute it (no memory); never a value that an attacker could foresee.
  virtual std::optional<digest256> mac(std::string_view bytes) const noexcept = 0;
};

}  // namespace startgate
