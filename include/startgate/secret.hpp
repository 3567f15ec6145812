// A client secret as the engine keeps it: something to compare with, never the text. It has no conversion to text and no print.
#pragma once

#include <startgate/instant.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace startgate {

using digest256 = std::array<std::uint8_t, 32>;

enum class secret_form : std::uint8_t { sha256, pbkdf2, scrypt };

// How a presented text becomes the 32 bytes that are compared. A generated secret needs no more than one SHA-256; the slow forms
// are for secrets that people chose. pbkdf2 is PBKDF2-HMAC-SHA-256 (RFC 8018), scrypt is RFC 7914.
struct derivation {
  secret_form form = secret_form::sha256;
  std::uint32_t cost = 0;        // pbkdf2: iterations; scrypt: the base-2 logarithm of N
  std::uint8_t block_size = 0;   // scrypt: r
  std::uint8_t parallelism = 0;  // scrypt: p
  std::uint8_t salt_size = 0;
  std::array<std::uint8_t, 32> salt_bytes{};

  constexpr bool slow() const noexcept { return form != secret_form::sha256; }
  constexpr std::span<const std::uint8_t> salt() const noexcept { return {salt_bytes.data(), salt_size}; }

  // Rough relative cost, only to find the costliest of several.
  constexpr std::uint64_t work() const noexcept {
    switch (form) {
      case secret_form::sha256: return 1;
      case secret_form::pbkdf2: return cost;
      case secret_form::scrypt: return (std::uint64_t{4} << cost) * block_size * parallelism;
    }
    return 0;
  }
};

class secret {
 public:
  constexpr secret(const digest256& sha256, std::optional<instant> expires_at = std::nullopt) noexcept
      : expected_(sha256), expires_at_(expires_at) {}
  constexpr secret(const digest256& expected, const derivation& how, std::optional<instant> expires_at = std::nullopt) noexcept
      : expected_(expected), how_(how), expires_at_(expires_at) {}

  constexpr const digest256& expected() const noexcept { return expected_; }
  constexpr const derivation& how() const noexcept { return how_; }
  constexpr bool expired(instant now) const noexcept { return expires_at_ && now >= *expires_at_; }
  constexpr bool has_deadline() const noexcept { return expires_at_.has_value(); }
  constexpr secret until(std::optional<instant> deadline) const noexcept { return {expected_, how_, deadline}; }

 private:
  digest256 expected_;
  derivation how_;
  std::optional<instant> expires_at_;
};

// The current one and the one on its way out.
inline constexpr std::size_t max_secrets = 2;

// What a failing check does in place of secrets that are not there, so that an unknown application costs as much as a wrong
// secret.
struct secret_decoys {
  derivation costliest;
  std::size_t count = 0;  // slow derivations of the application that has most of them

  constexpr void cover(std::span<const secret> registered) noexcept {
    std::size_t slow = 0;
    for (const secret& s : registered.first(registered.size() < max_secrets ? registered.size() : max_secrets)) {
      if (!s.how().slow()) continue;
      ++slow;
      if (s.how().work() > costliest.work()) costliest = s.how();
    }
    if (slow > count) count = slow;
  }
};

}  // namespace startgate
