// One connection: requests in turn, each within its time, until either side is done.
#pragma once

#include "answer.hpp"
#include "incoming.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace startgate::http {

namespace asio = boost::asio;
class server;

// Faults come back as values: most of them are the other side's everyday.
inline constexpr auto quietly = asio::as_tuple(asio::use_awaitable);

struct time_limits {
  std::chrono::milliseconds idle{60'000};     // between requests
  std::chrono::milliseconds request{10'000};  // from the first byte of a request to its last
  std::chrono::milliseconds answer{10'000};   // for the other side to take the answer
  std::chrono::milliseconds linger{2'000};    // after a last answer to somebody who is still sending
  std::chrono::milliseconds grace{5'000};     // at a stop, for requests that are under way
};

class session : public std::enable_shared_from_this<session> {
 public:
  session(asio::ip::tcp::socket socket, server& owner);
  session(const session&) = delete;
  session& operator=(const session&) = delete;
  ~session();

  asio::awaitable<void> run();

  // Closes a connection on which nothing is under way; one that is being served ends with its answer.
  void stop_when_idle();
  bool is_idle() const noexcept { return idle_; }
  // Closes it whatever is under way.
  void abort();

 private:
  // What became of a read.
  enum class reading : std::uint8_t { complete, malformed, too_long, slow, gone };

  asio::awaitable<bool> serve_one();
  asio::awaitable<bool> wait_for_request();
  asio::awaitable<reading> read_header(incoming& in);
  asio::awaitable<reading> read_body(incoming& in);
  asio::awaitable<reading> advance(incoming& in);
  asio::awaitable<bool> read_some();
  asio::awaitable<bool> write(std::string text);
  asio::awaitable<bool> send(answer a, bool close, bool head_only);
  asio::awaitable<void> refuse(reading what);
  asio::awaitable<void> part();
  void allow(std::chrono::milliseconds time);

  asio::ip::tcp::socket socket_;
  asio::steady_timer timer_;
  server& server_;
  boost::beast::flat_buffer buffer_{65'536};
  std::string peer_;
  std::uint64_t allowance_ = 0;  // which one the timer stands for
  bool idle_ = false;
  bool timed_out_ = false;
};

}  // namespace startgate::http
