// Text of bounded length inside the object, for values that are written without the heap. What does not fit is cut, never overrun.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace startgate::detail {

template <std::size_t Capacity>
class fixed_text {
 public:
  constexpr fixed_text() = default;
  constexpr fixed_text(std::string_view text) noexcept { append(text); }

  constexpr fixed_text& append(std::string_view text) noexcept {
    const std::size_t n = std::min(text.size(), Capacity - size_);
    std::copy_n(text.data(), n, bytes_.data() + size_);
    size_ += n;
    return *this;
  }

  constexpr fixed_text& append(std::uint64_t value) noexcept {
    std::array<char, 20> digits{};
    std::size_t at = digits.size();
    do digits[--at] = static_cast<char>('0' + value % 10);
    while (value /= 10);
    return append({digits.data() + at, digits.size() - at});
  }

  constexpr char* data() noexcept { return bytes_.data(); }  // all of Capacity may be written to; zeros where nothing was
  constexpr std::string_view view() const noexcept { return {bytes_.data(), size_}; }
  constexpr operator std::string_view() const noexcept { return view(); }
  constexpr bool empty() const noexcept { return size_ == 0; }
  constexpr bool operator==(const fixed_text& other) const noexcept { return view() == other.view(); }

 private:
  std::array<char, Capacity> bytes_{};
  std::size_t size_ = 0;
};

}  // namespace startgate::detail
