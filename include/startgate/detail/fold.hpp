// Reads fold_table.hpp: what a code point becomes when recipients are compared, and the canonical order of marks (UAX 15).
#pragma once

#include <startgate/detail/fold_table.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace startgate::detail {

// A number in characters of six bits each, as the table writes them.
constexpr std::uint32_t packed_number(std::string_view text, std::size_t at, std::size_t count) noexcept {
  std::uint32_t value = 0;
  for (std::size_t i = at; i < at + count; ++i) value = value << 6 | static_cast<std::uint32_t>(text[i] - '0');
  return value;
}

// The last record that begins at `point` or before it; empty where there is none. Every record begins with its first code point.
template <std::size_t Width>
constexpr std::string_view record_for(std::string_view records, std::uint32_t point) noexcept {
  std::size_t low = 0, high = records.size() / Width;
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    if (packed_number(records, middle * Width, 3) <= point)
      low = middle + 1;
    else
      high = middle;
  }
  return low == 0 ? std::string_view{} : records.substr((low - 1) * Width, Width);
}

// Canonical combining class; 0 for whatever starts a new character.
constexpr std::uint8_t combining_class(std::uint32_t point) noexcept {
  if (point < 0x300) return 0;
  const std::string_view record = record_for<6>(mark_records, point);
  const bool inside = point - packed_number(record, 0, 3) < packed_number(record, 3, 1);
  return inside ? static_cast<std::uint8_t>(packed_number(record, 4, 2)) : 0;
}

// Unicode section 3.12: a Hangul syllable is two or three letters.
template <class Emit>
constexpr void decompose_hangul(std::uint32_t syllable, Emit&& emit) {
  const std::uint32_t index = syllable - 0xAC00;
  emit(0x1100 + index / 588);
  emit(0x1161 + index % 588 / 28);
  if (index % 28 != 0) emit(0x11A7 + index % 28);
}

// Calls `emit` with each code point that this one becomes; with none for a character that shows nothing.
template <class Emit>
constexpr void fold_code_point(std::uint32_t point, Emit&& emit) {
  constexpr std::uint32_t removed = 0, alternating = 62, consecutive = 63;
  if (point >= 0xAC00 && point <= 0xD7A3) return decompose_hangul(point, emit);
  if (point >= 0xE0000 && point <= 0xE0FFF) return;  // tags and variation selectors
  const std::string_view record = record_for<9>(fold_records, point);
  const std::uint32_t offset = record.empty() ? point : point - packed_number(record, 0, 3);
  if (record.empty() || offset >= packed_number(record, 3, 2)) return emit(point);
  const std::uint32_t kind = packed_number(record, 5, 1), target = packed_number(record, 6, 3);
  switch (kind) {
    case removed: return;
    case alternating: return emit(point + (offset % 2 == 0));
    case consecutive: return emit(target + offset);
    default: break;
  }
  for (std::uint32_t i = 0; i < kind; ++i) emit(packed_number(fold_pool, 3 * (target + offset * kind + i), 3));
}

// Folded code points with their marks in canonical order. Bounded: what does not fit is told by `overflowed`.
class folded_points {
 public:
  // The longest a recipient of 254 bytes becomes: U+FDFA, three bytes, is a phrase of 18.
  static constexpr std::size_t capacity = 254 / 3 * 18 + 254 % 3;

  constexpr folded_points() noexcept : size_(0), overflowed_(false) {}

  constexpr void fold(std::uint32_t point) noexcept {
    if (point > 0x20 && point < 0x7F) return add(point >= 'A' && point <= 'Z' ? point + 32 : point, 0);
    fold_code_point(point, [this](std::uint32_t p) { add(p, combining_class(p)); });
  }

  constexpr std::size_t size() const noexcept { return size_; }
  constexpr std::uint32_t operator[](std::size_t i) const noexcept { return cells_[i] & 0xFFFFFF; }
  constexpr bool is_mark(std::size_t i) const noexcept { return cells_[i] >> 24 != 0; }
  constexpr bool overflowed() const noexcept { return overflowed_; }

 private:
  constexpr void add(std::uint32_t point, std::uint8_t order) noexcept {
    if (size_ == capacity) {
      overflowed_ = true;
      return;
    }
    std::size_t at = size_++;
    for (; order != 0 && at > 0 && cells_[at - 1] >> 24 > order; --at) cells_[at] = cells_[at - 1];
    cells_[at] = std::uint32_t{order} << 24 | point;
  }

  std::array<std::uint32_t, capacity>
      cells_;  // combining class in the top byte; not filled, that would cost more than most folding
  std::size_t size_;
  bool overflowed_;
};

}  // namespace startgate::detail
