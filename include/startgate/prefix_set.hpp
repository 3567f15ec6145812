// Which addresses are in any of these prefixes? Built once, read by any number of threads.
#pragma once

#include <startgate/prefix.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
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

// Disjoint closed intervals in rising order, found through a tree of tables: a table says how many of them start before each value
// of the bits that follow the ones which all below it share. The networks of one provider begin alike, so where many fall under one
// value they get a table of their own, and a handful is left to search. Ends lie apart from starts, to touch half the memory.
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
    if (!firsts_.empty()) add_table(0, static_cast<std::uint32_t>(firsts_.size()));
  }

  bool contains(const T& wanted) const noexcept {
    if (firsts_.empty()) return false;
    const std::size_t count = started_by(wanted);
    return count > 0 && not_after(wanted, lasts_[count - 1]);
  }

 private:
  static constexpr std::uint32_t handful = 16;

  struct entry {
    std::uint32_t begin = 0;  // of the intervals under this value; they end where the next entry begins
    std::uint32_t table = 0;  // which holds them, or 0: they are few
  };
  struct table {
    std::uint32_t begin, end;  // of the intervals
    std::uint32_t entries;     // where its entries start
    unsigned skip, shift;

    std::uint32_t slot_of(const T& value) const noexcept { return bits_after(value, skip) >> shift; }
  };

  // How many intervals start at or before it.
  std::size_t started_by(const T& wanted) const noexcept {
    for (std::uint32_t at = 0;;) {
      const table& t = tables_[at];
      if (!not_after(firsts_[t.begin], wanted)) return t.begin;
      if (not_after(firsts_[t.end - 1], wanted)) return t.end;
      const entry* const e = entries_.data() + t.entries + t.slot_of(wanted);
      at = e->table;
      if (at == 0) return search(e[0].begin, e[1].begin, wanted);
    }
  }

  // Branchless: the step is taken by multiplication.
  std::size_t search(std::size_t begin, std::size_t end, const T& wanted) const noexcept {
    for (std::size_t n = end - begin; n > 0;) {
      const std::size_t half = (n + 1) / 2;
      begin += half * static_cast<std::size_t>(not_after(firsts_[begin + half - 1], wanted));
      n -= half;
    }
    return begin;
  }

  // A table under a slot of another one shares at least the bits that led there, so each goes deeper.
  std::uint32_t add_table(std::uint32_t begin, std::uint32_t end) {
    const auto bits = std::min(static_cast<unsigned>(std::bit_width(end - begin)) + 2, 16U);
    const table t{begin, end, static_cast<std::uint32_t>(entries_.size()), shared_bits(firsts_[begin], firsts_[end - 1]),
                  32 - bits};
    const auto number = static_cast<std::uint32_t>(tables_.size());
    tables_.push_back(t);
    const std::uint32_t slots = 1U << bits;
    entries_.resize(t.entries + slots + 1);
    for (std::uint32_t slot = 0, at = begin; slot <= slots; ++slot) {
      entries_[t.entries + slot].begin = at;
      while (at < end && t.slot_of(firsts_[at]) == slot) ++at;
    }
    for (std::uint32_t i = t.entries; i < t.entries + slots; ++i) {
      const std::uint32_t from = entries_[i].begin, to = entries_[i + 1].begin;
      if (to - from <= handful) continue;
      const std::uint32_t below = add_table(from, to);
      entries_[i].table = below;
    }
    return number;
  }

  std::vector<T> firsts_;
  std::vector<T> lasts_;
  std::vector<table> tables_;
  std::vector<entry> entries_;
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
