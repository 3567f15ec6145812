// Once and no more: the memory of client assertions that were seen (RFC 7523 section 3 item 7, RFC 7521 section 8.2). It is bounded,
// with a share per client, and full means refused: a memory that forgets a live entry would let it be used again, and one that
// grows until the process dies helps only the attacker (CVE-2025-2559).
#pragma once

#include <startgate/bucket_key.hpp>
#include <startgate/instant.hpp>

#include <concepts>
#include <cstdint>

namespace startgate {

enum class replay_answer : std::uint8_t {
  fresh,     // first seen, and remembered until it expires
  replayed,  // seen before
  full,      // no room, for this client or at all: not remembered, so not to be accepted
};

// `client` is of space replay_share, `assertion` of space replay and made from the client and the jti.
template <class M>
concept replay_memory = requires(M& memory, bucket_key client, bucket_key assertion, instant expires_at, instant now) {
  { memory.remember(client, assertion, expires_at, now) } noexcept -> std::same_as<replay_answer>;
};

}  // namespace startgate
