// A connection that has logged in, knows the scripts of the store and watches whether the data is still the same: every exchange
// begins with a look at a mark in it, which costs one GET for all the calls that travel together.
#pragma once

#include <startgate/instant.hpp>
#include <startgate/result.hpp>
#include <startgate/store/redis_command.hpp>
#include <startgate/store/redis_connection.hpp>
#include <startgate/store/redis_scripts.hpp>
#include <startgate/store/redis_trouble.hpp>
#include <startgate/store/socket.hpp>

#include <array>
#include <charconv>
#include <initializer_list>
#include <memory>
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
    const std::vector<redis_command> commands = commands_for(batch);
    std::string bytes = look_;
    for (const redis_command& c : commands) c.append_to(bytes, "EVALSHA", c.script() ? digest_of(*c.script()) : "");
    if (!connection_.send(bytes, until)) return false;
    const redis_reply marked = connection_.next(until);
    if (!marked) return false;

    bool stay = true;
    std::vector<const redis_command*> again;  // a server whose scripts were flushed is given the text once more
    for (const redis_command& c : commands) {
      const redis_reply reply = connection_.next(until);
      if (!reply) return false;
      if (is_error(*reply, "NOSCRIPT"))
        again.push_back(&c);
      else
        stay = c.hand_out(*reply) && stay;
    }
    for (const redis_command* c : again) {
      bytes.clear();
      c->append_to(bytes, "EVAL", redis_script_texts[static_cast<std::size_t>(*c->script())]);
      const redis_reply reply = connection_.send(bytes, until) ? connection_.next(until) : nullptr;
      if (!reply) return false;
      stay = c->hand_out(*reply) && stay;
    }
    return same_data(*marked, until) && stay;
  }

 private:
  redis_session(std::unique_ptr<byte_stream> bytes, std::string mark)
      : connection_(std::move(bytes)), mark_(std::move(mark)), look_(bytes_of(std::array<std::string_view, 2>{"GET", mark_})) {}

  std::string_view digest_of(redis_script script) const noexcept { return digests_[static_cast<std::size_t>(script)]; }

  bool same_data(const redisReply& mark, deadline until) {
    if (mark.type == REDIS_REPLY_STRING) {
      const std::string_view text(mark.str, static_cast<std::size_t>(mark.len));
      return std::from_chars(text.data(), text.data() + text.size(), born_).ec == std::errc{};
    }
    return mark.type == REDIS_REPLY_NIL && look_at_the_mark(until) == redis_trouble::none;
  }

  // What an answer means that is not of the wanted type. A server that is loading its data, say, will be there soon.
  static redis_trouble trouble_of(const redis_reply& reply, int wanted) {
    using enum redis_trouble;
    if (reply && reply->type == wanted) return none;
    constexpr std::pair<std::string_view, redis_trouble> known[] = {{"WRONGPASS", credentials_refused},
                                                                    {"NOAUTH", credentials_refused},
                                                                    {"ERR AUTH", credentials_refused},
                                                                    {"ERR invalid password", credentials_refused},
                                                                    {"ERR DB index", database_refused},
                                                                    {"ERR invalid DB index", database_refused},
                                                                    {"ERR SELECT is not", database_refused},
                                                                    {"NOPERM", commands_refused},
                                                                    {"ERR The user executing the script", commands_refused},
                                                                    {"ERR ACL failure in script", commands_refused}};
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
    const std::string nothing = mark_ + ":nothing";
    const auto text = redis_script_texts[static_cast<std::size_t>(redis_script::born)];
    const auto reply = connection_.ask(std::array<std::string_view, 6>{"EVAL", text, "2", mark_, nothing, "0"}, until);
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
  std::string mark_, look_;  // the key, and the command that reads it
  std::array<std::string, redis_scripts> digests_;
  long long born_ = 0;
};

}  // namespace startgate::store
