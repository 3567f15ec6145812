// Fifty million keys that come once, at a table for a hundred thousand: memory stays what it was, a bucket that was exhausted before
// stays exhausted, and what finds no place gets no more than the overflow buckets give. Prints the figures; built by rate.sh.
#include <startgate/store/memory.hpp>

#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <string_view>

namespace {

using namespace startgate;

constexpr instant t0 = 1'795'514'400 * second;
constexpr std::uint64_t flood = 50'000'000, places = 100'000, exhausted = 1'000;

std::size_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::size_t pages = 0, resident = 0;
  statm >> pages >> resident;
  return resident * 4096;
}

double cpu_seconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  return static_cast<double>(used.ru_utime.tv_sec) + static_cast<double>(used.ru_utime.tv_usec) * 1e-6;
}

int failures = 0;
void expect(bool holds, const char* what) {
  if (!holds) ++failures, std::printf("flood: FAILED: %s\n", what);
}

}  // namespace

int main() {
  memory_store store({.configuration = 64, .addresses = places, .identifiers = 64, .assertions = 64});
  const bucket_keys keys(store.seed());
  const quota five = *quota::make(5, hour, 5);
  limit_outcome out;
  const auto take = [&](std::uint64_t name, instant now) {
    const charge c{keys.of(bucket_space::start_per_address, std::string_view(reinterpret_cast<const char*>(&name), sizeof name)),
                   &five};
    return store.take({&c, 1}, now, {&out, 1});
  };
  for (std::uint64_t name = 0; name < exhausted; ++name)
    for (int i = 0; i < 5; ++i) take(name, t0);

  const std::size_t memory_before = resident_bytes();
  const double begin = cpu_seconds();
  std::uint64_t passed = 0, degraded = 0, exhausted_passed = 0, late_passed = 0;
  for (std::uint64_t i = 0; i < flood; ++i) {
    passed += take(exhausted + i, t0 + i);  // fifty milliseconds in all: nothing refills
    degraded += out.degraded;
    if (i % 1'000'000 == 0)
      for (std::uint64_t name = 0; name < exhausted; ++name) exhausted_passed += take(name, t0 + i);
  }
  const double nanoseconds = (cpu_seconds() - begin) * 1e9 / static_cast<double>(flood);
  const auto grown = static_cast<long long>(resident_bytes()) - static_cast<long long>(memory_before);
  const std::uint64_t last = exhausted + flood;  // one that comes while all is full, again and again
  for (int i = 0; i < 1'000; ++i) late_passed += take(last, t0 + flood);

  const bucket_table& table = store.table(key_origin::address);
  const std::uint64_t capacity = table.bytes() / 16, shares = table.shards() * five.burst();
  std::printf(
      "flood: %llu keys at %.0f ns of processor time each; %llu passed (%llu places, %llu from overflow buckets at most)\n",
      static_cast<unsigned long long>(flood), nanoseconds, static_cast<unsigned long long>(passed),
      static_cast<unsigned long long>(capacity), static_cast<unsigned long long>(shares));
  std::printf(
      "flood: %llu judged by an overflow bucket; memory grew by %lld bytes; table %zu bytes; exhausted keys let through %llu "
      "times\n",
      static_cast<unsigned long long>(degraded), grown, table.bytes(), static_cast<unsigned long long>(exhausted_passed));
  expect(exhausted_passed == 0, "an exhausted key was let through");
  expect(passed <= capacity + shares, "more passed than places and overflow buckets allow");
  expect(late_passed <= five.burst(), "a key without a place got more than an overflow bucket");
  expect(grown < 1 << 20, "memory grew");
  expect(store.overflowed(key_origin::address) >= degraded, "overflow is not counted");
  return failures == 0 ? 0 : 1;
}
