#include "session.hpp"

#include "handlers.hpp"
#include "server.hpp"

#include <startgate/http_date.hpp>
#include <startgate/ip.hpp>

#include <boost/asio/write.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace startgate::http {

namespace {

constexpr std::size_t read_bytes = 16'384;

// From bytes: Asio's text of a link-local address has its zone, which is no part of the address.
std::string text_of(const asio::ip::address& a) {
  const address peer = a.is_v4() ? address::v4(a.to_v4().to_uint()) : address::from_bytes(a.to_v6().to_bytes());
  return std::string(print_address(peer).view());
}

}  // namespace

session::session(asio::ip::tcp::socket socket, server& owner)
    : socket_(std::move(socket)), timer_(socket_.get_executor()), server_(owner) {
  boost::system::error_code gone;
  const auto endpoint = socket_.remote_endpoint(gone);
  if (!gone) peer_ = text_of(endpoint.address());
  boost::system::error_code unimportant;
  socket_.set_option(asio::ip::tcp::no_delay(true), unimportant);
  server_.add(*this);
}

session::~session() { server_.remove(*this); }

void session::stop_when_idle() {
  boost::system::error_code gone;
  // A request that has arrived but not been read yet is under way, too.
  if (idle_ && socket_.available(gone) == 0) socket_.cancel(gone);
}

void session::abort() {
  idle_ = false;
  boost::system::error_code gone;
  socket_.close(gone);
}

// One deadline for whatever follows. A wait that has been superseded may still complete, hence the number.
void session::allow(std::chrono::milliseconds time) {
  timed_out_ = false;
  timer_.expires_after(time);
  timer_.async_wait([weak = weak_from_this(), number = ++allowance_](boost::system::error_code cancelled) {
    const auto self = weak.lock();
    if (cancelled || !self || self->allowance_ != number) return;
    self->timed_out_ = true;
    boost::system::error_code gone;
    self->socket_.cancel(gone);
  });
}

asio::awaitable<void> session::run() {
  const auto alive = shared_from_this();
  while (co_await serve_one()) {
  }
  timer_.cancel();
}

asio::awaitable<bool> session::serve_one() {
  incoming in(peer_);
  if (!co_await wait_for_request()) co_return false;
  allow(server_.times().request);
  reading what = co_await read_header(in);
  if (what == reading::complete) {
    in.cap_body(body_cap(server_.served(), in.head()));
    what = co_await read_body(in);
  }
  if (what != reading::complete) {
    co_await refuse(what);
    co_return false;
  }
  const bool head_only = in.head().method == "HEAD";
  const bool close = in.head().body_cut || !in.keep_alive() || server_.stopping();
  answer a = respond(server_.served(), in.head(), server_.now());
  const bool sent = co_await send(std::move(a), close, head_only);
  if (sent && close) co_await part();
  co_return sent && !close;
}

// For the first byte of the next request, which may be in the buffer already (pipelining).
asio::awaitable<bool> session::wait_for_request() {
  while (true) {
    // A CRLF before a request line is passed over (RFC 9112 section 2.2).
    const auto* bytes = static_cast<const char*>(buffer_.cdata().data());
    std::size_t blank = 0;
    while (blank < buffer_.size() && (bytes[blank] == '\r' || bytes[blank] == '\n')) ++blank;
    buffer_.consume(blank);
    if (buffer_.size() > 0) co_return true;
    if (server_.stopping()) co_return false;
    allow(server_.times().idle);
    idle_ = true;
    const bool more = co_await read_some();
    idle_ = false;
    if (!more) co_return false;
  }
}

asio::awaitable<session::reading> session::read_header(incoming& in) {
  while (!in.is_header_done()) {
    const reading what = co_await advance(in);
    if (what != reading::complete) co_return what;
  }
  co_return in.framing_fault() == 0 ? reading::complete : reading::malformed;
}

asio::awaitable<session::reading> session::read_body(incoming& in) {
  if (!in.is_complete() && in.expects_continue()) {
    const bool sent = co_await write("HTTP/1.1 100 Continue\r\n\r\n");
    if (!sent) co_return reading::gone;
    allow(server_.times().request);
  }
  while (!in.is_complete()) {
    const reading what = co_await advance(in);
    if (what != reading::complete) co_return what;
  }
  co_return reading::complete;
}

// One step of the parser, with more bytes where it needs them.
asio::awaitable<session::reading> session::advance(incoming& in) {
  using error = boost::beast::http::error;
  const std::string_view unread(static_cast<const char*>(buffer_.cdata().data()), buffer_.size());
  if (!in.is_header_done() && has_folded_line(unread)) co_return reading::malformed;
  boost::beast::error_code fault;
  const std::size_t used = in.put(buffer_.data(), fault);
  buffer_.consume(used);
  if (fault == error::header_limit) co_return reading::too_long;
  if (fault && fault != error::need_more) co_return reading::malformed;
  if (!fault && used > 0) co_return reading::complete;
  if (buffer_.size() == buffer_.max_size()) co_return reading::too_long;  // chunk extensions or trailers without an end
  if (in.is_header_done() && buffer_.size() > 0 && !fault) co_return reading::complete;
  const bool more = co_await read_some();
  if (more) co_return reading::complete;
  co_return timed_out_ ? reading::slow : reading::gone;
}

asio::awaitable<bool> session::read_some() {
  if (timed_out_) co_return false;
  const auto room = buffer_.prepare(std::min(read_bytes, buffer_.max_size() - buffer_.size()));
  const auto [fault, count] = co_await socket_.async_read_some(room, quietly);
  if (fault || timed_out_) co_return false;
  buffer_.commit(count);
  co_return true;
}

asio::awaitable<bool> session::write(std::string text) {
  allow(server_.times().answer);
  const auto [fault, count] = co_await asio::async_write(socket_, asio::buffer(text), quietly);
  co_return !fault && count == text.size();
}

asio::awaitable<bool> session::send(answer a, bool close, bool head_only) {
  const auto date = http_date(server_.now());
  std::string text = print(a, {close, head_only, date.view()});
  co_return co_await write(std::move(text));
}

asio::awaitable<void> session::refuse(reading what) {
  answer a;
  switch (what) {
    case reading::malformed: a = authentication_error(400, "bad.request", "The request is not well-formed HTTP/1.1"); break;
    case reading::too_long: a = authentication_error(431, "bad.request", "The request header is too large"); break;
    case reading::slow: a = authentication_error(408, "bad.request", "The request took too long"); break;
    case reading::complete:
    case reading::gone: co_return;
  }
  const bool sent = co_await send(std::move(a), true, false);
  if (sent) co_await part();
}

// The last answer has been sent. To close while the other side still sends would reset the connection and could take the answer with
// it (RFC 9112 section 9.6), so what comes is read and dropped for a moment.
asio::awaitable<void> session::part() {
  boost::system::error_code gone;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_send, gone);
  allow(server_.times().linger);
  for (std::size_t dropped = 0; dropped < (4U << 20); dropped += read_bytes) {
    buffer_.clear();
    const bool more = co_await read_some();
    if (!more) co_return;
  }
}

}  // namespace startgate::http
