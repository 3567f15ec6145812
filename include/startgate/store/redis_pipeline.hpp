// Many threads, one connection: calls that come while another one's batch is under way wait for it and travel together in the next,
// one write and one read for all. No caller ever connects: a thread of the pipeline does, so that a server that is away, stopped or
// slow costs the calls that met it their deadline, and all others nothing.
#pragma once

#include <startgate/store/redis_connection.hpp>
#include <startgate/store/redis_scripts.hpp>
#include <startgate/store/socket.hpp>

#include <array>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace startgate::store {

struct redis_pipeline_options {
  std::shared_ptr<const connector> server;
  std::string user, password;
  unsigned database = 0;
  std::string mark = "startgate:born";  // the key that tells whether the data is still the same
  std::chrono::microseconds deadline{
      5'000};  // of one batch: a call that has to wait for another one's takes at most twice as long
  std::chrono::milliseconds connect_deadline{1'000};  // of the connecting thread, and of the constructor that waits for it
  std::chrono::milliseconds shortest_pause{50}, longest_pause{2'000};  // between attempts
};

class redis_pipeline {
 public:
  using clock = std::chrono::steady_clock;

  explicit redis_pipeline(redis_pipeline_options options)
      : options_(std::move(options)), connecting_([this] { keep_connected(); }) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, options_.connect_deadline, [this] { return connection_ != nullptr || attempts_ > 0; });
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

  // Runs a script before the deadline; null where the server is out of reach or refused to run it.
  redis_reply run(redis_script script, std::span<const std::string_view> keys, std::span<const std::string_view> arguments) {
    const std::string count = std::to_string(keys.size());
    request r{script, {"EVALSHA", {}, count}, {}, nullptr, false};
    r.command.insert(r.command.end(), keys.begin(), keys.end());
    r.command.insert(r.command.end(), arguments.begin(), arguments.end());
    std::unique_lock lock(mutex_);
    if (!connection_) return nullptr;
    waiting_.push_back(&r);
    while (!r.done) {
      if (leading_)
        changed_.wait(lock);
      else
        lead(lock);
    }
    return std::move(r.reply);
  }

  // Commands of another kind, such as DEL. True where the server took it.
  bool tell(std::initializer_list<std::string_view> command) {
    request r{std::nullopt, command, {}, nullptr, false};
    std::unique_lock lock(mutex_);
    if (!connection_) return false;
    waiting_.push_back(&r);
    while (!r.done) {
      if (leading_)
        changed_.wait(lock);
      else
        lead(lock);
    }
    return r.reply != nullptr;
  }

  bool connected() const {
    const std::lock_guard lock(mutex_);
    return connection_ != nullptr;
  }

  // When it was noticed that the server had lost everything, if it ever did.
  std::optional<clock::time_point> lost() const {
    const std::lock_guard lock(mutex_);
    return lost_;
  }

 private:
  struct request {
    std::optional<redis_script> script;
    std::vector<std::string_view> command;
    std::string bytes;
    redis_reply reply;
    bool done;
  };

  // Takes everything that waits through one exchange. The lock is given up meanwhile; `leading_` keeps everybody else waiting.
  void lead(std::unique_lock<std::mutex>& lock) {
    const std::vector<request*> batch = std::exchange(waiting_, {});
    const std::shared_ptr<redis_connection> connection = connection_;
    leading_ = true;
    lock.unlock();
    const bool whole = connection && exchange(*connection, batch);
    lock.lock();
    leading_ = false;
    served_ = served_ || whole;
    if (!whole && connection_ == connection) connection_.reset();
    for (request* r : batch) r->done = true;
    changed_.notify_all();
  }

  bool exchange(redis_connection& connection, const std::vector<request*>& batch) {
    const auto until = after(options_.deadline);
    for (request* r : batch)
      if (r->script) r->command[1] = digests_[static_cast<std::size_t>(*r->script)];
    if (!round_trip(connection, batch, until)) return false;
    std::vector<request*> again;  // a server whose scripts were flushed is given the text once more
    for (request* r : batch) {
      if (!is_error(*r->reply, "NOSCRIPT")) continue;
      r->command[0] = "EVAL";
      r->command[1] = redis_script_texts[static_cast<std::size_t>(*r->script)];
      again.push_back(r);
    }
    if (!again.empty() && !round_trip(connection, again, until)) return false;
    bool whole = true;
    for (request* r : batch)
      if (is_error(*r->reply)) r->reply.reset(), whole = false;  // loading, read only, out of memory: not a server to stay with
    return whole;
  }

  static bool round_trip(redis_connection& connection, const std::vector<request*>& batch, deadline until) {
    std::string bytes;
    for (request* r : batch) append_command(bytes, r->command), r->reply.reset();
    bool whole = connection.send(bytes, until);
    for (request* r : batch) {
      if (whole) r->reply = connection.next(until);
      whole = whole && r->reply != nullptr;
    }
    if (!whole)
      for (request* r : batch) r->reply.reset();
    return whole;
  }

  void keep_connected() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
      if (connection_) {
        changed_.wait(lock, [this] { return stopping_ || !connection_; });
        continue;
      }
      const unsigned failures = served_ ? 0 : failures_;
      if (failures > 0) {
        const auto pause = std::min(options_.longest_pause, options_.shortest_pause * (1U << std::min(failures - 1, 10U)));
        if (changed_.wait_for(lock, pause, [this] { return stopping_; })) return;
      }
      lock.unlock();
      auto made = connect();
      lock.lock();
      served_ = false;
      failures_ = failures + 1;  // until the connection has served somebody
      ++attempts_;
      connection_ = std::move(made);
      changed_.notify_all();
    }
  }

  std::shared_ptr<redis_connection> connect() {
    const auto until = after(options_.connect_deadline);
    auto bytes = options_.server->connect(until);
    if (!bytes) return nullptr;
    auto made = std::make_shared<redis_connection>(std::move(bytes));
    const auto accepted = [&](std::initializer_list<std::string_view> command) {
      const auto reply = made->ask(command, until);
      return reply && !is_error(*reply);
    };
    if (!options_.password.empty() &&
        !(options_.user.empty() ? accepted({"AUTH", options_.password}) : accepted({"AUTH", options_.user, options_.password})))
      return nullptr;
    if (options_.database != 0 && !accepted({"SELECT", std::to_string(options_.database)})) return nullptr;
    return load_scripts(*made, until) && look_at_the_mark(*made, until) && answers_in_time(*made) ? made : nullptr;
  }

  bool load_scripts(redis_connection& connection, deadline until) {
    for (std::size_t i = 0; i < redis_scripts; ++i) {
      const auto reply = connection.ask(std::array<std::string_view, 3>{"SCRIPT", "LOAD", redis_script_texts[i]}, until);
      if (!reply || reply->type != REDIS_REPLY_STRING) return false;
      const std::lock_guard lock(mutex_);
      if (digests_[i].empty())
        digests_[i].assign(reply->str, static_cast<std::size_t>(reply->len));  // of the text alone: never another
    }
    return true;
  }

  bool look_at_the_mark(redis_connection& connection, deadline until) {
    const auto text = redis_script_texts[static_cast<std::size_t>(redis_script::born)];
    const auto reply = connection.ask(std::array<std::string_view, 5>{"EVAL", text, "1", options_.mark, "0"}, until);
    if (!reply || reply->type != REDIS_REPLY_INTEGER) return false;
    const std::lock_guard lock(mutex_);
    if (born_ != 0 && born_ != reply->integer) lost_ = clock::now();
    born_ = reply->integer;
    return true;
  }

  // A server that is slower than the deadline is not put before callers, or each of them would have to find that out.
  bool answers_in_time(redis_connection& connection) const {
    const auto reply = connection.ask(std::array<std::string_view, 1>{"PING"}, after(options_.deadline));
    return reply && !is_error(*reply);
  }

  redis_pipeline_options options_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::shared_ptr<redis_connection> connection_;  // null while there is none
  std::vector<request*> waiting_;
  bool leading_ = false, stopping_ = false;
  bool served_ = false;  // this connection, or the last one, has served somebody
  unsigned failures_ = 0, attempts_ = 0;
  std::array<std::string, redis_scripts> digests_;
  long long born_ = 0;
  std::optional<clock::time_point> lost_;
  std::thread connecting_;  // last: it uses all the others
};

}  // namespace startgate::store
