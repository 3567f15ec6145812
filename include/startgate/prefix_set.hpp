// Which addresses are in any of these prefixes? Built once, read by any number of threads.
#pragma once

#include <startgate/prefix.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

namespace startgate {

namespace detail {

// The 32 bits that follow the first `skip`.
constexpr std::uint32_t bits_after(std::uint32_t v4, unsigned skip) noexcept { return v4 << skip; }
constexpr std::uint32_t bits_after(const address& v6, unsigned skip) noexcept {
  if (skip >= 64) return static_cast<std::uint32_t>(v6.low << (skip - 64) >> 32);
  const std::uint64_t carried = skip > 32 ? v6.low >> 32 >> (64 - skip) : 0;
  return static_cast<std::uint32_t>(v6.high << skip >> 32 | carried);
}

constexpr unsigned shared_bits(std::uint32_t a, std::uint32_t b) noexcept {
  return std::min<unsigned>(static_cast<unsigned>(std::countl_zero(a ^ b)), 31);
}
constexpr unsigned shared_bits(const address& a, const address& b) noexcept {
  const int zeros = a.high != b.high ? std::countl_zero(a.high ^ b.high) : 64 + std::countl_zero(a.low ^ b.low);
  return std::min<unsigned>(static_cast<unsigned>(zeros), 127);
}

// Without a branch, since no predictor can guess the steps of a search.
constexpr bool not_after(std::uint32_t a, std::uint32_t b) noexcept { return a <= b; }
constexpr bool not_after(const address& a, const address& b) noexcept {
  return static_cast<bool>(static_cast<int>(a.high < b.high) |
                           (static_cast<int>(a.high == b.high) & static_cast<int>(a.low <= b.low)));
}

// Disjoint closed intervals in rising order. `index_` says how many of them start before each value of the 8 or 16 bits that
// follow the ones which all share (the networks of one provider begin alike); that leaves a handful to search. Ends lie apart from
// starts, so that the search touches half the memory.
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
    if (!firsts_.empty()) make_index(firsts_.size() <= 256 ? 8 : 16);
  }

  bool contains(const T& wanted) const noexcept {
    if (firsts_.empty() || !not_after(firsts_.front(), wanted) || !not_after(wanted, lasts_.back())) return false;
    const std::uint32_t slot = slot_of(wanted);
    std::size_t before = index_[slot];
    for (std::size_t n = index_[slot + 1] - before; n > 0;) {  // branchless: the step is taken by multiplication
      const std::size_t half = (n + 1) / 2;
      before += half * static_cast<std::size_t>(not_after(firsts_[before + half - 1], wanted));
      n -= half;
    }
    return not_after(wanted, lasts_[before - 1]);  // the first interval starts at or before it, so there is one
  }

 private:
  std::uint32_t slot_of(const T& value) const noexcept { return bits_after(value, skip_) >> shift_; }

  void make_index(unsigned bits) {
    shift_ = 32 - bits;
    skip_ = shared_bits(firsts_.front(), lasts_.back());
    index_.assign((std::size_t{1} << bits) + 1, 0);
    for (const T& first : firsts_) ++index_[slot_of(first) + 1];
    std::partial_sum(index_.begin(), index_.end(), index_.begin());
  }

  std::vector<T> firsts_;
  std::vector<T> lasts_;
  std::vector<std::uint32_t> index_;
  unsigned skip_ = 0;
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
