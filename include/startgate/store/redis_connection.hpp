// One connection to a Redis: commands out, replies in, each batch before a deadline. A connection that failed once is thrown away:
// what it still has to say belongs to calls that have gone.
#pragma once

#include <startgate/byte_stream.hpp>
#include <startgate/store/socket.hpp>

#include <hiredis/hiredis.h>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace startgate::store {

struct free_reply {
  void operator()(redisReply* r) const noexcept { freeReplyObject(r); }
};
using redis_reply = std::unique_ptr<redisReply, free_reply>;

inline bool is_error(const redisReply& r, std::string_view prefix = {}) noexcept {
  return r.type == REDIS_REPLY_ERROR && std::string_view(r.str, static_cast<std::size_t>(r.len)).starts_with(prefix);
}

// A command as it goes over the wire (RESP: an array of bulk strings).
class command_bytes {
 public:
  void add(std::string_view word) {
    append_number('$', word.size(), words_);
    words_.append(word).append("\r\n");
    ++count_;
  }
  void add(std::span<const std::string_view> words) {
    for (const std::string_view w : words) add(w);
  }
  void append_to(std::string& out) const {
    append_number('*', count_, out);
    out.append(words_);
  }

 private:
  static void append_number(char mark, std::size_t n, std::string& out) {
    out.append(1, mark).append(std::to_string(n)).append("\r\n");
  }

  std::string words_;
  std::size_t count_ = 0;
};

inline std::string bytes_of(std::span<const std::string_view> words) {
  command_bytes command;
  command.add(words);
  std::string bytes;
  command.append_to(bytes);
  return bytes;
}

class redis_connection {
 public:
  explicit redis_connection(std::unique_ptr<byte_stream> bytes) : bytes_(std::move(bytes)), reader_(redisReaderCreate()) {}

  bool send(std::string_view commands, deadline until) noexcept { return bytes_->write_all(commands, until); }

  // The next reply, or null where none came in time or what came is no RESP.
  redis_reply next(deadline until) noexcept {
    std::array<char, 16'384> chunk;
    while (true) {
      void* reply = nullptr;
      if (redisReaderGetReply(reader_.get(), &reply) != REDIS_OK) return nullptr;
      if (reply != nullptr) return redis_reply(static_cast<redisReply*>(reply));
      if (after(0) >= until) return nullptr;  // also where bytes never stop coming
      const std::size_t n = bytes_->read_some(chunk, until);
      if (n == 0 || redisReaderFeed(reader_.get(), chunk.data(), n) != REDIS_OK) return nullptr;
    }
  }

  redis_reply ask(std::span<const std::string_view> arguments, deadline until) {
    return send(bytes_of(arguments), until) ? next(until) : nullptr;
  }

 private:
  struct free_reader {
    void operator()(redisReader* r) const noexcept { redisReaderFree(r); }
  };

  std::unique_ptr<byte_stream> bytes_;
  std::unique_ptr<redisReader, free_reader> reader_;
};

}  // namespace startgate::store
