// Which addresses are in any of these prefixes? Built once, read by any number of threads.
#pragma once

#include <startgate/prefix.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

namespace startgate {

namespace detail {

constexpr std::uint32_t leading_bits(std::uint32_t v4) noexcept { return v4; }
constexpr std::uint32_t leading_bits(const address& v6) noexcept { return static_cast<std::uint32_t>(v6.high >> 32); }

// Disjoint closed intervals in rising order. `index_` says, for each value of the leading 8 or 16 bits, how many of them start
// before it, which leaves a handful to search. Ends lie apart from starts, so that the search touches half the memory.
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
    make_index(firsts_.size() <= 256 ? 8 : 16);
  }

  bool contains(const T& wanted) const noexcept {
    if (firsts_.empty()) return false;
    const std::uint32_t slot = leading_bits(wanted) >> shift_;
    std::size_t before = index_[slot];
    for (std::size_t n = index_[slot + 1] - before; n > 0;) {  // branchless: the step is taken by multiplication
      const std::size_t half = (n + 1) / 2;
      before += half * static_cast<std::size_t>(firsts_[before + half - 1] <= wanted);
      n -= half;
    }
    return before > 0 && wanted <= lasts_[before - 1];
  }

 private:
  void make_index(unsigned bits) {
    shift_ = 32 - bits;
    index_.assign((std::size_t{1} << bits) + 1, 0);
    for (const T& first : firsts_) ++index_[(leading_bits(first) >> shift_) + 1];
    std::partial_sum(index_.begin(), index_.end(), index_.begin());
  }

  std::vector<T> firsts_;
  std::vector<T> lasts_;
  std::vector<std::uint32_t> index_;
  unsigned shift_ = 0;
};

}  // namespace detail

class prefix_set {
 public:
  prefix_set() = default;

  explicit prefix_set(std::span<const prefix> prefixes) : size_(prefixes.size()) {
    std::vector<std::pair<std::uint32_t, std::uint32_t>> v4;
    std::vector<std::pair<address, address>> v6;
    for (const prefix& p : prefixes) {
      if (p.is_v4())
        v4.emplace_back(p.network().v4_bits(), p.last().v4_bits());
      else
        v6.emplace_back(p.network(), p.last());
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
