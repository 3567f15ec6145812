// Random bytes for transaction ids, cookies and salts.
#pragma once

#include <openssl/rand.h>

#include <cstdint>
#include <span>

namespace startgate::openssl {

inline bool fill_random(std::span<std::uint8_t> out) noexcept {
  return RAND_bytes(out.data(), static_cast<int>(out.size())) == 1;
}

}  // namespace startgate::openssl
