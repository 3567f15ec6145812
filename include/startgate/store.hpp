// What the gate asks of a store: buckets that are charged all or nothing. store/memory.hpp and store/redis.hpp are two.
#pragma once

#include <startgate/bucket_key.hpp>
#include <startgate/instant.hpp>
#include <startgate/rate.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>

namespace startgate {

// What a limit does while a shared store cannot be asked: count in a table of this process at a share of the limit, let pass, or
// refuse. A store inside the process never needs it.
enum class when_unavailable : std::uint8_t { local, open, closed };

struct charge {
  bucket_key key;
  const quota* limit = nullptr;
  std::uint64_t cost = 1;
  when_unavailable unavailable = when_unavailable::local;
};

inline constexpr std::size_t most_charges = 12;  // in one call; a store refuses longer lists

// A list that is too long for any store: refused in every outcome.
constexpr bool refused_as_too_long(std::span<const charge> charges, std::span<limit_outcome> out) noexcept {
  if (charges.size() <= most_charges && charges.size() <= out.size()) return false;
  for (limit_outcome& o : out) o = {.allowed = false, .retry_after = wait_time::never()};
  return true;
}

// take: spends every charge and returns true, or spends none. Every outcome is filled; where the answer is no, those that would
// have passed say how their bucket stands. peek: what take would answer. refund: gives back what one take spent. `out` has room
// for one outcome per charge.
template <class S>
concept bucket_store = requires(S& store, std::span<const charge> charges, instant now, std::span<limit_outcome> out,
                                bucket_key key) {
  { store.take(charges, now, out) }
  noexcept->std::same_as<bool>;
  { store.peek(charges, now, out) }
  noexcept->std::same_as<bool>;
  { store.refund(charges, now) }
  noexcept;
  { store.reset(key) }
  noexcept;
  { store.seed() }
  noexcept->std::convertible_to<bucket_seed>;
};

}  // namespace startgate
