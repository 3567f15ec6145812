// Once and no more: the memory of client assertions that were seen (RFC 7523 section 3 item 7, RFC 7521 section 8.2). It is bounded,
// with a share per client, and full means refused: a memory that forgets a live entry would let it be used again, and one that
// grows until the process dies helps only the attacker (CVE-2025-2559). It lives in the store, so that a fleet can share it.
#pragma once

#include <startgate/bucket_key.hpp>
#include <startgate/instant.hpp>

#include <concepts>
#include <cstdint>
#include <string_view>

namespace startgate {

enum class replay_outcome : std::uint8_t {
  fresh,         // first seen, and remembered until it expires
  fresh_here,    // the same, as far as this process knows: the memory that it shares is out of reach or has lost what it knew
  replayed,      // seen before, or expired already: used once or never again
  full,          // no room, for this client or at all: not remembered, so not to be accepted
  out_of_reach,  // the shared memory cannot be asked, and nothing is to be accepted without it
};

// What the rule for assertions asks: the question and the record in one step, so that of two equal assertions in parallel only one
// is fresh. An entry may be forgotten once expires_at - now, as the caller sees them, has gone by.
template <class M>
concept replay_memory = requires(M& memory, std::string_view client_id, std::string_view jti, instant t) {
  { memory.remember(client_id, jti, /*expires_at*/ t, /*now*/ t) }
  noexcept->std::same_as<replay_outcome>;
};

// What a store keeps: `client` is of space replay_share, `assertion` of space replay and made from the client and the jti.
template <class S>
concept replay_store = requires(S& store, bucket_key client, bucket_key assertion, instant expires_at, instant now) {
  { store.remember(client, assertion, expires_at, now) }
  noexcept->std::same_as<replay_outcome>;
};

// A store as the memory that the rule asks.
template <replay_store Store>
class replay_in {
 public:
  replay_in(Store& store, const bucket_keys& keys) noexcept : store_(store), keys_(keys) {}

  replay_outcome remember(std::string_view client_id, std::string_view jti, instant expires_at, instant now) const noexcept {
    return store_.remember(keys_.of(bucket_space::replay_share, client_id), keys_.of(bucket_space::replay, client_id, jti),
                           expires_at, now);
  }

 private:
  Store& store_;
  const bucket_keys& keys_;
};

}  // namespace startgate
