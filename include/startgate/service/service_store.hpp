// Where a service keeps its buckets and its replay memory: in this process, or on the shared store that its policy names.
#pragma once

#include <startgate/bucket_key.hpp>
#include <startgate/policy.hpp>
#include <startgate/result.hpp>
#include <startgate/store/memory.hpp>
#include <startgate/store/shared_store.hpp>

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

namespace startgate {

class service_store {
 public:
  service_store() { memory_.emplace(); }
  explicit service_store(memory_store&& restored) { memory_.emplace(std::move(restored)); }
  explicit service_store(std::unique_ptr<shared_store> shared) : shared_(std::move(shared)) {}

  bucket_seed seed() const noexcept { return memory_ ? memory_->seed() : shared_->seed(); }
  bool take(std::span<const charge> charges, instant now, std::span<limit_outcome> out) noexcept {
    return memory_ ? memory_->take(charges, now, out) : shared_->take(charges, now, out);
  }
  bool peek(std::span<const charge> charges, instant now, std::span<limit_outcome> out) noexcept {
    return memory_ ? memory_->peek(charges, now, out) : shared_->peek(charges, now, out);
  }
  void refund(std::span<const charge> charges, instant now) noexcept {
    memory_ ? memory_->refund(charges, now) : shared_->refund(charges, now);
  }
  void reset(bucket_key key) noexcept { memory_ ? memory_->reset(key) : shared_->reset(key); }
  replay_outcome remember(bucket_key client, bucket_key assertion, instant expires_at, instant now) noexcept {
    return memory_ ? memory_->remember(client, assertion, expires_at, now)
                   : shared_->remember(client, assertion, expires_at, now);
  }

  // Null where a shared store keeps the buckets.
  const memory_store* memory() const noexcept { return memory_ ? &*memory_ : nullptr; }

  std::string trouble() const { return shared_ ? shared_->trouble() : std::string(); }

 private:
  std::optional<memory_store> memory_;    // in place: the usual store is one branch away
  std::unique_ptr<shared_store> shared_;  // where there is no memory
};

// What a shared store is opened with. Two equal orders are for the same buckets over the same connection.
struct store_order {
  store_policy store;
  std::string tenant;  // part of every key
  bucket_seed seed{};
  bool operator==(const store_order&) const = default;
};

// Opens one, also where the server is out of reach at the moment; or says, without a value of the URL, what is wrong with the order.
using store_opener = result<std::unique_ptr<shared_store>, std::string> (*)(const store_order&);

// What a program lets the policies of its services name.
struct store_choice {
  store_opener shared = nullptr;                  // null: it was built without one
  bool rehearsal = false;                         // count in this process whatever the policy names: nothing real is spent
  std::shared_ptr<service_store> kept = nullptr;  // buckets from before a restart, where the policy names no shared store
};

}  // namespace startgate
