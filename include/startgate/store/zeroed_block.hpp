// Zeroed memory for a table that lives as long as the process: aligned to cache lines, or, where it is large, to huge pages, which
// keep random look-ups from missing the translation buffer as well as the cache.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <new>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace startgate {

template <class T>
class zeroed_block {
 public:
  explicit zeroed_block(std::size_t count) : size_(count), at_(allocate(count)) {}

  T* data() const noexcept { return at_.get(); }
  std::size_t size() const noexcept { return size_; }

 private:
  static constexpr std::size_t huge_page = std::size_t{2} << 20;

  struct release {
    std::align_val_t alignment{alignof(T)};
    void operator()(T* p) const noexcept { ::operator delete(static_cast<void*>(p), alignment); }
  };

  static std::unique_ptr<T, release> allocate(std::size_t count) {
    static_assert(std::is_trivially_copyable_v<T>);
    const std::size_t bytes = count * sizeof(T);
    const std::align_val_t alignment{bytes >= 2 * huge_page ? huge_page : alignof(T)};
    void* block = ::operator new(bytes, alignment);
#if defined(__linux__) && defined(MADV_HUGEPAGE)
    if (alignment == std::align_val_t{huge_page}) (void)madvise(block, bytes, MADV_HUGEPAGE);  // a wish: refusal changes nothing
#endif
    return {static_cast<T*>(std::memset(block, 0, bytes)), release{alignment}};
  }

  std::size_t size_;
  std::unique_ptr<T, release> at_;
};

}  // namespace startgate
