// Many threads, one connection: calls that come while another one's batch is under way wait for it and travel together in the next,
// one write and one read for all. No caller ever connects: a thread of the pipeline does, so that a server that is away, stopped or
// slow costs the calls that met it their deadline, and all others nothing.
#pragma once

#include <startgate/instant.hpp>
#include <startgate/store/redis_command.hpp>
#include <startgate/store/redis_session.hpp>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <thread>
#include <utility>
#include <vector>

namespace startgate::store {

// A call that has to wait for another one's batch takes at most twice the deadline. The constructor waits for the first attempt to
// connect.
struct redis_pipeline_options : redis_session_options {
  std::chrono::milliseconds shortest_pause{50}, longest_pause{2'000};  // between attempts
};

class redis_pipeline {
 public:
  using clock = std::chrono::steady_clock;

  explicit redis_pipeline(redis_pipeline_options options)
      : options_(std::move(options)), connecting_([this] { keep_connected(); }) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::nanoseconds(options_.connect_deadline),
                      [this] { return session_ != nullptr || attempts_ > 0; });
  }

  ~redis_pipeline() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
    connecting_.join();
  }

  redis_pipeline(const redis_pipeline&) = delete;
  redis_pipeline& operator=(const redis_pipeline&) = delete;

  // Waits for the answer, at most as long as the deadlines say; there is none where the server is out of reach or refused.
  void run(redis_request& r) {
    std::unique_lock lock(mutex_);
    if (!session_) return;
    waiting_.push_back(&r);
    while (!r.done) {
      if (leading_)
        changed_.wait(lock);
      else
        lead(lock);
    }
  }

  bool connected() const {
    const std::lock_guard lock(mutex_);
    return session_ != nullptr;
  }

  // Why not, as of the last attempt.
  redis_trouble trouble() const {
    const std::lock_guard lock(mutex_);
    return session_ ? redis_trouble::none : trouble_;
  }

  // When it was noticed that the server had lost everything, if it ever did.
  std::optional<clock::time_point> lost() const {
    const std::lock_guard lock(mutex_);
    return lost_;
  }

 private:
  // Takes everything that waits through one exchange. The lock is given up meanwhile; `leading_` keeps everybody else waiting.
  void lead(std::unique_lock<std::mutex>& lock) {
    const std::vector<redis_request*> batch = std::exchange(waiting_, {});
    const std::shared_ptr<redis_session> session = session_;
    leading_ = true;
    lock.unlock();
    const bool whole = session && exchange(*session, batch);
    lock.lock();
    leading_ = false;
    served_ = served_ || whole;
    if (session) see_whether_data_was_lost(*session);
    if (!whole && session_ == session) session_.reset();
    for (redis_request* r : batch) r->done = true;
    changed_.notify_all();
  }

  result<std::shared_ptr<redis_session>, redis_trouble> open() const noexcept {
    try {
      return redis_session::open(options_);
    } catch (...) {  // no memory, or a connector that throws
      return unexpected{redis_trouble::out_of_reach};
    }
  }

  bool exchange(redis_session& session, std::span<redis_request* const> batch) const noexcept {
    try {
      return session.exchange(batch, after(options_.deadline));
    } catch (...) {  // no memory for the commands
      return false;
    }
  }

  void see_whether_data_was_lost(const redis_session& session) {
    if (born_ != 0 && born_ != session.born()) lost_ = clock::now();
    born_ = session.born();
  }

  void keep_connected() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
      if (session_) {
        changed_.wait(lock, [this] { return stopping_ || !session_; });
        continue;
      }
      const unsigned failures = served_ ? 0 : failures_;
      if (failures > 0) {
        const auto pause = std::min(options_.longest_pause, options_.shortest_pause * (1U << std::min(failures - 1, 10U)));
        if (changed_.wait_for(lock, pause, [this] { return stopping_; })) return;
      }
      lock.unlock();
      auto made = open();
      lock.lock();
      served_ = false;
      failures_ = failures + 1;  // until the connection has served somebody
      ++attempts_;
      if (made) {
        see_whether_data_was_lost(**made);
        session_ = std::move(*made);
      } else {
        trouble_ = made.error();
      }
      changed_.notify_all();
    }
  }

  redis_pipeline_options options_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::shared_ptr<redis_session> session_;  // null while there is none
  std::vector<redis_request*> waiting_;
  bool leading_ = false, stopping_ = false;
  bool served_ = false;  // this session, or the last one, has served somebody
  unsigned failures_ = 0, attempts_ = 0;
  redis_trouble trouble_ = redis_trouble::out_of_reach;
  long long born_ = 0;  // of the data that was last seen
  std::optional<clock::time_point> lost_;
  std::thread connecting_;  // last: it uses all the others
};

}  // namespace startgate::store
