// A store that other processes share, behind one interface: a program chooses it when it reads its policy, and need not be built with
// it. A gate over a store of a known type, such as memory_store, pays for no virtual call.
#pragma once

#include <startgate/bucket_key.hpp>
#include <startgate/instant.hpp>
#include <startgate/rate.hpp>
#include <startgate/replay.hpp>
#include <startgate/store.hpp>

#include <span>
#include <string>

namespace startgate {

// The members are those of the concepts bucket_store and replay_store.
class shared_store {
 public:
  virtual ~shared_store() = default;

  virtual bucket_seed seed() const noexcept = 0;
  virtual bool take(std::span<const charge> charges, instant now, std::span<limit_outcome> out) noexcept = 0;
  virtual bool peek(std::span<const charge> charges, instant now, std::span<limit_outcome> out) noexcept = 0;
  virtual void refund(std::span<const charge> charges, instant now) noexcept = 0;
  virtual void reset(bucket_key key) noexcept = 0;
  virtual replay_outcome remember(bucket_key client, bucket_key assertion, instant expires_at, instant now) noexcept = 0;

  // Why it cannot be asked at the moment, as one line without a value of its URL; empty where it can.
  virtual std::string trouble() const = 0;
};

}  // namespace startgate
