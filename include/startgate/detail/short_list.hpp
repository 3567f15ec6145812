// A list of at most so many items inside the object, for values that are built without the heap. Places that hold no item are not
// even written: a decision has room for more limits than most calls meet.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <type_traits>

namespace startgate::detail {

template <class T, std::size_t Most>
class short_list {
  static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);

 public:
  constexpr void add(const T& item) noexcept {
    if (size_ < Most) std::construct_at(&places_.items[size_++], item);
  }
  constexpr const T* begin() const noexcept { return places_.items.data(); }
  constexpr const T* end() const noexcept { return places_.items.data() + size_; }
  constexpr std::size_t size() const noexcept { return size_; }
  constexpr bool empty() const noexcept { return size_ == 0; }
  constexpr const T& operator[](std::size_t i) const noexcept { return places_.items[i]; }

 private:
  union places {
    constexpr places() noexcept {
      if (std::is_constant_evaluated()) std::construct_at(&items);  // a constant may hold nothing indeterminate
    }
    std::array<T, Most> items;
  };

  places places_;
  std::size_t size_ = 0;
};

}  // namespace startgate::detail
