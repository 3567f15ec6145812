// Comparison whose duration depends on the length alone, never on where the first difference lies (CVE-2024-52307 and its kind).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace startgate::detail {

template <std::size_t N>
constexpr bool equal_in_constant_time(std::span<const std::uint8_t, N> a, std::span<const std::uint8_t, N> b) noexcept {
  std::uint8_t difference = 0;
  for (std::size_t i = 0; i < N; ++i) difference = static_cast<std::uint8_t>(difference | (a[i] ^ b[i]));
#if defined(__GNUC__)
  if (!__builtin_is_constant_evaluated()) __asm__ volatile("" : "+r"(difference));  // keep the optimiser from leaving early
#endif
  return difference == 0;
}

}  // namespace startgate::detail
