// The sockets: one thread, one listener, at most so many connections, and an end that finishes what was begun.
#pragma once

#include "session.hpp"
#include "site.hpp"

#include <startgate/instant.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstddef>
#include <unordered_set>

namespace startgate::http {

class server {
 public:
  static constexpr std::size_t most_connections = 1'000;

  server(asio::io_context& loop, asio::ip::tcp::acceptor listener, site& served, time_limits times);

  void start();
  // No new connections; idle ones are closed, the others finish their request. The loop runs out of work by itself.
  void stop();

  bool stopping() const noexcept { return stopping_; }
  site& served() noexcept { return site_; }
  const time_limits& times() const noexcept { return times_; }
  static instant now() noexcept;

  void add(session& s) { sessions_.insert(&s); }
  void remove(session& s);

 private:
  asio::awaitable<void> accept_all();
  void open(asio::ip::tcp::socket socket);
  bool make_room();

  asio::io_context& loop_;
  asio::ip::tcp::acceptor listener_;
  site& site_;
  time_limits times_;
  asio::steady_timer patience_;
  std::unordered_set<session*> sessions_;
  bool stopping_ = false;
};

}  // namespace startgate::http
