// The name of a bucket: 16 bytes, its space and 120 bits of a hash, made from a space and parts under a secret seed. Parts carry their lengths, so that no choice of
// text makes two lists of parts the same key, and nobody without the seed can aim at a slot of a table or read a recipient back.
#pragma once

#include <startgate/bucket_space.hpp>
#include <startgate/detail/siphash.hpp>
#include <startgate/prefix.hpp>

#include <concepts>
#include <cstdint>
#include <string_view>

namespace startgate {

struct bucket_key {
  std::uint64_t high;  // the space in its top byte
  std::uint64_t low;

  constexpr bucket_space space() const noexcept { return static_cast<bucket_space>(high >> 56); }
  constexpr bool operator==(const bucket_key&) const = default;
};

using bucket_seed = detail::siphash_key;

// Makes keys under one seed; stores that share buckets share the seed.
class bucket_keys {
 public:
  constexpr explicit bucket_keys(const bucket_seed& seed) noexcept : start_(seed) {}

  template <std::convertible_to<std::string_view>... Parts>
  constexpr bucket_key of(bucket_space space, const Parts&... parts) const noexcept {
    detail::siphash state = start_;
    (state.absorb_part(std::string_view(parts)), ...);
    return named(space, state.finish(word(space, sizeof...(parts))));
  }

  // Two words of fixed width need no lengths. A /64 and the /48 that begins with the same bits are two networks.
  constexpr bucket_key of_network(bucket_space space, const prefix& p) const noexcept {
    detail::siphash state = start_;
    state.absorb(p.network().high).absorb(p.network().low);
    return named(space, state.finish(word(space, first_network + p.bits())));
  }

 private:
  static constexpr std::size_t first_network = 127;  // no list has as many parts

  static constexpr std::uint64_t word(bucket_space space, std::size_t parts) noexcept {
    return static_cast<std::uint64_t>(space) << 8 | parts;
  }
  static constexpr bucket_key named(bucket_space space, const detail::hash128& h) noexcept {
    return {static_cast<std::uint64_t>(space) << 56 | h[1] >> 8, h[0]};
  }

  detail::siphash start_;
};

}  // namespace startgate
