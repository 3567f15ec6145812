// Who is calling, in a Boost.Beast server: views of the request's own fields, no copy, no allocation.
#include <startgate/client_ip.hpp>
#include <startgate/header_views.hpp>

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <iostream>
#include <string_view>

namespace http = boost::beast::http;

// In a server: `peer` is the text of socket.remote_endpoint().address(), and `proxies` is made once, at start.
startgate::transport_address caller_of(const http::request<http::string_body>& request, std::string_view peer,
                                       const startgate::proxy_trust& proxies) {
  const auto from = startgate::parse_address(peer);
  if (!from) return {std::nullopt, startgate::address_source::peer, startgate::reason::address_peer_invalid};
  const startgate::header_views headers(request, [](const auto& field) {
    return startgate::header{field.name_string(), field.value()};
  });
  if (!headers.complete())
    return {std::nullopt, startgate::address_source::peer, startgate::reason::address_header_invalid};  // answer 431
  return startgate::resolve_transport(proxies, *from, headers.list());
}

int main() {
  const auto proxies = startgate::proxy_trust::make({.trusted_proxies = {*startgate::parse_prefix("10.0.0.0/8")}});
  http::request_parser<http::string_body> parser;
  boost::beast::error_code failed;
  constexpr std::string_view bytes =
      "POST /passwordless/start HTTP/1.1\r\nHost: acme.example\r\nContent-Length: 0\r\n"
      "X-Forwarded-For: 6.6.6.6, 198.51.100.7\r\nX-Forwarded-For: 10.0.0.2\r\n\r\n";
  parser.put(boost::asio::buffer(bytes), failed);
  if (failed) return 1;

  for (const char* peer : {"10.0.0.1", "203.0.113.9"}) {
    const auto caller = caller_of(parser.get(), peer, *proxies);
    std::cout << startgate::print_address(*caller.address).view() << ": " << startgate::sentence_of(caller.reason) << '\n';
  }
}
