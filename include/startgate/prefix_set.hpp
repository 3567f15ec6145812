// Which addresses are in any of these prefixes? Built once, read by any number of threads.
#pragma once

#include <startgate/prefix.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace startgate {

namespace detail {

// Disjoint closed intervals in rising order. Ends lie apart from starts, so that the search touches half the memory.
template <class T>
class interval_set {
 public:
  interval_set() = default;

  explicit interval_set(std::vector<std::pair<T, T>> intervals) {
    std::ranges::sort(intervals);
    for (const auto& [first, last] : intervals) {
      if (firsts_.empty() || lasts_.back() < first) {
        firsts_.push_back(first);
        lasts_.push_back(last);
      } else {
        lasts_.back() = std::max(lasts_.back(), last);
      }
    }
  }

  // Binary search without a branch to mispredict: the step is taken by multiplication.
  bool contains(const T& wanted) const noexcept {
    if (firsts_.empty()) return false;
    const T* at = firsts_.data();
    for (std::size_t n = firsts_.size(); n > 1;) {
      const std::size_t half = n / 2;
      at += half * static_cast<std::size_t>(at[half] <= wanted);
      n -= half;
    }
    return *at <= wanted && wanted <= lasts_[static_cast<std::size_t>(at - firsts_.data())];
  }

 private:
  std::vector<T> firsts_;
  std::vector<T> lasts_;
};

}  // namespace detail

class prefix_set {
 public:
  prefix_set() = default;

  explicit prefix_set(std::span<const prefix> prefixes) : size_(prefixes.size()) {
    std::vector<std::pair<std::uint32_t, std::uint32_t>> v4;
    std::vector<std::pair<address, address>> v6;
    for (const prefix& p : prefixes) {
      const address free = detail::keep_bits({~std::uint64_t{0}, ~std::uint64_t{0}}, p.bits);
      const address last{p.network.high | ~free.high, p.network.low | ~free.low};
      if (p.is_v4())
        v4.emplace_back(p.network.v4_bits(), last.v4_bits());
      else
        v6.emplace_back(p.network, last);
    }
    v4_ = detail::interval_set(std::move(v4));
    v6_ = detail::interval_set(std::move(v6));
  }

  bool contains(const address& a) const noexcept { return a.is_v4() ? v4_.contains(a.v4_bits()) : v6_.contains(a); }
  bool empty() const noexcept { return size_ == 0; }
  std::size_t size() const noexcept { return size_; }  // as given, before overlapping ones were joined

 private:
  std::size_t size_ = 0;
  detail::interval_set<std::uint32_t> v4_;
  detail::interval_set<address> v6_;
};

}  // namespace startgate
