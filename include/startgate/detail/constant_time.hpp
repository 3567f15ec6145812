// Comparison whose duration depends on the length alone, never on where the first difference lies (CVE-2024-52307 and its kind).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

namespace startgate::detail {

// `Byte` is another type only where a test counts what is looked at.
template <std::size_t N, class Byte = std::uint8_t>
constexpr bool equal_in_constant_time(std::type_identity_t<std::span<const Byte, N>> a,
                                      std::type_identity_t<std::span<const Byte, N>> b) noexcept {
  std::uint8_t difference = 0;
  for (std::size_t i = 0; i < N; ++i) difference = static_cast<std::uint8_t>(difference | (a[i] ^ b[i]));
#if defined(__GNUC__)
  if (!__builtin_is_constant_evaluated()) __asm__ volatile("" : "+r"(difference));  // keep the optimiser from leaving early
#endif
  return difference == 0;
}

}  // namespace startgate::detail
