// A set of combinations of facts in few lines: each line says, fact by fact, which values it may have. The lines share no
// combination, and no two of them could be one.
#pragma once

#include <startgate/judge.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace startgate {

struct facts_line {
  static constexpr std::array<std::string_view, 4> names{"application", "authentication", "forwarded_for", "trust_switch"};
  static constexpr std::array<std::uint8_t, 4> all{0x1F, 0x7F, 0x07, 0x07};

  std::array<std::uint8_t, 4> values{};  // of each fact a bit for each value, in the order of its enumeration

  constexpr explicit facts_line(const facts& f) noexcept
      : values{bit(f.application), bit(f.proof), bit(f.forwarded), bit(f.trust)} {}
  constexpr bool operator==(const facts_line&) const = default;

  // Whether only this fact tells the two apart, so that one line can say both.
  constexpr bool joins(const facts_line& other, std::size_t fact) const noexcept {
    for (std::size_t i = 0; i < values.size(); ++i)
      if (i != fact && values[i] != other.values[i]) return false;
    return true;
  }

 private:
  template <class E>
  static constexpr std::uint8_t bit(E value) noexcept {
    return static_cast<std::uint8_t>(1U << static_cast<unsigned>(value));
  }
};

namespace detail {

constexpr bool join_one(std::vector<facts_line>& lines) {
  for (std::size_t fact = facts_line::names.size(); fact-- > 0;)
    for (std::size_t a = 0; a < lines.size(); ++a)
      for (std::size_t b = a + 1; b < lines.size(); ++b) {
        if (!lines[a].joins(lines[b], fact)) continue;
        lines[a].values[fact] |= lines[b].values[fact];
        lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(b));
        return true;
      }
  return false;
}

}  // namespace detail

// Precondition: no combination stands twice in `set`.
constexpr std::vector<facts_line> cover(const std::vector<facts>& set) {
  std::vector<facts_line> lines(set.begin(), set.end());
  while (detail::join_one(lines)) continue;
  return lines;
}

}  // namespace startgate
