// Buckets and replay memory inside the process: fixed memory from the start, safe for any number of threads, exact. One table per
// origin of keys, so that a flood of addresses pushes no identifier out. A gate, its notices and its login transactions share one.
#pragma once

#include <startgate/bucket_key.hpp>
#include <startgate/instant.hpp>
#include <startgate/rate.hpp>
#include <startgate/replay.hpp>
#include <startgate/store.hpp>
#include <startgate/store/bucket_table.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <random>
#include <span>

namespace startgate {

// How many keys have room at once, per origin; 43 bytes each.
struct memory_limits {
  std::size_t configuration = 1 << 12;
  std::size_t addresses = 1 << 18;
  std::size_t identifiers = 1 << 18;
  std::size_t pairs = 1 << 18;
  std::size_t assertions = 1 << 16;
  std::uint64_t assertions_per_client = 1 << 12;  // the share of one client ...
  duration assertion_lifetime = 5 * minute;       // ... in the longest time that an assertion lives
};

class memory_store {
 public:
  explicit memory_store(const memory_limits& limits = {}, const bucket_seed& seed = random_seed())
      : seed_(seed),
        tables_{bucket_table(limits.configuration), bucket_table(limits.addresses), bucket_table(limits.identifiers),
                bucket_table(limits.pairs), bucket_table(limits.assertions, bucket_table::forever)},
        replay_share_(quota::make(limits.assertions_per_client, limits.assertion_lifetime, limits.assertions_per_client)
                          .value_or(quota::blocked())) {}

  static bucket_seed random_seed() {
    std::random_device device;
    const auto word = [&] { return std::uint64_t{device()} << 32 | device(); };
    return {word(), word()};
  }

  const bucket_seed& seed() const noexcept { return seed_; }
  const quota& replay_share() const noexcept { return replay_share_; }

  bool take(std::span<const charge> charges, instant now, std::span<limit_outcome> out) noexcept {
    return run(charges, now, out, true);
  }
  bool peek(std::span<const charge> charges, instant now, std::span<limit_outcome> out) noexcept {
    return run(charges, now, out, false);
  }

  void refund(std::span<const charge> charges, instant now) noexcept {
    if (charges.size() > most_charges) return;
    held_shards held(*this, charges);
    now = held.newest(now);
    for (std::size_t i = 0; i < charges.size(); ++i) {
      const place p = bucket_table::find(held[i], now);
      const auto shared =
          p.none() ? shared_of(*held[i].of, *held[i].home, charges[i], now) : bucket_table::shared_place{&p.arrival(), !p.found};
      if (shared.other_quota) continue;
      *shared.arrival =
          startgate::refund(*charges[i].limit, {*shared.arrival}, now, charges[i].cost).state.theoretical_arrival_time;
    }
  }

  void reset(bucket_key key) noexcept {
    const charge only{key, nullptr};
    held_shards held(*this, {&only, 1});
    const place p = bucket_table::find(held[0], 0);
    if (p.found) p.arrival() = startgate::reset().theoretical_arrival_time;
  }

  // A client's share is a bucket like any other: so many assertions at once, and as many again while those expire.
  replay_outcome remember(bucket_key client, bucket_key assertion, instant expires_at, instant now) noexcept {
    const std::array<charge, 2> both{charge{client, &replay_share_}, charge{assertion, nullptr}};
    if (expires_at <= now) return replay_outcome::replayed;
    held_shards held(*this, both);
    const duration lifetime = expires_at - now;  // by the caller's time, which the newest may be ahead of
    now = held.newest(now);
    const place p = bucket_table::find(held[1], now);
    if (p.found && p.arrival() > now) return replay_outcome::replayed;
    if (p.none()) return ++held[1].of->overflowed, replay_outcome::full;
    limit_outcome share;
    (void)spend(held[0], both[0], now, share);
    if (!share.allowed) return replay_outcome::full;
    p.tag() = held[1].tag;
    p.arrival() = now + lifetime;
    return replay_outcome::fresh;
  }

  const bucket_table& table(key_origin origin) const noexcept { return tables_[static_cast<std::size_t>(origin)]; }

  // Charges that an overflow bucket judged, and assertions that found no place. Where it grows, the table is too small.
  std::uint64_t overflowed(key_origin origin) const noexcept { return table(origin).overflowed(); }

  std::size_t bytes() const noexcept {
    std::size_t sum = 0;
    for (const bucket_table& t : tables_) sum += t.bytes();
    return sum;
  }

  // Puts back one bucket of a snapshot whose table had seen windows up to `longest`, so that it can owe no more than that. What
  // finds no place is owed by the overflow buckets.
  void restore(key_origin origin, duration longest, std::uint64_t tag, instant arrival, instant now) noexcept {
    const site at = site_of(origin, tag);
    bucket_table::shard& s = *at.of;
    const std::lock_guard hold(s.lock);
    s.longest = std::max(s.longest, longest);
    s.arrive(s.newest_of(now));
    if (arrival <= now) return;
    s.cut(arrival, now);
    const place p = bucket_table::find(at, now);
    if (p.none()) {
      ++s.overflowed;
      s.owed = std::max(s.owed, arrival);
      return;
    }
    p.arrival() = p.found ? std::max(p.arrival(), arrival) : arrival;
    p.tag() = at.tag;
  }

 private:
  using place = bucket_table::place;
  using site = bucket_table::site;

  // Keys without a place share by their space and quota.
  static bucket_table::shared_place shared_of(bucket_table::shard& s, bucket_table::line& home, const charge& c,
                                              instant now) noexcept {
    constexpr std::uint64_t odd = 0x9e37'79b9'7f4a'7c15;
    const std::uint64_t quota = c.limit->emission_interval() * odd + c.limit->burst();
    const auto space = static_cast<std::uint64_t>(c.key.space());
    return bucket_table::overflow_of(s, home, std::max<std::uint64_t>(1, quota * odd + space), now);
  }

  site site_of(key_origin origin, std::uint64_t hash) noexcept { return tables_[static_cast<std::size_t>(origin)].site_of(hash); }
  site site_of(bucket_key key) noexcept { return site_of(origin_of(key.space()), key.low); }

  // The locks of one call, which everybody takes in the same order.
  class held_shards {
   public:
    held_shards(memory_store& store, std::span<const charge> charges) noexcept : count_(charges.size()) {
      for (std::size_t i = 0; i < count_; ++i) {
        at_[i] = store.site_of(charges[i].key);
        at_[i].prefetch();
        ordered_[i] = at_[i].of;
      }
      const auto end = ordered_.begin() + static_cast<std::ptrdiff_t>(count_);
      if (count_ > 1) std::sort(ordered_.begin(), end, std::less<>());
      distinct_ = static_cast<std::size_t>(std::unique(ordered_.begin(), end) - ordered_.begin());
      for (std::size_t i = 0; i < distinct_; ++i) ordered_[i]->lock.lock();
    }
    ~held_shards() {
      for (std::size_t i = distinct_; i-- > 0;) ordered_[i]->lock.unlock();
    }
    held_shards(const held_shards&) = delete;
    held_shards& operator=(const held_shards&) = delete;

    const site& operator[](std::size_t charge) const noexcept { return at_[charge]; }

    instant newest(instant now) noexcept {
      for (std::size_t i = 0; i < distinct_; ++i) now = ordered_[i]->newest_of(now);
      for (std::size_t i = 0; i < distinct_; ++i) ordered_[i]->arrive(now);
      return now;
    }

   private:
    std::size_t count_, distinct_ = 0;
    std::array<site, most_charges> at_;
    std::array<bucket_table::shard*, most_charges> ordered_;
  };

  // What stood where a charge was written.
  struct record {
    std::uint64_t* tag;  // null: of a shared bucket, whose owner stays
    instant* arrival;
    std::uint64_t tag_before;
    instant arrival_before;

    void undo() const noexcept {
      if (tag != nullptr) *tag = tag_before;
      *arrival = arrival_before;
    }
  };

  // Inlined into the common call, and what is rare kept out of it: see bucket_table::find.
  [[gnu::always_inline]] static record spend(const site& at, const charge& c, instant now, limit_outcome& out) noexcept {
    if (c.limit->window() > at.of->longest) [[unlikely]]
      at.of->longest = c.limit->window();
    const place p = bucket_table::find(at, now);
    if (p.none()) [[unlikely]]
      return spend_shared(*at.of, *at.home, c, now, out);
    const record before{&p.tag(), &p.arrival(), p.tag(), p.arrival()};
    const bucket next = startgate::take(*c.limit, bucket{p.found ? p.arrival() : 0}, now, c.cost, out);
    if (!out.allowed && !p.found) return before;  // who is refused, and so has nothing to undo, takes no place
    p.tag() = at.tag;
    p.arrival() = next.theoretical_arrival_time;
    return before;
  }

  [[gnu::noinline]] static record spend_shared(bucket_table::shard& s, bucket_table::line& home, const charge& c, instant now,
                                               limit_outcome& out) noexcept {
    const auto shared = shared_of(s, home, c, now);
    const record before{nullptr, shared.arrival, 0, *shared.arrival};
    const instant arrival = startgate::take(*c.limit, bucket{*shared.arrival}, now, c.cost, out).theoretical_arrival_time;
    out.degraded = out.overflowed = true;
    ++s.overflowed;
    *shared.arrival = shared.other_quota ? std::max(*shared.arrival, arrival) : arrival;
    return before;
  }

  static limit_outcome standing(const site& at, const charge& c, instant now) noexcept {
    const place p = bucket_table::find(at, now);
    const instant arrival = p.none() ? *shared_of(*at.of, *at.home, c, now).arrival : p.arrival();
    limit_outcome out = startgate::peek(*c.limit, bucket{arrival}, now, 0);
    out.degraded = out.overflowed = p.none();
    return out;
  }

  // One charge needs no order of locks and, where it is refused, nothing to undo: the common call, kept short.
  bool run_one(const charge& c, instant now, limit_outcome& out, bool keep) noexcept {
    const site at = site_of(c.key);
    at.prefetch();
    const std::lock_guard hold(at.of->lock);
    now = at.of->newest_of(now);
    at.of->arrive(now);
    const record before = spend(at, c, now, out);
    if (!keep && out.allowed) before.undo();
    return out.allowed;
  }

  bool run(std::span<const charge> charges, instant now, std::span<limit_outcome> out, bool keep) noexcept {
    if (refused_as_too_long(charges, out)) return false;
    return charges.size() == 1 ? run_one(charges[0], now, out[0], keep) : run_all(charges, now, out, keep);
  }

  [[gnu::noinline]] bool run_all(std::span<const charge> charges, instant now, std::span<limit_outcome> out, bool keep) noexcept {
    held_shards held(*this, charges);
    now = held.newest(now);
    std::array<record, most_charges> done;
    bool all = true;
    for (std::size_t i = 0; i < charges.size(); ++i) {
      done[i] = spend(held[i], charges[i], now, out[i]);
      all = all && out[i].allowed;
    }
    if (all && keep) return true;
    for (std::size_t i = charges.size(); i-- > 0;)
      if (out[i].allowed) done[i].undo();
    if (all) return true;
    for (std::size_t i = 0; i < charges.size(); ++i)
      if (out[i].allowed) out[i] = standing(held[i], charges[i], now);
    return false;
  }

  bucket_seed seed_;
  std::array<bucket_table, key_origins> tables_;
  quota replay_share_;
};

}  // namespace startgate
