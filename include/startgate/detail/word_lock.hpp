// A mutex of four bytes, so that a shard's lock lies on the line with what it guards. Free and uncontended it is one exchange each
// way; a thread that waits sleeps in the kernel, because a holder that lost the processor would keep spinners busy for nothing.
#pragma once

#include <atomic>
#include <cstdint>

namespace startgate::detail {

class word_lock {
 public:
  void lock() noexcept {
    std::uint32_t expected = free;
    if (state_.compare_exchange_strong(expected, held, std::memory_order_acquire, std::memory_order_relaxed)) return;
    while (state_.exchange(awaited, std::memory_order_acquire) != free) state_.wait(awaited, std::memory_order_relaxed);
  }

  void unlock() noexcept {
    if (state_.exchange(free, std::memory_order_release) == awaited) state_.notify_one();
  }

 private:
  static constexpr std::uint32_t free = 0, held = 1, awaited = 2;
  std::atomic<std::uint32_t> state_{free};
};

}  // namespace startgate::detail
