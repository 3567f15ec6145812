// Refusals of the shared store, remembered here for a moment with the other buckets of the call: whoever hammers an exhausted bucket
// is refused without asking again.
// A fixed number of places, one per key by its hash; a newer refusal takes an older one's place, which costs a question and no more.
#pragma once

#include <startgate/bucket_key.hpp>
#include <startgate/instant.hpp>
#include <startgate/rate.hpp>
#include <startgate/store/word_lock.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>

namespace startgate::store {

class deny_cache {
 public:
  // `longest`: how long a refusal is believed at most. Another process may reset the bucket, and that is to be heard.
  explicit deny_cache(std::size_t places = 4096, duration longest = second)
      : places_(std::max<std::size_t>(places, 1)), longest_(longest), entries_(std::make_unique<entry[]>(places_)) {}

  void remember(bucket_key key, bucket state, instant now) noexcept {
    entry& e = place_of(key);
    const std::lock_guard hold(e.lock);
    e.key = key;
    e.state = state;
    e.from = now;
    e.until = now + longest_;
  }

  // The bucket as it was when a call was refused, where that is recent.
  std::optional<bucket> find(bucket_key key, instant now) noexcept {
    entry& e = place_of(key);
    const std::lock_guard hold(e.lock);
    if (e.key != key || now < e.from || now >= e.until) return std::nullopt;
    return e.state;
  }

  void forget(bucket_key key) noexcept {
    entry& e = place_of(key);
    const std::lock_guard hold(e.lock);
    if (e.key == key) e.until = 0;
  }

 private:
  struct alignas(64) entry {
    word_lock lock;
    bucket_key key{};
    bucket state;
    instant from = 0, until = 0;
  };

  entry& place_of(bucket_key key) noexcept { return entries_[key.low % places_]; }

  std::size_t places_;
  duration longest_;
  std::unique_ptr<entry[]> entries_;
};

}  // namespace startgate::store
