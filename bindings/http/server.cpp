#include "server.hpp"

#include <boost/asio/co_spawn.hpp>

#include <algorithm>
#include <chrono>
#include <exception>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace startgate::http {

namespace {

// A fault of one connection (memory, say) is the end of that connection only.
void forget(std::exception_ptr) noexcept {}

}  // namespace

server::server(asio::io_context& loop, asio::ip::tcp::acceptor listener, site& served, time_limits times)
    : loop_(loop), listener_(std::move(listener)), site_(served), times_(times), patience_(loop) {}

instant server::now() noexcept {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<instant>(std::chrono::duration_cast<std::chrono::nanoseconds>(since_epoch).count());
}

void server::start() { asio::co_spawn(loop_, accept_all(), forget); }

void server::stop() {
  if (std::exchange(stopping_, true)) return;
  boost::system::error_code ignored;
  listener_.close(ignored);
  for (session* s : std::vector<session*>(sessions_.begin(), sessions_.end())) s->stop_when_idle();
  if (sessions_.empty()) return;
  patience_.expires_after(times_.grace);
  patience_.async_wait([this](boost::system::error_code cancelled) {
    if (cancelled) return;
    for (session* s : std::vector<session*>(sessions_.begin(), sessions_.end())) s->abort();
  });
}

void server::remove(session& s) {
  sessions_.erase(&s);
  if (stopping_ && sessions_.empty()) patience_.cancel();
}

asio::awaitable<void> server::accept_all() {
  while (!stopping_) {
    auto [fault, socket] = co_await listener_.async_accept(quietly);
    if (stopping_) co_return;
    if (!fault) {
      try {
        open(std::move(socket));
      } catch (const std::exception&) {
        // No memory for one more connection: the listener goes on.
      }
      continue;
    }
    // Out of descriptors, usually: some will come back.
    asio::steady_timer pause(loop_, std::chrono::milliseconds(50));
    co_await pause.async_wait(quietly);
  }
}

// A full house shows out a connection on which nothing is under way, so that holding connections open keeps nobody out.
bool server::make_room() {
  if (sessions_.size() < most_connections) return true;
  const auto idle = std::find_if(sessions_.begin(), sessions_.end(), [](const session* s) { return s->is_idle(); });
  if (idle == sessions_.end()) return false;
  (*idle)->abort();
  return true;
}

void server::open(asio::ip::tcp::socket socket) {
  if (!make_room()) {
    constexpr std::string_view busy =
        "HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    boost::system::error_code ignored;
    socket.non_blocking(true, ignored);
    socket.write_some(asio::buffer(busy), ignored);
    return;
  }
  const auto opened = std::make_shared<session>(std::move(socket), *this);
  asio::co_spawn(
      loop_, [opened]() { return opened->run(); }, forget);
}

}  // namespace startgate::http
