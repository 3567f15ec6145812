// Where the server listens, and where browsers find it.
#pragma once

#include <startgate/result.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

namespace startgate::http {

using endpoint = boost::asio::ip::tcp::endpoint;

// `127.0.0.1:8080`, `[::1]:0`, `localhost:8080`; nothing is looked up.
inline result<endpoint, std::string> read_endpoint(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  std::string_view host = text.substr(0, colon);
  const std::string_view digits = colon == std::string_view::npos ? std::string_view{} : text.substr(colon + 1);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  std::uint16_t port = 0;
  const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  boost::system::error_code bad;
  const auto address = boost::asio::ip::make_address(host == "localhost" ? "127.0.0.1" : std::string(host), bad);
  if (bad || digits.empty() || fault != std::errc{} || end != digits.data() + digits.size())
    return unexpected<std::string>{"--listen: expected an address and a port, such as `127.0.0.1:8080` or `[::1]:0`"};
  return endpoint(address, port);
}

inline std::string url_of(const endpoint& e) {
  const std::string host = e.address().to_string();
  return "http://" + (e.address().is_v6() ? "[" + host + "]" : host) + ":" + std::to_string(e.port());
}

inline result<boost::asio::ip::tcp::acceptor, std::string> listen_on(boost::asio::io_context& loop, const endpoint& where) {
  boost::asio::ip::tcp::acceptor listener(loop);
  boost::system::error_code fault;
  listener.open(where.protocol(), fault);
  if (!fault) listener.set_option(boost::asio::socket_base::reuse_address(true), fault);
  if (!fault) listener.bind(where, fault);
  if (!fault) listener.listen(boost::asio::socket_base::max_listen_connections, fault);
  if (fault) return unexpected{"--listen " + url_of(where).substr(7) + ": " + fault.message()};
  return listener;
}

}  // namespace startgate::http
