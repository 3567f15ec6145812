// A limit of the policy: how often, and what happens while a shared store cannot be asked.
#pragma once

#include <startgate/instant.hpp>
#include <startgate/rate.hpp>
#include <startgate/store.hpp>

#include <cstdint>

namespace startgate {

struct limit {
  startgate::quota quota;
  when_unavailable unavailable = when_unavailable::local;
};

// `count` per `period`, all of them at once if need be. Blocked where no such quota can be made.
constexpr limit at_most(std::uint64_t count, duration period) noexcept {
  const auto made = quota::make(count, period, count);
  return {made ? *made : quota::blocked()};
}

}  // namespace startgate
