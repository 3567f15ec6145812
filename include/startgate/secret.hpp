// A client secret as the engine keeps it: something to compare with, never the text. It has no conversion to text and no print.
#pragma once

#include <startgate/digest.hpp>
#include <startgate/instant.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace startgate {

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

  // Whether deriving costs the same, whatever the salt.
  constexpr bool costs_as(const derivation& other) const noexcept {
    return form == other.form && cost == other.cost && block_size == other.block_size && parallelism == other.parallelism;
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
  constexpr const std::optional<instant>& expires_at() const noexcept { return expires_at_; }
  constexpr secret until(std::optional<instant> at) const noexcept { return {expected_, how_, at}; }

 private:
  digest256 expected_;
  derivation how_;
  std::optional<instant> expires_at_;
};

// The current one and the one on its way out, in this order.
inline constexpr std::size_t max_secrets = 2;

// What a failing check derives in all, whoever was asked for, so that an unknown application costs as much as a wrong secret: each
// cost that any application uses, as often as the application that uses it most. Keep the costs of a tenant few.
class secret_decoys {
 public:
  struct share {
    derivation how;
    std::size_t count;
  };

  void cover(std::span<const secret> registered) {
    for (const secret& s : registered.first(std::min(registered.size(), max_secrets))) {
      if (!s.how().slow()) continue;
      const auto same = std::ranges::find_if(shares_, [&](const share& known) { return known.how.costs_as(s.how()); });
      share& own = same != shares_.end() ? *same : shares_.emplace_back(share{s.how(), 0});
      own.count = std::max(own.count, times_in(registered, own.how));
    }
  }

  std::span<const share> shares() const noexcept { return shares_; }

  static constexpr std::size_t times_in(std::span<const secret> registered, const derivation& how) noexcept {
    std::size_t times = 0;
    for (std::size_t i = 0; i < registered.size() && i < max_secrets; ++i)
      times += registered[i].how().slow() && registered[i].how().costs_as(how);
    return times;
  }

 private:
  std::vector<share> shares_;
};

}  // namespace startgate
