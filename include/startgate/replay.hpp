// The memory of assertion ids that were used (RFC 7523 section 3 item 7). It lives in the store, so that a fleet can share it.
#pragma once

#include <startgate/instant.hpp>

#include <concepts>
#include <cstdint>
#include <string_view>

namespace startgate {

enum class replay_outcome : std::uint8_t { fresh, replayed, full };

// `remember` is the question and the record in one step, so that of two equal assertions in parallel only one is fresh. The key
// is (client, jti); an entry may be forgotten from expires_at on; `full` is the answer where the client's share is used up, or
// where the memory cannot be reached.
template <class M>
concept replay_memory = requires(M& memory, std::string_view client_id, std::string_view jti, instant t) {
  { memory.remember(client_id, jti, /*expires_at*/ t, /*now*/ t) }
  noexcept->std::same_as<replay_outcome>;
};

}  // namespace startgate
