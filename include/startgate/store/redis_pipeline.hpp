// Many threads, one connection: calls that come while another one's batch is under way wait for it and travel together in the next,
// one write and one read for all. No caller ever connects: a thread of the pipeline does, so that a server that is away, stopped or
// slow costs the calls that met it their deadline, and all others nothing.
#pragma once

#include <startgate/instant.hpp>
#include <startgate/result.hpp>
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
  duration deadline = 5 * millisecond;  // of one batch: a call that has to wait for another one's takes at most twice as long
  duration connect_deadline = second;   // of the connecting thread, and of the constructor that waits for it
  std::chrono::milliseconds shortest_pause{50}, longest_pause{2'000};  // between attempts
};

// Why there is no connection.
enum class redis_trouble : std::uint8_t {
  none,
  out_of_reach,
  too_slow,
  credentials_refused,
  database_refused,
  commands_refused,
};

constexpr std::string_view sentence_of(redis_trouble t) noexcept {
  switch (t) {
    case redis_trouble::none: break;
    case redis_trouble::out_of_reach:
      return "the server cannot be reached; until it can, each limit does what its `unavailable` says";
    case redis_trouble::too_slow:
      return "the server takes longer than `deadline_ms`; until it does not, each limit does what its `unavailable` says";
    case redis_trouble::credentials_refused:
      return "the server refuses the user or the password; correct what stands before the @";
    case redis_trouble::database_refused: return "the server has no such database; correct its number";
    case redis_trouble::commands_refused:
      return "the user may not run what the store needs; allow it +@scripting +get +set +del +time +ping +select";
  }
  return {};
}

class redis_pipeline {
 public:
  using clock = std::chrono::steady_clock;

  explicit redis_pipeline(redis_pipeline_options options)
      : options_(std::move(options)), connecting_([this] { keep_connected(); }) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::nanoseconds(options_.connect_deadline),
                      [this] { return connection_ != nullptr || attempts_ > 0; });
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

  // Why not, as of the last attempt.
  redis_trouble trouble() const {
    const std::lock_guard lock(mutex_);
    return connection_ ? redis_trouble::none : trouble_;
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
      if (made)
        connection_ = std::move(*made);
      else
        trouble_ = made.error();
      changed_.notify_all();
    }
  }

  result<std::shared_ptr<redis_connection>, redis_trouble> connect() {
    const auto until = after(options_.connect_deadline);
    auto bytes = options_.server->connect(until);
    if (!bytes) return unexpected{redis_trouble::out_of_reach};
    const auto made = std::make_shared<redis_connection>(std::move(bytes));
    redis_trouble trouble = log_in(*made, until);
    if (trouble == redis_trouble::none) trouble = load_scripts(*made, until);
    if (trouble == redis_trouble::none) trouble = look_at_the_mark(*made, until);
    if (trouble == redis_trouble::none) trouble = answers_in_time(*made);
    if (trouble != redis_trouble::none) return unexpected{trouble};
    return made;
  }

  // What an answer means that is not of the wanted type. A server that is loading its data, say, will be there soon.
  static redis_trouble trouble_of(const redis_reply& reply, int wanted) {
    using enum redis_trouble;
    if (reply && reply->type == wanted) return none;
    constexpr std::pair<std::string_view, redis_trouble> known[] = {
        {"WRONGPASS", credentials_refused},      {"NOAUTH", credentials_refused},
        {"ERR AUTH", credentials_refused},       {"ERR invalid password", credentials_refused},
        {"ERR DB index", database_refused},      {"ERR invalid DB index", database_refused},
        {"ERR SELECT is not", database_refused}, {"NOPERM", commands_refused}};
    for (const auto& [text, means] : known)
      if (reply && is_error(*reply, text)) return means;
    return out_of_reach;
  }

  redis_trouble log_in(redis_connection& connection, deadline until) const {
    const auto tell = [&](std::initializer_list<std::string_view> command) {
      return trouble_of(connection.ask({command.begin(), command.size()}, until), REDIS_REPLY_STATUS);
    };
    redis_trouble trouble = redis_trouble::none;
    if (!options_.password.empty())
      trouble = options_.user.empty() ? tell({"AUTH", options_.password}) : tell({"AUTH", options_.user, options_.password});
    if (trouble == redis_trouble::none && options_.database != 0) trouble = tell({"SELECT", std::to_string(options_.database)});
    return trouble;
  }

  redis_trouble load_scripts(redis_connection& connection, deadline until) {
    for (std::size_t i = 0; i < redis_scripts; ++i) {
      const auto reply = connection.ask(std::array<std::string_view, 3>{"SCRIPT", "LOAD", redis_script_texts[i]}, until);
      if (const auto trouble = trouble_of(reply, REDIS_REPLY_STRING); trouble != redis_trouble::none) return trouble;
      const std::lock_guard lock(mutex_);
      if (digests_[i].empty())
        digests_[i].assign(reply->str, static_cast<std::size_t>(reply->len));  // of the text alone: never another
    }
    return redis_trouble::none;
  }

  redis_trouble look_at_the_mark(redis_connection& connection, deadline until) {
    const auto text = redis_script_texts[static_cast<std::size_t>(redis_script::born)];
    const auto reply = connection.ask(std::array<std::string_view, 5>{"EVAL", text, "1", options_.mark, "0"}, until);
    if (const auto trouble = trouble_of(reply, REDIS_REPLY_INTEGER); trouble != redis_trouble::none) return trouble;
    const std::lock_guard lock(mutex_);
    if (born_ != 0 && born_ != reply->integer) lost_ = clock::now();
    born_ = reply->integer;
    return redis_trouble::none;
  }

  // A server that is slower than the deadline is not put before callers, or each of them would have to find that out.
  redis_trouble answers_in_time(redis_connection& connection) const {
    const auto reply = connection.ask(std::array<std::string_view, 1>{"PING"}, after(options_.deadline));
    return reply ? trouble_of(reply, REDIS_REPLY_STATUS) : redis_trouble::too_slow;
  }

  redis_pipeline_options options_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::shared_ptr<redis_connection> connection_;  // null while there is none
  std::vector<request*> waiting_;
  bool leading_ = false, stopping_ = false;
  bool served_ = false;  // this connection, or the last one, has served somebody
  unsigned failures_ = 0, attempts_ = 0;
  redis_trouble trouble_ = redis_trouble::out_of_reach;
  std::array<std::string, redis_scripts> digests_;
  long long born_ = 0;
  std::optional<clock::time_point> lost_;
  std::thread connecting_;  // last: it uses all the others
};

}  // namespace startgate::store
