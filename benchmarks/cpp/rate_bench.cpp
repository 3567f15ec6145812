// Rate limiting: the rule, the table, and what the standard library would offer in their place. Figures are CPU time; compare them
// within one run only. Peers in other languages: benchmarks/peers/rate.
#include <startgate/limit_key.hpp>
#include <startgate/rate.hpp>
#include <startgate/rate_headers.hpp>
#include <startgate/store/memory.hpp>

#include <benchmark/benchmark.h>

#include <memory>
#include <mutex>
#include <tuple>
#include <unordered_map>

namespace {

using namespace startgate;

constexpr instant t0 = 1'795'514'400 * second;
constexpr std::size_t million = 1'000'000;

quota thousand_a_second() { return *quota::make(1'000, second, 100); }

// Every number that an answer can be asked for.
void read_all(const limit_outcome& o) {
  std::tuple all{o.allowed, o.remaining(), o.near_limit(), o.retry_after, o.next_token_after(), o.reset_after};
  benchmark::DoNotOptimize(all);
}

void rule_take(benchmark::State& state) {
  const quota q = thousand_a_second();
  bucket b;
  instant now = t0;
  for (auto _ : state) {
    const taken t = take(q, b, now += millisecond);
    b = t.state;
    benchmark::DoNotOptimize(t.outcome.allowed);
  }
}
BENCHMARK(rule_take);

void rule_take_all_numbers(benchmark::State& state) {
  const quota q = thousand_a_second();
  bucket b;
  instant now = t0;
  for (auto _ : state) {
    const taken t = take(q, b, now += millisecond);
    b = t.state;
    read_all(t.outcome);
  }
}
BENCHMARK(rule_take_all_numbers);

void rule_refuse(benchmark::State& state) {
  const quota q = thousand_a_second();
  bucket b = take(q, {}, t0, 100).state;
  for (auto _ : state) {
    const taken t = take(q, b, t0);
    b = t.state;
    read_all(t.outcome);
  }
}
BENCHMARK(rule_refuse);

void headers(benchmark::State& state) {
  const quota q = thousand_a_second();
  const std::array reports{limit_report{"authentication_api", q, take(q, {}, t0).outcome},
                           limit_report{"start_per_address", q, take(q, {}, t0).outcome}};
  const std::array<std::uint8_t, 16> caller{};
  for (auto _ : state) {
    auto h = headers_of(reports, t0, caller);
    benchmark::DoNotOptimize(h);
  }
}
BENCHMARK(headers);

void key_of_an_address(benchmark::State& state) {
  const bucket_keys keys({1, 2});
  address caller{0x2001'0db8'0000'0000, 1};
  for (auto _ : state) {
    caller.high += 1ULL << 32;
    benchmark::DoNotOptimize(keys.of_network(bucket_space::start_per_address, limit_key(caller)));
  }
}
BENCHMARK(key_of_an_address);

void key_of_an_identifier(benchmark::State& state) {
  const bucket_keys keys({1, 2});
  std::string name = "ada.lovelace@example.com";
  for (auto _ : state) {
    ++name[3];
    benchmark::DoNotOptimize(keys.of(bucket_space::start_per_identifier, name));
  }
}
BENCHMARK(key_of_an_identifier);

// One million keys, visited in random order. They are computed, so that what is measured is the table and not a list of keys. The
// store and the map both write the whole answer, and nobody asks it for the numbers that take a division.
bucket_key numbered(std::uint64_t n) {
  std::uint64_t x = (n + 1) * 0x9e3779b97f4a7c15ULL;
  x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ x >> 27) * 0x94d049bb133111ebULL;
  return {std::uint64_t{static_cast<unsigned>(bucket_space::start_per_address)} << 56 | x >> 8, x ^ x >> 31};
}

struct random_order {
  std::uint64_t x;
  explicit random_order(int thread) : x(88172645463325252ULL + static_cast<std::uint64_t>(thread) * 7919) {}
  bucket_key next() {
    x ^= x << 13, x ^= x >> 7, x ^= x << 17;
    return numbered((x >> 32) * million >> 32);
  }
};

std::unique_ptr<memory_store> shared_store;

void fill(const benchmark::State& state) {
  if (state.thread_index() != 0) return;
  shared_store = std::make_unique<memory_store>(memory_limits{.addresses = million});
  const quota q = *quota::make(50, hour, 50);
  limit_outcome out;
  for (std::uint64_t n = 0; n < million; ++n) {
    const charge c{numbered(n), &q};
    shared_store->take({&c, 1}, t0, {&out, 1});
  }
}

void store_million_keys(benchmark::State& state) {
  const quota q = *quota::make(1'000'000, hour, 1'000'000);
  random_order order(state.thread_index());
  limit_outcome out;
  for (auto _ : state) {
    const charge c{order.next(), &q};
    benchmark::DoNotOptimize(shared_store->take({&c, 1}, t0, {&out, 1}));
    benchmark::DoNotOptimize(out);
  }
  const auto bytes = static_cast<double>(shared_store->table(key_origin::address).bytes());
  state.counters["bytes_per_live_key"] = benchmark::Counter(bytes / million, benchmark::Counter::kAvgThreads);
}
BENCHMARK(store_million_keys)->Setup(fill)->ThreadRange(1, 2);

void store_flood_of_new_keys(benchmark::State& state) {
  const quota q = *quota::make(50, hour, 50);
  std::uint64_t next = 1;
  limit_outcome out;
  for (auto _ : state) {
    next = next * 6364136223846793005ULL + 1442695040888963407ULL;
    const charge c{{std::uint64_t{static_cast<unsigned>(bucket_space::start_per_address)} << 56, next ^ next >> 29}, &q};
    benchmark::DoNotOptimize(shared_store->take({&c, 1}, t0, {&out, 1}));
    benchmark::DoNotOptimize(out);
  }
}
BENCHMARK(store_flood_of_new_keys)->Setup(fill);

void store_two_buckets(benchmark::State& state) {
  const quota q = *quota::make(1'000'000, hour, 1'000'000);
  const auto tenant = bucket_keys({1, 2}).of(bucket_space::authentication_api, "acme");
  random_order order(0);
  instant now = t0;
  std::array<limit_outcome, 2> out;
  for (auto _ : state) {
    const std::array<charge, 2> both{charge{tenant, &q}, charge{order.next(), &q}};
    benchmark::DoNotOptimize(shared_store->take(both, ++now, out));
    benchmark::DoNotOptimize(out);
  }
}
BENCHMARK(store_two_buckets)->Setup(fill);

// What one would write without a library: a map behind a mutex, the same rule inside.
struct key_hash {
  std::size_t operator()(const bucket_key& k) const noexcept { return k.low; }
};
std::unordered_map<bucket_key, bucket, key_hash> map;
std::mutex map_mutex;

void fill_map(const benchmark::State& state) {
  fill(state);
  if (state.thread_index() != 0 || !map.empty()) return;
  for (std::uint64_t n = 0; n < million; ++n) map[numbered(n)] = bucket{t0 + second};
}

void mutex_and_unordered_map_million_keys(benchmark::State& state) {
  const quota q = *quota::make(1'000'000, hour, 1'000'000);
  random_order order(state.thread_index());
  for (auto _ : state) {
    const std::lock_guard hold(map_mutex);
    bucket& b = map[order.next()];
    taken t = take(q, b, t0);
    b = t.state;
    benchmark::DoNotOptimize(t.outcome);
  }
}
BENCHMARK(mutex_and_unordered_map_million_keys)->Setup(fill_map)->ThreadRange(1, 2);

}  // namespace
