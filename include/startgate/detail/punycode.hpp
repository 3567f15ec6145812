// Punycode (RFC 3492): the letters that an A-label of a domain name, `xn--…`, stands for.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace startgate::detail {

inline constexpr std::size_t most_label_points = 63;  // RFC 1035 section 2.3.4

struct label_points {
  std::array<std::uint32_t, most_label_points> points{};
  std::size_t size = 0;
};

constexpr std::uint32_t punycode_adapt(std::uint32_t delta, std::uint32_t points, bool first) noexcept {
  delta /= first ? 700 : 2;
  delta += delta / points;
  std::uint32_t k = 0;
  for (; delta > 455; k += 36) delta /= 35;
  return k + 36 * delta / (delta + 38);
}

// 0 to 35, or 36 for what is no digit. Labels come in lower case.
constexpr std::uint32_t punycode_digit(std::uint32_t c) noexcept {
  if (c >= 'a' && c <= 'z') return c - 'a';
  return c >= '0' && c <= '9' ? c - '0' + 26 : 36;
}

// RFC 3492 section 6.2. `label` is what follows `xn--`, in lower case; false where it is no Punycode.
constexpr bool punycode_decode(const label_points& label, label_points& out) noexcept {
  std::size_t at = label.size;
  while (at > 0 && label.points[at - 1] != '-') --at;
  out.size = at > 0 ? at - 1 : 0;
  for (std::size_t i = 0; i < out.size; ++i) out.points[i] = label.points[i];

  std::uint32_t point = 0x80, index = 0, bias = 72;
  while (at < label.size) {
    const std::uint32_t old = index;
    std::uint64_t weight = 1, sum = index;
    for (std::uint32_t k = 36;; k += 36) {
      if (at == label.size) return false;
      const std::uint32_t digit = punycode_digit(label.points[at++]);
      sum += digit * weight;
      if (digit == 36 || sum > 0xFFFFFF) return false;
      const std::uint32_t threshold = k <= bias ? 1 : k >= bias + 26 ? 26 : k - bias;
      if (digit < threshold) break;
      weight *= 36 - threshold;
    }
    const auto length = static_cast<std::uint32_t>(out.size + 1);
    index = static_cast<std::uint32_t>(sum);
    bias = punycode_adapt(index - old, length, old == 0);
    point += index / length;
    index %= length;
    if (length > most_label_points || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) return false;
    for (std::size_t i = out.size++; i > index; --i) out.points[i] = out.points[i - 1];
    out.points[index++] = point;
  }
  return true;
}

}  // namespace startgate::detail
