// How often this thread allocated since the object was made. support/count_allocations.cpp replaces operator new for the program.
#pragma once

#include <cstddef>

namespace startgate::test {

std::size_t allocations_of_this_thread() noexcept;

class count_allocations {
 public:
  count_allocations() noexcept : before_(allocations_of_this_thread()) {}
  std::size_t so_far() const noexcept { return allocations_of_this_thread() - before_; }

 private:
  std::size_t before_;
};

}  // namespace startgate::test
