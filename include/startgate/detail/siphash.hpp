// SipHash-2-4 with 128 bits of output (Aumasson, Bernstein 2012): a keyed hash for tables whose keys an attacker chooses. Without
// the key nobody can aim at a slot, and no two different messages can be found that share one.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace startgate::detail {

using siphash_key = std::array<std::uint64_t, 2>;
using hash128 = std::array<std::uint64_t, 2>;

class siphash {
 public:
  constexpr explicit siphash(const siphash_key& key) noexcept
      : v0_(key[0] ^ 0x736f6d6570736575ULL),
        v1_(key[1] ^ 0x646f72616e646f6dULL ^ 0xeeULL),
        v2_(key[0] ^ 0x6c7967656e657261ULL),
        v3_(key[1] ^ 0x7465646279746573ULL) {}

  constexpr siphash& absorb(std::uint64_t word) noexcept {
    v3_ ^= word;
    round(), round();
    v0_ ^= word;
    return *this;
  }

  // A length and the bytes in whole words, so that no two lists of parts make the same words.
  constexpr siphash& absorb_part(std::string_view part) noexcept {
    absorb(part.size());
    for (; part.size() >= 8; part.remove_prefix(8)) absorb(load(part.substr(0, 8)));
    return part.empty() ? *this : absorb(load(part));
  }

  // `last` is what is left over, with the length in the top byte where the message is a byte string.
  constexpr hash128 finish(std::uint64_t last) noexcept {
    absorb(last);
    v2_ ^= 0xee;
    round(), round(), round(), round();
    const std::uint64_t first = v0_ ^ v1_ ^ v2_ ^ v3_;
    v1_ ^= 0xdd;
    round(), round(), round(), round();
    return {first, v0_ ^ v1_ ^ v2_ ^ v3_};
  }

  static constexpr std::uint64_t load(std::string_view bytes) noexcept {  // little endian, at most eight bytes
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) word |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
    return word;
  }

 private:
  constexpr void round() noexcept {
    v0_ += v1_, v1_ = std::rotl(v1_, 13) ^ v0_, v0_ = std::rotl(v0_, 32);
    v2_ += v3_, v3_ = std::rotl(v3_, 16) ^ v2_;
    v0_ += v3_, v3_ = std::rotl(v3_, 21) ^ v0_;
    v2_ += v1_, v1_ = std::rotl(v1_, 17) ^ v2_, v2_ = std::rotl(v2_, 32);
  }

  std::uint64_t v0_, v1_, v2_, v3_;
};

constexpr hash128 siphash_of(const siphash_key& key, std::string_view message) noexcept {
  siphash state(key);
  const std::uint64_t length = message.size() << 56;
  for (; message.size() >= 8; message.remove_prefix(8)) state.absorb(siphash::load(message.substr(0, 8)));
  return state.finish(length | siphash::load(message));
}

}  // namespace startgate::detail
