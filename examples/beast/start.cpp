// POST /passwordless/start behind Boost.Beast: the gate decides each request before a code is sent to anybody. Beast's own fields
// are viewed, not copied.
#include <startgate/header_views.hpp>
#include <startgate/json/body.hpp>
#include <startgate/json/decision.hpp>
#include <startgate/openssl/verifier.hpp>
#include <startgate/startgate.hpp>
#include <startgate/store/memory.hpp>

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
#include <utility>

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::beast::error_code;

auto noting(error_code& failed) { return asio::redirect_error(asio::use_awaitable, failed); }

using gate = startgate::gate<startgate::openssl::verifier, startgate::memory_store>;

// From bytes: as text a link-local address carries its zone, which is no part of it.
startgate::address address_of(const asio::ip::address& a) {
  return a.is_v4() ? startgate::address::v4(a.to_v4().to_uint()) : startgate::address::from_bytes(a.to_v6().to_bytes());
}

startgate::instant now() {
  const auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<startgate::instant>(std::chrono::duration_cast<std::chrono::nanoseconds>(since_1970).count());
}

// What a handler does with a request: on 200 it goes on and sends the code, everything else goes out as it is.
http::response<http::string_body> decide(const http::request<http::string_body>& request, const tcp::endpoint& peer,
                                         const gate& door, const startgate::policy& rules) {
  const startgate::header_views headers(request, [](const auto& f) { return startgate::header{f.name_string(), f.value()}; });
  if (!headers.complete()) return {http::status::request_header_fields_too_large, request.version()};
  startgate::call call;
  call.peer = address_of(peer.address());
  call.headers = headers.list();
  const auto body = startgate::json::read_body(request.body(), rules.request.max_body_bytes);
  if (body)
    call.members = body->members();
  else
    call.body_fault = body.error();

  const startgate::decision d = door.decide(call, now());
  const startgate::response r = startgate::respond(d, rules.enforcement, now());
  http::response<http::string_body> answer(static_cast<http::status>(r.status), request.version());
  r.for_each_header([&](std::string_view name, std::string_view value) { answer.set(name, value); });
  answer.body() = startgate::json::body_text(r);
  return answer;
}

asio::awaitable<void> handle(tcp::socket socket, const gate& door, const startgate::policy& rules) {
  error_code failed;
  const tcp::endpoint peer = socket.remote_endpoint(failed);
  if (failed) co_return;
  boost::beast::tcp_stream stream(std::move(socket));
  stream.expires_after(std::chrono::seconds(5));
  boost::beast::flat_buffer buffer;
  http::request<http::string_body> request;
  co_await http::async_read(stream, buffer, request, noting(failed));
  if (failed) co_return;
  auto answer = decide(request, peer, door, rules);
  answer.keep_alive(false);
  answer.prepare_payload();
  co_await http::async_write(stream, answer, noting(failed));
}

asio::awaitable<void> serve(tcp::acceptor& acceptor, const gate& door, const startgate::policy& rules) {
  asio::steady_timer pause(acceptor.get_executor());
  for (;;) {
    error_code failed;
    tcp::socket socket = co_await acceptor.async_accept(noting(failed));
    if (!failed) {
      asio::co_spawn(acceptor.get_executor(), handle(std::move(socket), door, rules), asio::detached);
      continue;
    }
    pause.expires_after(std::chrono::milliseconds(50));  // gone again, or no descriptor left
    co_await pause.async_wait(noting(failed));
  }
}

int main(int count, char** arguments) {
  const startgate::openssl::verifier verifier;
  startgate::policy rules;
  rules.issuer = "https://acme.example/";
  rules.enforcement.mode = startgate::mode::enforce;
  rules.client_address.proxies = *startgate::proxy_trust::make({.trusted_proxies = {*startgate::parse_prefix("127.0.0.1")}});

  startgate::application shop;
  shop.client_id = "shop";
  shop.methods.add(startgate::client_auth_method::client_secret_post);
  shop.secrets.emplace_back(*verifier.sha256("not-a-real-secret"));
  const startgate::applications registry({shop});
  const startgate::state_keys no_login_page;
  startgate::memory_store store;
  const gate door(rules, registry, no_login_page, verifier, store);

  asio::io_context io(1);
  const auto port = static_cast<unsigned short>(count > 1 ? std::atoi(arguments[1]) : 8080);
  tcp::acceptor acceptor(io, {asio::ip::address_v4::loopback(), port});
  std::cout << "listening on 127.0.0.1:" << acceptor.local_endpoint().port() << std::endl;
  asio::co_spawn(io, serve(acceptor, door, rules), asio::detached);
  io.run();
}
