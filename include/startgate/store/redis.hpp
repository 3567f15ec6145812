// Buckets and replay memory that a fleet of processes shares, on Redis or Valkey. One script for all buckets of all calls that come
// together, in the server's time; whole microseconds, so that an interval is rounded up once more and nothing is ever allowed more.
// While the server is out of reach, or has just lost everything, answers are marked degraded.
//
// On Redis Cluster the buckets of one script must lie in one slot: the name of the tenant stands in braces in every key, so that all
// buckets of a tenant share one (https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/#hash-tags). Set
// maxmemory-policy to noeviction: a server that evicts forgives. So does one that restarts from an older snapshot, and nothing tells:
// set appendonly, with as much appendfsync as a limit is worth. Needs hiredis (startgate::redis).
#pragma once

#include <startgate/bucket_key.hpp>
#include <startgate/detail/fixed_text.hpp>
#include <startgate/instant.hpp>
#include <startgate/rate.hpp>
#include <startgate/replay.hpp>
#include <startgate/store.hpp>
#include <startgate/store/deny_cache.hpp>
#include <startgate/store/memory.hpp>
#include <startgate/store/redis_pipeline.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace startgate {

enum class store_clock : std::uint8_t { server, caller };  // whose time counts; the caller's is for tests and replays

struct redis_options {
  store::redis_pipeline_options connection;
  std::string tenant = "default";  // part of every key
  bucket_seed seed{};              // the same for the whole fleet, and better not known outside it
  double local_share = 0.5;        // of each limit, in this process, while the server is out of reach
  bool replay_closed = false;      // accept no assertion meanwhile, instead of each once in every process
  memory_limits memory;            // the tables that then count
  store_clock clock = store_clock::server;
};

class redis_store {
 public:
  explicit redis_store(redis_options options)
      : options_(with_mark(std::move(options))),
        prefix_(prefix_of(options_.tenant)),
        local_(options_.memory, options_.seed),
        replay_share_(on_the_server(local_.replay_share())),
        pipeline_(options_.connection) {}

  const bucket_seed& seed() const noexcept { return options_.seed; }
  bool connected() const { return pipeline_.connected(); }
  store::redis_trouble trouble() const { return pipeline_.trouble(); }

  bool take(std::span<const charge> charges, instant now, std::span<limit_outcome> out) noexcept {
    return run(charges, now, out, true);
  }
  bool peek(std::span<const charge> charges, instant now, std::span<limit_outcome> out) noexcept {
    return run(charges, now, out, false);
  }

  // Where the server is out of reach nothing is given back there: what it does not know of, it does not forgive.
  void refund(std::span<const charge> charges, instant now) noexcept {
    if (charges.empty() || charges.size() > most_charges) return;
    call c(*this, now);
    for (const charge& each : charges) {
      c.add(each, on_the_server(*each.limit));
      denied_.forget(each.key);
      const quota share = shared_out(*each.limit);
      const charge here{each.key, &share, each.cost};
      if (!connected()) local_.refund({&here, 1}, now);
    }
    (void)c.run(store::redis_script::refund);
  }

  void reset(bucket_key key) noexcept {
    denied_.forget(key);
    local_.reset(key);
    const key_text name = name_of(key);
    try {
      const std::array<std::string_view, 2> words{"DEL", name.view()};
      store::redis_request r{.words = words};
      pipeline_.run(r);
    } catch (...) {  // no memory for the command: as good as no server
    }
  }

  // Kept for as long as the caller says that it still lives, whatever the server's clock says of that, and for a minute more, since
  // the clocks of a fleet differ: while any of them lets the assertion pass, it is remembered. What this process saw it knows by
  // itself too, so that neither an outage nor a server that lost everything opens a second chance here.
  replay_outcome remember(bucket_key client, bucket_key assertion, instant expires_at, instant now) noexcept {
    call c(*this, now);
    c.add_key(assertion), c.add_key(client);
    const duration allowance = options_.clock == store_clock::server ? clocks_differ : 0;
    c.add_number(micros_up(expires_at > now ? expires_at - now + allowance : 0))
        .add_number(replay_share_.emission_interval() / micro)
        .add_number(replay_share_.burst());
    const auto reply = c.run(store::redis_script::remember);
    const bool answered = reply.answered;
    if (!answered && options_.replay_closed) return replay_outcome::out_of_reach;
    if (answered && reply.numbers[0] != 0) return reply.numbers[0] == 1 ? replay_outcome::replayed : replay_outcome::full;
    const replay_outcome here = local_.remember(client, assertion, expires_at, now);
    if (answered && here != replay_outcome::replayed)
      return recently_lost(replay_share_) ? replay_outcome::fresh_here : replay_outcome::fresh;
    return here == replay_outcome::fresh ? replay_outcome::fresh_here : here;
  }

 private:
  static constexpr duration micro = 1'000, clocks_differ = minute;
  static constexpr std::uint64_t most_micros = quota::longest_window / micro / 2;  // twice that since 1970 is still exact in Lua
  using key_text = detail::fixed_text<128>;

  static constexpr std::uint64_t micros_up(duration d) noexcept { return d / micro + (d % micro != 0); }

  static std::string prefix_of(const std::string& tenant) { return "startgate:{" + tenant + "}:"; }

  static redis_options with_mark(redis_options o) {
    if (o.tenant.size() > 64) o.tenant.resize(64);
    std::erase_if(o.tenant, [](char c) { return c == '{' || c == '}'; });
    o.connection.mark = prefix_of(o.tenant) + "born";
    return o;
  }

  // The quota in whole microseconds, never allowing more.
  static quota on_the_server(const quota& q) noexcept {
    if (q.burst() == 0) return q;
    const std::uint64_t interval = micros_up(q.emission_interval());
    return quota::make(1, interval * micro, std::min(q.burst(), std::max<std::uint64_t>(1, most_micros / interval)))
        .value_or(quota::blocked());
  }

  // This process's share of it while it counts alone: at least one.
  quota shared_out(const quota& q) const noexcept {
    if (q.burst() == 0 || !(options_.local_share > 0)) return quota::blocked();
    const double share = std::min(options_.local_share, 1.0);
    const auto burst = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(static_cast<double>(q.burst()) * share));
    const auto interval = static_cast<double>(q.emission_interval()) / share;
    const auto longest = static_cast<double>(quota::longest_window / burst);
    return quota::make(1, static_cast<duration>(std::min(interval, longest)), burst).value_or(quota::blocked());
  }

  key_text name_of(bucket_key key) const noexcept {
    key_text text(prefix_);
    std::array<char, 32> hex;
    for (std::size_t i = 0; i < 16; ++i) {
      hex[i] = "0123456789abcdef"[key.high >> (60 - 4 * i) & 15];
      hex[16 + i] = "0123456789abcdef"[key.low >> (60 - 4 * i) & 15];
    }
    return text.append(std::string_view(hex.data(), hex.size())), text;
  }

  // One request: keys and numbers as text.
  class call {
   public:
    call(redis_store& store, instant now) noexcept : store_(store) {
      add_number(store.options_.clock == store_clock::caller ? std::max<instant>(now / micro, 1) : 0);
    }
    call& add_number(std::uint64_t n) noexcept {
      numbers_[number_count_++] = detail::fixed_text<20>().append(n);
      return *this;
    }
    void add_key(bucket_key key) noexcept { keys_[key_count_++] = store_.name_of(key); }
    void add(const charge& c, const quota& q) noexcept {
      add_key(c.key);
      const std::uint64_t interval = q.emission_interval() / micro, window = interval * q.burst();
      add_number(window).add_number(c.cost <= q.burst() ? interval * c.cost : window + 1);
    }
    store::redis_request run(store::redis_script script) noexcept {
      std::array<std::string_view, most_charges> keys;
      std::array<std::string_view, most_numbers> numbers;
      for (std::size_t i = 0; i < key_count_; ++i) keys[i] = keys_[i].view();
      for (std::size_t i = 0; i < number_count_; ++i) numbers[i] = numbers_[i].view();
      store::redis_request r{script, {keys.data(), key_count_}, {numbers.data(), number_count_}};
      try {
        store_.pipeline_.run(r);
      } catch (...) {  // no memory to wait with: as good as no server
      }
      r.keys = r.words = {};  // they end here
      return r;
    }

   private:
    static constexpr std::size_t most_numbers = 3 + 2 * most_charges;

    redis_store& store_;
    std::array<key_text, most_charges> keys_;
    std::array<detail::fixed_text<20>, most_numbers> numbers_;
    std::size_t key_count_ = 0, number_count_ = 0;
  };

  // The quotas of a call as the server counts them.
  using rounded = std::array<quota, most_charges>;

  bool run(std::span<const charge> charges, instant now, std::span<limit_outcome> out, bool spend) noexcept {
    if (refused_as_too_long(charges, out)) return false;
    if (charges.empty()) return true;
    rounded limits;
    for (std::size_t i = 0; i < charges.size(); ++i) limits[i] = on_the_server(*charges[i].limit);
    if (denied_already(charges, limits, now, out, spend)) return false;
    call c(*this, now);
    c.add_number(spend).add_number(charges.size());
    for (std::size_t i = 0; i < charges.size(); ++i) c.add(charges[i], limits[i]);
    const auto reply = c.run(store::redis_script::take);
    if (!reply.answered) return run_alone(charges, now, out, spend);
    return describe(reply.numbers, charges, limits, now, out);
  }

  // Whether the call is refused whatever the server says: a take by any bucket, a peek by all, since whoever looks at several asks
  // about each. Every bucket must be known, so that each is told as it stood a moment ago.
  bool denied_already(std::span<const charge> charges, const rounded& limits, instant now, std::span<limit_outcome> out,
                      bool spend) noexcept {
    std::array<bucket, most_charges> known;
    std::size_t denied = 0;
    for (std::size_t i = 0; i < charges.size(); ++i) {
      const auto found = denied_.find(charges[i].key, now);
      if (!found) return false;
      known[i] = *found;
      out[i] = startgate::peek(limits[i], known[i], now, charges[i].cost);
      denied += !out[i].allowed;
    }
    if (denied < (spend ? 1 : charges.size())) return false;
    for (std::size_t i = 0; i < charges.size(); ++i) {
      if (out[i].allowed) out[i] = startgate::peek(limits[i], known[i], now, 0);
      out[i].degraded = recently_lost(limits[i]);
    }
    return true;
  }

  // The debts that the server answered with, as outcomes. A bucket that stands twice in a call owes the second time what the first
  // one takes; where nothing is spent, everything stands as it did before the call.
  bool describe(std::span<const long long> answers, std::span<const charge> charges, const rounded& limits, instant now,
                std::span<limit_outcome> out) noexcept {
    std::array<bucket, most_charges> before, after;
    std::array<std::size_t, most_charges> place;
    bool all = true;
    for (std::size_t i = 0; i < charges.size(); ++i) {
      place[i] = static_cast<std::size_t>(std::ranges::find(charges, charges[i].key, &charge::key) - charges.begin());
      if (place[i] == i) {
        const long long debt = answers[i] >= 0 ? answers[i] : -1 - answers[i];
        before[i] = after[i] = {now + static_cast<duration>(debt) * micro};
      }
      const taken t = startgate::take(limits[i], after[place[i]], now, charges[i].cost);
      out[i] = t.outcome;
      after[place[i]] = t.state;
      all = all && out[i].allowed;
    }
    for (std::size_t i = 0; i < charges.size(); ++i) {
      if (!all && out[i].allowed) out[i] = startgate::peek(limits[i], before[place[i]], now, 0);
      out[i].degraded = recently_lost(limits[i]);
      if (!all && place[i] == i) denied_.remember(charges[i].key, before[i], now);
    }
    return all;
  }

  // For one window after the server lost everything a bucket may be granted what it had used up before.
  bool recently_lost(const quota& q) const noexcept {
    const auto lost = pipeline_.lost();
    return lost && std::chrono::steady_clock::now() - *lost < std::chrono::nanoseconds(q.window());
  }

  // Without the server: each charge as its limit says.
  bool run_alone(std::span<const charge> charges, instant now, std::span<limit_outcome> out, bool spend) noexcept {
    std::array<quota, most_charges> shares;
    std::array<charge, most_charges> here;
    std::array<limit_outcome, most_charges> answers;
    std::size_t count = 0;
    bool closed = false;
    for (std::size_t i = 0; i < charges.size(); ++i) {
      closed = closed || charges[i].unavailable == when_unavailable::closed;
      if (!counts_alone(charges[i])) continue;
      shares[count] = shared_out(*charges[i].limit);
      here[count] = {charges[i].key, &shares[count], charges[i].cost};
      ++count;
    }
    const bool passed =
        spend && !closed ? local_.take({here.data(), count}, now, answers) : local_.peek({here.data(), count}, now, answers);
    for (std::size_t i = 0, local = 0; i < charges.size(); ++i) {
      if (counts_alone(charges[i]))
        out[i] = answers[local++];
      else
        out[i] = without_counting(charges[i], now);
      out[i].degraded = true;
    }
    return passed && !closed;
  }

  // What could never pass is refused whatever its limit says of an outage.
  static bool counts_alone(const charge& c) noexcept {
    return c.unavailable == when_unavailable::local || c.cost > c.limit->burst();
  }

  // `open` passes as if nobody else had come; `closed` refuses until the server may be back.
  limit_outcome without_counting(const charge& c, instant now) const noexcept {
    if (c.unavailable == when_unavailable::open) return startgate::peek(*c.limit, {}, now, 0);
    return {.allowed = false, .retry_after = wait_time(second)};
  }

  redis_options options_;
  std::string prefix_;
  memory_store local_;
  quota replay_share_;
  store::deny_cache denied_;
  store::redis_pipeline pipeline_;
};

}  // namespace startgate
