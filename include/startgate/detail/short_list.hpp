// A list of at most so many items inside the object, for values that are built without the heap.
#pragma once

#include <array>
#include <cstddef>

namespace startgate::detail {

template <class T, std::size_t Most>
class short_list {
 public:
  constexpr void add(const T& item) noexcept {
    if (size_ < Most) items_[size_++] = item;
  }
  constexpr const T* begin() const noexcept { return items_.data(); }
  constexpr const T* end() const noexcept { return items_.data() + size_; }
  constexpr std::size_t size() const noexcept { return size_; }
  constexpr bool empty() const noexcept { return size_ == 0; }
  constexpr const T& operator[](std::size_t i) const noexcept { return items_[i]; }

 private:
  std::array<T, Most> items_{};
  std::size_t size_ = 0;
};

}  // namespace startgate::detail
