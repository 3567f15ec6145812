// The 32 bytes of SHA-256, as the rules compare them.
#pragma once

#include <array>
#include <cstdint>

namespace startgate {

using digest256 = std::array<std::uint8_t, 32>;

}  // namespace startgate
