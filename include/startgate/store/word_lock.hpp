// A mutex of four bytes, so that a shard's lock lies on the line with what it guards. Unlocking is a plain store: an atomic exchange
// there would keep the processor from fetching what the next call needs while this one waits for memory, which is most of the time
// of a call. A waiter gives way, and then sleeps, because a holder that lost its processor needs one to go on.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <thread>

namespace startgate {

class word_lock {
 public:
  void lock() noexcept {
    if (held_.exchange(1, std::memory_order_acquire) != 0) [[unlikely]]
      wait();
  }

  void unlock() noexcept { held_.store(0, std::memory_order_release); }

 private:
  // Kept out of line: what it needs would be kept ready by every caller that does not wait.
  [[gnu::noinline, gnu::cold]] void wait() noexcept {
    std::uint32_t attempts = 0;
    do {
      while (held_.load(std::memory_order_relaxed) != 0) back_off(attempts++);
    } while (held_.exchange(1, std::memory_order_acquire) != 0);
  }

  static void back_off(std::uint32_t attempts) noexcept {
    if (attempts < 64) return pause();
    if (attempts < 256) return std::this_thread::yield();
    std::this_thread::sleep_for(std::chrono::microseconds(50));
  }

  static void pause() noexcept {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
  }

  std::atomic<std::uint32_t> held_{0};
};

}  // namespace startgate
