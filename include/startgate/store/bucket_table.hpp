// Buckets by key in fixed memory: shards of cache lines that hold four buckets each, and two lines to choose from for every key.
// A bucket that is full again is the same as none, so its place is free for the next key; a live one is never moved or dropped.
// A key that finds both lines full of live buckets shares the overflow bucket of its shard, limited like any other, and is counted.
// No timers, and no allocation after construction.
#pragma once

#include <startgate/detail/word_lock.hpp>
#include <startgate/detail/zeroed_block.hpp>
#include <startgate/instant.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>

namespace startgate {

class bucket_table {
 public:
  struct alignas(64) line {
    static constexpr std::size_t ways = 4;
    std::array<std::uint64_t, ways> tags;  // 0: never used
    std::array<instant, ways> arrivals;
  };

  struct alignas(128) shard {
    detail::word_lock lock;
    std::uint32_t lines = 0;
    line* first = nullptr;
    instant newest = 0;           // the newest time that a caller brought
    instant overflow = 0;         // the shared bucket
    std::uint64_t overflowed = 0;  // charges that went to it
  };

  // Where a key's bucket lies: in a place of its own, or in the overflow bucket (tag is null).
  struct place {
    std::uint64_t* tag;
    instant* arrival;
    bool found;  // the place holds this key's bucket already
    bool overflow() const noexcept { return tag == nullptr; }
    bool holds() const noexcept { return found || overflow(); }  // what is written there is this key's
  };

  // `keys` live buckets find a place of their own, all but one in a thousand (the last places fill unevenly); 26 bytes each.
  explicit bucket_table(std::size_t keys)
      : shard_count_(std::bit_floor(std::clamp<std::size_t>(keys / 64, 1, 64))),
        lines_per_shard_(std::max<std::size_t>(keys, 1) * 2 / (shard_count_ * 5) + 1),  // 2.5 keys to a line of four
        lines_(shard_count_ * lines_per_shard_),
        shards_(std::make_unique<shard[]>(shard_count_)) {
    for (std::size_t i = 0; i < shard_count_; ++i) {
      shards_[i].first = lines_.data() + i * lines_per_shard_;
      shards_[i].lines = static_cast<std::uint32_t>(lines_per_shard_);
    }
  }

  static constexpr std::uint64_t tag_of(std::uint64_t hash) noexcept { return hash == 0 ? 1 : hash; }

  shard& shard_of(std::uint64_t tag) noexcept { return shards_[tag & (shard_count_ - 1)]; }

  static void prefetch(const shard& s, std::uint64_t tag) noexcept {
#if defined(__GNUC__)
    __builtin_prefetch(first_line(s, tag), 1);
    __builtin_prefetch(second_line(s, tag), 1);
#else
    (void)s, (void)tag;
#endif
  }

  // The key's bucket, or else the place it would get at `now`: in the emptier of its two lines. The shard's lock must be held.
  static place find(shard& s, std::uint64_t tag, instant now) noexcept {
    line* const lines[] = {first_line(s, tag), second_line(s, tag)};
    for (line* const l : lines)
      for (std::size_t i = 0; i < line::ways; ++i)
        if (l->tags[i] == tag) return {&l->tags[i], &l->arrivals[i], true};
    const free_ways free[] = {count_free(*lines[0], now), count_free(*lines[1], now)};
    const std::size_t emptier = free[1].count > free[0].count;
    if (free[emptier].count == 0) return {nullptr, &s.overflow, false};
    line& l = *lines[emptier];
    return {&l.tags[free[emptier].last], &l.arrivals[free[emptier].last], false};
  }

  // Visits every live bucket, shard by shard, each shard as it is at one moment: visit(tag, arrival).
  template <class Visit>
  void for_each_live(instant now, Visit visit) const {
    for (std::size_t i = 0; i < shard_count_; ++i) {
      const std::lock_guard hold(shards_[i].lock);
      for (const line& l : std::span(shards_[i].first, shards_[i].lines))
        for (std::size_t way = 0; way < line::ways; ++way)
          if (l.arrivals[way] > now) visit(l.tags[way], l.arrivals[way]);
    }
  }

  std::uint64_t overflowed() const noexcept {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < shard_count_; ++i) {
      const std::lock_guard hold(shards_[i].lock);
      sum += shards_[i].overflowed;
    }
    return sum;
  }

  std::size_t shards() const noexcept { return shard_count_; }
  std::size_t bytes() const noexcept { return lines_.size() * sizeof(line) + shard_count_ * sizeof(shard); }

 private:
  struct free_ways {
    unsigned count = 0;
    unsigned last = 0;
  };

  static free_ways count_free(const line& l, instant now) noexcept {
    free_ways free;
    for (unsigned i = 0; i < line::ways; ++i)
      if (l.arrivals[i] <= now) ++free.count, free.last = i;
    return free;
  }

  // Shard, first and second line come from different bits of the tag: a shared choice would crowd the lines of a shard.
  static line* first_line(const shard& s, std::uint64_t tag) noexcept { return s.first + scale(tag >> 32, s.lines); }
  static line* second_line(const shard& s, std::uint64_t tag) noexcept {
    return s.first + scale((tag * 0x9e3779b97f4a7c15ULL) >> 32, s.lines);
  }
  static std::uint64_t scale(std::uint64_t bits32, std::uint32_t size) noexcept { return bits32 * size >> 32; }

  std::size_t shard_count_;
  std::size_t lines_per_shard_;
  detail::zeroed_block<line> lines_;
  std::unique_ptr<shard[]> shards_;
};

}  // namespace startgate
