// Answers nginx's auth_request with the caller's address: 204 and X-Client-Address, or 403 where there is none. Boost.Beast reads
// the request; startgate sees views of Beast's own fields. One connection at a time, enough to show the join.
#include <startgate/client_ip.hpp>
#include <startgate/header_views.hpp>

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <cstdlib>
#include <iostream>
#include <optional>

namespace http = boost::beast::http;
using boost::asio::ip::tcp;

// Nothing where the fields do not fit or the settings want an error.
std::optional<startgate::address> caller_of(const http::fields& fields, const tcp::endpoint& peer,
                                            const startgate::proxy_trust& proxies) {
  const auto from = startgate::parse_address(peer.address().to_string());
  const startgate::header_views headers(fields, [](const auto& f) { return startgate::header{f.name_string(), f.value()}; });
  if (!from || !headers.complete()) return std::nullopt;
  return startgate::resolve_transport(proxies, *from, headers.list()).address;
}

void answer(tcp::socket& socket, const startgate::proxy_trust& proxies) {
  boost::beast::flat_buffer buffer;
  boost::beast::error_code failed;
  http::request<http::empty_body> request;
  http::read(socket, buffer, request, failed);
  if (failed) return;
  const auto caller = caller_of(request, socket.remote_endpoint(), proxies);
  http::response<http::empty_body> response(caller ? http::status::no_content : http::status::forbidden, request.version());
  if (caller) response.set("X-Client-Address", startgate::print_address(*caller).view());
  response.keep_alive(false);
  response.prepare_payload();
  http::write(socket, response, failed);
}

int main(int count, char** arguments) {
  // nginx is the only proxy, and it is on this machine. With a load balancer before it, add that one's prefix.
  const auto proxies = startgate::proxy_trust::make({.trusted_proxies = {*startgate::parse_prefix("127.0.0.0/8")}});
  const auto port = static_cast<unsigned short>(count > 1 ? std::atoi(arguments[1]) : 8081);
  boost::asio::io_context io;
  tcp::acceptor acceptor(io, {boost::asio::ip::address_v4::loopback(), port});
  std::cout << "listening on 127.0.0.1:" << acceptor.local_endpoint().port() << std::endl;
  for (;;) {
    tcp::socket socket = acceptor.accept();
    answer(socket, *proxies);
  }
}
