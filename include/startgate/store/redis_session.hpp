// A connection that has logged in, knows the scripts of the store and watches whether the data is still the same: every exchange
// begins with a look at a mark in it, which costs one GET for all the calls that travel together.
#pragma once

#include <startgate/instant.hpp>
#include <startgate/result.hpp>
#include <startgate/store/redis_connection.hpp>
#include <startgate/store/redis_scripts.hpp>
#include <startgate/store/redis_trouble.hpp>
#include <startgate/store/socket.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace startgate::store {

struct redis_session_options {
  std::shared_ptr<const connector> server;
  std::string user, password;
  unsigned database = 0;
  std::string mark = "startgate:born";  // the key that tells whether the data is still the same
  duration deadline = 5 * millisecond;  // of one exchange
  duration connect_deadline = second;   // of everything that comes before the first
};

// What one call asks: a script, whose name and digest are put in at [0] and [1], or a command as it stands.
struct redis_request {
  std::optional<redis_script> script;
  std::vector<std::string_view> words;
  redis_reply reply = nullptr;  // null: not answered, or answered with an error
  bool done = false;
};

class redis_session {
 public:
  static result<std::shared_ptr<redis_session>, redis_trouble> open(const redis_session_options& options) {
    const auto until = after(options.connect_deadline);
    auto bytes = options.server->connect(until);
    if (!bytes) return unexpected{redis_trouble::out_of_reach};
    const std::shared_ptr<redis_session> made(new redis_session(std::move(bytes), options.mark));
    redis_trouble trouble = made->log_in(options, until);
    if (trouble == redis_trouble::none) trouble = made->load_scripts(until);
    if (trouble == redis_trouble::none) trouble = made->look_at_the_mark(until);
    if (trouble == redis_trouble::none) trouble = made->answer_in_time(options.deadline);
    if (trouble != redis_trouble::none) return unexpected{trouble};
    return made;
  }

  // When the data began, by the server's clock in microseconds; another number than before means that it was lost in between.
  long long born() const noexcept { return born_; }

  // Asks all of it at once. False where the connection is not one to stay with.
  bool exchange(std::span<redis_request* const> batch, deadline until) {
    redis_request mark{std::nullopt, {"GET", mark_}};
    std::vector<redis_request*> now{&mark};
    for (redis_request* r : batch) {
      if (r->script) r->words[0] = "EVALSHA", r->words[1] = digests_[static_cast<std::size_t>(*r->script)];
      now.push_back(r);
    }
    if (!round_trip(now, until)) return false;
    std::vector<redis_request*> again;  // a server whose scripts were flushed is given the text once more
    for (redis_request* r : batch) {
      if (!is_error(*r->reply, "NOSCRIPT")) continue;
      r->words[0] = "EVAL";
      r->words[1] = redis_script_texts[static_cast<std::size_t>(*r->script)];
      again.push_back(r);
    }
    if (!again.empty() && !round_trip(again, until)) return false;
    return same_data(mark, until) & good(batch);
  }

 private:
  redis_session(std::unique_ptr<byte_stream> bytes, std::string mark) : connection_(std::move(bytes)), mark_(std::move(mark)) {}

  bool round_trip(std::span<redis_request* const> batch, deadline until) {
    std::string bytes;
    for (redis_request* r : batch) append_command(bytes, r->words), r->reply.reset();
    bool whole = connection_.send(bytes, until);
    for (redis_request* r : batch) {
      if (whole) r->reply = connection_.next(until);
      whole = whole && r->reply != nullptr;
    }
    if (!whole)
      for (redis_request* r : batch) r->reply.reset();
    return whole;
  }

  // An error is nobody's answer. What is wrong with one command leaves the others alone; a server that is loading, read only or out
  // of memory is left.
  static bool good(std::span<redis_request* const> batch) noexcept {
    bool stay = true;
    for (redis_request* r : batch) {
      if (!is_error(*r->reply)) continue;
      stay = stay && (is_error(*r->reply, "ERR ") || is_error(*r->reply, "WRONGTYPE "));
      r->reply.reset();
    }
    return stay;
  }

  bool same_data(const redis_request& mark, deadline until) {
    if (mark.reply->type == REDIS_REPLY_STRING) {
      const std::string_view text(mark.reply->str, static_cast<std::size_t>(mark.reply->len));
      return std::from_chars(text.data(), text.data() + text.size(), born_).ec == std::errc{};
    }
    return mark.reply->type == REDIS_REPLY_NIL && look_at_the_mark(until) == redis_trouble::none;
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

  redis_trouble log_in(const redis_session_options& o, deadline until) {
    const auto tell = [&](std::initializer_list<std::string_view> command) {
      return trouble_of(connection_.ask({command.begin(), command.size()}, until), REDIS_REPLY_STATUS);
    };
    redis_trouble trouble = redis_trouble::none;
    if (!o.password.empty()) trouble = o.user.empty() ? tell({"AUTH", o.password}) : tell({"AUTH", o.user, o.password});
    if (trouble == redis_trouble::none && o.database != 0) trouble = tell({"SELECT", std::to_string(o.database)});
    return trouble;
  }

  redis_trouble load_scripts(deadline until) {
    for (std::size_t i = 0; i < redis_scripts; ++i) {
      const auto reply = connection_.ask(std::array<std::string_view, 3>{"SCRIPT", "LOAD", redis_script_texts[i]}, until);
      if (const auto trouble = trouble_of(reply, REDIS_REPLY_STRING); trouble != redis_trouble::none) return trouble;
      digests_[i].assign(reply->str, static_cast<std::size_t>(reply->len));
    }
    return redis_trouble::none;
  }

  // Puts the mark there where it is missing.
  redis_trouble look_at_the_mark(deadline until) {
    const auto text = redis_script_texts[static_cast<std::size_t>(redis_script::born)];
    const auto reply = connection_.ask(std::array<std::string_view, 5>{"EVAL", text, "1", mark_, "0"}, until);
    if (const auto trouble = trouble_of(reply, REDIS_REPLY_INTEGER); trouble != redis_trouble::none) return trouble;
    born_ = reply->integer;
    return redis_trouble::none;
  }

  // A server that is slower than the deadline is not put before callers, or each of them would have to find that out.
  redis_trouble answer_in_time(duration deadline) {
    const auto reply = connection_.ask(std::array<std::string_view, 1>{"PING"}, after(deadline));
    return reply ? trouble_of(reply, REDIS_REPLY_STATUS) : redis_trouble::too_slow;
  }

  redis_connection connection_;
  std::string mark_;
  std::array<std::string, redis_scripts> digests_;
  long long born_ = 0;
};

}  // namespace startgate::store
