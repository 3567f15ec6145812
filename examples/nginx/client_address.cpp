// Answers nginx's auth_request with the caller's address: 204 and X-Client-Address, or 403 where there is none. Boost.Beast reads
// the request; startgate sees views of Beast's own fields. Whoever sends nothing, or goes away, is let go and holds nobody up.
#include <startgate/client_ip.hpp>
#include <startgate/header_views.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <utility>

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::beast::error_code;

constexpr std::chrono::seconds patience{5};

auto noting(error_code& failed) { return asio::redirect_error(asio::use_awaitable, failed); }

// From bytes: as text a link-local address carries its zone, which is no part of it.
startgate::address address_of(const asio::ip::address& a) {
  return a.is_v4() ? startgate::address::v4(a.to_v4().to_uint()) : startgate::address::from_bytes(a.to_v6().to_bytes());
}

// Nothing where the fields do not fit or the settings want an error.
std::optional<startgate::address> caller_of(const http::fields& fields, const tcp::endpoint& peer,
                                            const startgate::proxy_trust& proxies) {
  const startgate::header_views headers(fields, [](const auto& f) { return startgate::header{f.name_string(), f.value()}; });
  if (!headers.complete()) return std::nullopt;
  return startgate::resolve_transport(proxies, address_of(peer.address()), headers.list()).address;
}

asio::awaitable<void> answer(tcp::socket socket, const startgate::proxy_trust& proxies) {
  error_code failed;
  const tcp::endpoint peer = socket.remote_endpoint(failed);
  if (failed) co_return;
  boost::beast::tcp_stream stream(std::move(socket));
  stream.expires_after(patience);
  boost::beast::flat_buffer buffer;
  http::request<http::empty_body> request;
  co_await http::async_read(stream, buffer, request, noting(failed));
  if (failed) co_return;
  const auto caller = caller_of(request, peer, proxies);
  http::response<http::empty_body> response(caller ? http::status::no_content : http::status::forbidden, request.version());
  if (caller) response.set("X-Client-Address", startgate::print_address(*caller).view());
  response.keep_alive(false);
  response.prepare_payload();
  co_await http::async_write(stream, response, noting(failed));
}

asio::awaitable<void> serve(tcp::acceptor& acceptor, const startgate::proxy_trust& proxies) {
  asio::steady_timer pause(acceptor.get_executor());
  for (;;) {
    error_code failed;
    tcp::socket socket = co_await acceptor.async_accept(noting(failed));
    if (!failed) {
      asio::co_spawn(acceptor.get_executor(), answer(std::move(socket), proxies), asio::detached);
      continue;
    }
    pause.expires_after(std::chrono::milliseconds(50));  // gone again, or no descriptor left
    co_await pause.async_wait(noting(failed));
  }
}

int main(int count, char** arguments) {
  // nginx is the only proxy, and it is on this machine. With a load balancer before it, add that one's prefix.
  const auto proxies = startgate::proxy_trust::make({.trusted_proxies = {*startgate::parse_prefix("127.0.0.0/8")}});
  const auto port = static_cast<unsigned short>(count > 1 ? std::atoi(arguments[1]) : 8081);
  asio::io_context io(1);
  tcp::acceptor acceptor(io, {asio::ip::address_v4::loopback(), port});
  std::cout << "listening on 127.0.0.1:" << acceptor.local_endpoint().port() << std::endl;
  asio::co_spawn(io, serve(acceptor, *proxies), asio::detached);
  io.run();
}
