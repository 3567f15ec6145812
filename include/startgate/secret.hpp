// A client secret as the engine keeps it: something to compare with, never the text. It has no conversion to text and no print.
#pragma once

#include <startgate/instant.hpp>

#include <array>
#include <cstdint>
#include <optional>

namespace startgate {

using digest256 = std::array<std::uint8_t, 32>;

class secret {
 public:
  constexpr secret(const digest256& sha256, std::optional<instant> expires_at = std::nullopt) noexcept
      : sha256_(sha256), expires_at_(expires_at) {}

  constexpr const digest256& sha256() const noexcept { return sha256_; }
  constexpr bool expired(instant now) const noexcept { return expires_at_ && now >= *expires_at_; }
  constexpr bool has_deadline() const noexcept { return expires_at_.has_value(); }

 private:
  digest256 sha256_;
  std::optional<instant> expires_at_;
};

}  // namespace startgate
