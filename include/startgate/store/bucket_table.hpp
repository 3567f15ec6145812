// Buckets by key in fixed memory: shards of pairs of cache lines, eight buckets to a pair. A key has one pair, so that a look-up
// waits for memory once, and lies in its home line or, where that is full of live buckets, in the neighbour.
// A bucket that is full again is the same as none, so its place is free for the next key; a live one is never moved or dropped.
// A key that finds its pair full of live buckets shares an overflow bucket of its shard, limited like any other, and is counted.
// No timers, and no allocation after construction.
#pragma once

#include <startgate/instant.hpp>
#include <startgate/store/word_lock.hpp>
#include <startgate/store/zeroed_block.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
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

    // The other line of the pair.
    line& neighbour() noexcept { return *std::bit_cast<line*>(std::bit_cast<std::uintptr_t>(this) ^ sizeof(line)); }
  };

  struct alignas(128) pair {
    std::array<line, 2> lines;
  };

  struct overflow_bucket {
    std::uint64_t of;  // the quota that it is for; 0: never used
    instant arrival;
  };

  struct alignas(128) shard {
    word_lock lock;
    instant newest = 0;            // the newest time that a caller brought since the clock was last put back
    instant ahead = 0;             // the newest before that, whose debts may last too long
    duration longest = 0;          // the longest window that a bucket here has had
    std::uint64_t overflowed = 0;  // charges that went to an overflow bucket
    instant owed = 0;              // what a new overflow bucket begins with: the debt of restored ones that found no place
    std::array<overflow_bucket, 16> overflow{};

    // Callers read the clock in one order and arrive in another. Within this time the newest one counts; more than that is a clock
    // that was set.
    static constexpr duration reordering = second;

    instant newest_of(instant now) const noexcept {
      if (now >= newest) [[likely]]
        return now;
      return newest - now < reordering ? newest : now;
    }
    void arrive(instant at) noexcept {
      if (at < newest) [[unlikely]]
        ahead = std::max(ahead, newest);
      newest = at;
    }

    // After a clock was put back, the time before has left debts that would last until that time comes again. The longest window is
    // as much as any bucket here can owe.
    void cut(instant& arrival, instant now) const noexcept {
      if (arrival > now && arrival - now > longest) arrival = now + longest;
    }
  };

  // Where to look for a key: found from its hash alone, before any lock is held.
  struct site {
    shard* of;
    line* home;
    std::uint64_t tag;

#if defined(__GNUC__)
    // Always inlined: a function that does nothing but prefetch counts as one without effect, and calls of it are dropped.
    [[gnu::always_inline]] void prefetch() const noexcept {
      __builtin_prefetch(home, 1);
      __builtin_prefetch(&home->neighbour(), 1);
    }
#else
    void prefetch() const noexcept {}
#endif
  };

  // Where a key's bucket lies, or would; none where every place for it is taken by a live one.
  struct place {
    line* in = nullptr;
    std::uint32_t way = 0;  // beside the next one, so that a place is two words, which are returned in registers
    bool found = false;     // the place holds this key's bucket already

    bool none() const noexcept { return in == nullptr; }
    std::uint64_t& tag() const noexcept { return in->tags[way]; }
    // Of this key's bucket or, where it has none yet, of one that is full: the same to whoever takes.
    instant& arrival() const noexcept { return in->arrivals[way]; }
  };

  // The bucket of who found no place: of all keys with the same quota or, where more quotas are in need than there are buckets, also
  // of another quota, whose debt must not be made less.
  struct shared_place {
    instant* arrival;
    bool other_quota;
  };

  // `keys` live buckets find a place of their own, all but a few in a thousand (the last places fill unevenly); 43 bytes each.
  // `longest`: the longest window to expect. A table that keeps its buckets to the end whatever the clock does is told `forever`.
  static constexpr duration forever = std::numeric_limits<duration>::max();

  explicit bucket_table(std::size_t keys, duration longest = 0)
      : shard_count_(std::clamp<std::size_t>(keys / 64, 1, 64)),
        pairs_(shard_count_ * (keys / (shard_count_ * 3) + 1)),  // three keys to two lines of four
        shards_(std::make_unique<shard[]>(shard_count_)) {
    for (std::size_t i = 0; i < shard_count_; ++i) shards_[i].longest = longest;
  }

  static constexpr std::uint64_t tag_of(std::uint64_t hash) noexcept { return hash | 1; }

  // The upper half of the hash chooses the pair, and with it the shard, which is a run of pairs; a bit of the lower one the line. A tag
  // leads where its hash does.
  site site_of(std::uint64_t hash) noexcept {
    const std::uint64_t upper = hash >> 32;
    pair& p = pairs_.data()[upper * pairs_.size() >> 32];
    return {&shards_[upper * shard_count_ >> 32], &p.lines[hash >> 16 & 1], tag_of(hash)};
  }

  // The key's bucket, or else the place it would get at `now`, if any is free. The shard's lock must be held. Always inlined: a call
  // is a third more instructions, and how many calls wait for memory side by side is a matter of how short they are.
  [[gnu::always_inline]] static place find(const site& at, instant now) noexcept {
    line& home = *at.home;
    line& neighbour = home.neighbour();
    std::uint32_t way = way_with(home, at.tag);
    if (home.tags[way] == at.tag) [[likely]]
      return {&home, way, true};
    for (way = 0; way < line::ways; ++way)
      if (neighbour.tags[way] == at.tag) [[unlikely]]
        return {&neighbour, way, true};
    for (line* l : {&home, &neighbour})
      if (way = free_way(*l, now); l->arrivals[way] <= now) return {l, way, false};
    return {};
  }

  // For a key that found no place: the overflow bucket of the quota called `of`. Each has its own, so that a long window is not
  // forgiven by a short one, nor a short one held up by a long one; only where more are live than there are places does one serve two.
  static shared_place overflow_of(shard& s, line& home, std::uint64_t of, instant now) noexcept {
    if (now < s.ahead) {
      for (line* l : {&home, &home.neighbour()})
        for (instant& arrival : l->arrivals) s.cut(arrival, now);
    }
    overflow_bucket* free = nullptr;
    for (overflow_bucket& o : s.overflow) {
      if (o.of == of) return {&o.arrival, false};
      if (free == nullptr && o.arrival <= now) free = &o;
    }
    if (free != nullptr) {
      *free = {of, s.owed};
      return {&free->arrival, false};
    }
    for (overflow_bucket& o : s.overflow) s.cut(o.arrival, now);
    return {&s.overflow[of % s.overflow.size()].arrival, true};
  }

  // Visits every live bucket, shard by shard, each shard as it is at one moment: visit(tag, arrival).
  template <class Visit>
  void for_each_live(instant now, Visit visit) const {
    const std::size_t run = pairs_.size() / shard_count_;
    for (std::size_t i = 0; i < shard_count_; ++i) {
      const std::lock_guard hold(shards_[i].lock);
      for (const pair& p : std::span(pairs_.data() + i * run, run))
        for (const line& l : p.lines)
          for (std::size_t way = 0; way < line::ways; ++way)
            if (l.arrivals[way] > now) visit(l.tags[way], l.arrivals[way]);
    }
  }

  std::size_t live(instant now) const {
    std::size_t count = 0;
    for_each_live(now, [&](std::uint64_t, instant) { ++count; });
    return count;
  }

  duration longest() const noexcept {
    duration most = 0;
    for (std::size_t i = 0; i < shard_count_; ++i) {
      const std::lock_guard hold(shards_[i].lock);
      most = std::max(most, shards_[i].longest);
    }
    return most;
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
  std::size_t bytes() const noexcept { return pairs_.size() * sizeof(pair) + shard_count_ * sizeof(shard); }

 private:
  // Without a branch for each way: which one holds a key cannot be predicted, and a wrong guess costs more than all. A tag stands in
  // one way at most.
  static std::uint32_t way_with(const line& l, std::uint64_t tag) noexcept {
    const auto is = [&](std::uint32_t way) { return static_cast<std::uint32_t>(l.tags[way] == tag); };
    return is(1) | 2 * is(2) | 3 * is(3);  // or the first, which the caller looks at
  }

  // As many as are live before the first that is free.
  static std::uint32_t free_way(const line& l, instant now) noexcept {
    const auto live = [&](std::uint32_t way) { return static_cast<std::uint32_t>(l.arrivals[way] > now); };
    return live(0) * (1 + live(1) * (1 + live(2)));
  }

  std::size_t shard_count_;
  zeroed_block<pair> pairs_;
  std::unique_ptr<shard[]> shards_;
};

}  // namespace startgate
