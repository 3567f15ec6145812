// The Redis or Valkey that a policy's `store` names. Needs startgate::redis and startgate::tls.
#pragma once

#include <startgate/instant.hpp>
#include <startgate/service/redis_connection.hpp>
#include <startgate/service/service_store.hpp>
#include <startgate/store/redis.hpp>
#include <startgate/store/redis_url.hpp>
#include <startgate/store/shared_store.hpp>

#include <memory>
#include <span>
#include <string>
#include <utility>

namespace startgate {

class redis_shared_store final : public shared_store {
 public:
  explicit redis_shared_store(redis_options options) : store_(std::move(options)) {}

  bucket_seed seed() const noexcept override { return store_.seed(); }
  bool take(std::span<const charge> charges, instant now, std::span<limit_outcome> out) noexcept override {
    return store_.take(charges, now, out);
  }
  bool peek(std::span<const charge> charges, instant now, std::span<limit_outcome> out) noexcept override {
    return store_.peek(charges, now, out);
  }
  void refund(std::span<const charge> charges, instant now) noexcept override { store_.refund(charges, now); }
  void reset(bucket_key key) noexcept override { store_.reset(key); }
  replay_outcome remember(bucket_key client, bucket_key assertion, instant expires_at, instant now) noexcept override {
    return store_.remember(client, assertion, expires_at, now);
  }
  std::string trouble() const override { return std::string(sentence_of(store_.trouble())); }

  // Not cured by waiting: the URL has to change, or the server.
  bool misconfigured() const {
    const store::redis_trouble t = store_.trouble();
    return t == store::redis_trouble::credentials_refused || t == store::redis_trouble::database_refused ||
           t == store::redis_trouble::commands_refused;
  }

 private:
  redis_store store_;
};

// A store_opener. A server that is away is no mistake of the policy: the store opens, and each limit does what its `unavailable` says.
inline result<std::unique_ptr<shared_store>, std::string> open_redis(const store_order& order) {
  const auto url = store::parse_redis_url(order.store.url);
  if (!url) return unexpected{std::string(store::redis_url_forms)};
  redis_options o;
  o.connection = connection_to(*url);
  o.connection.deadline = order.store.deadline_ms * millisecond;
  o.tenant = order.tenant;
  o.seed = order.seed;
  o.local_share = order.store.local_share;
  o.replay_closed = order.store.replay_closed;
  auto made = std::make_unique<redis_shared_store>(std::move(o));
  if (made->misconfigured()) return unexpected{made->trouble()};
  return std::unique_ptr<shared_store>(std::move(made));
}

}  // namespace startgate
