// From bytes to a request: Beast's parser underneath, and on top what it leaves open about framing (RFC 9112 sections 3.2, 6 and 7),
// because two readers that frame one stream differently are how requests are smuggled. Header lines keep their order and their
// duplicates; trailers are read and dropped, so that nothing late can pass for a header.
#pragma once

#include "request.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace startgate::http {

namespace beast = boost::beast;

// A header line that goes on in the next one: obsolete, read differently by different readers, and joined by Beast without a word
// (RFC 9112 section 5.2). `unread` begins at a line of the header.
constexpr bool has_folded_line(std::string_view unread) noexcept {
  const std::string_view header = unread.substr(0, unread.find("\r\n\r\n"));
  return header.find("\r\n ") != std::string_view::npos || header.find("\r\n\t") != std::string_view::npos;
}

class incoming final : public beast::http::basic_parser<true> {
 public:
  using error = beast::http::error;

  static constexpr std::size_t most_header_bytes = 8192, most_fields = 100;

  explicit incoming(std::string peer) {
    request_.peer = std::move(peer);
    body_limit(boost::none);  // ours is below, and cuts where Beast's would only refuse
    header_limit(most_header_bytes);
  }

  request& head() noexcept { return request_; }
  void cap_body(std::size_t bytes) noexcept { cap_ = bytes; }

  // Done, or as much body as anybody will look at.
  bool is_complete() const noexcept { return is_done() || request_.body_cut; }
  bool expects_continue() const noexcept {
    const auto expectation = request_.header("expect");
    return version_ == 11 && expectation && same_name(*expectation, "100-continue");
  }

  // 0, or the status for a header that cannot be trusted to say where the request ends.
  int framing_fault() const noexcept {
    const auto count = [&](std::string_view name) {
      return std::count_if(request_.headers.begin(), request_.headers.end(),
                           [&](const auto& h) { return same_name(h.first, name); });
    };
    const auto encodings = count("transfer-encoding"), lengths = count("content-length"), hosts = count("host");
    if (hosts > 1 || (hosts == 0 && version_ == 11)) return 400;
    if (lengths > 1 || (lengths == 1 && !is_number(*request_.header("content-length")))) return 400;
    if (encodings == 0) return 0;
    if (encodings > 1 || lengths > 0 || version_ == 10) return 400;
    return same_name(*request_.header("transfer-encoding"), "chunked") ? 0 : 400;
  }

 private:
  using error_code = beast::error_code;
  using string_view = beast::string_view;

  static bool is_number(std::string_view text) noexcept {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  }

  void on_request_impl(beast::http::verb, string_view method, string_view target, int version, error_code&) override {
    request_.method.assign(method.data(), method.size());
    request_.target.assign(target.data(), target.size());
    version_ = version;
  }
  // Beast bounds what it has not parsed yet; lines that trickle in one by one are bounded here.
  void on_field_impl(beast::http::field, string_view name, string_view value, error_code& ec) override {
    header_bytes_ += name.size() + value.size() + 4;
    if (header_bytes_ > most_header_bytes || ++fields_ > most_fields)
      ec = error::header_limit;
    else if (!header_done_)
      request_.headers.emplace_back(std::string(name.data(), name.size()), std::string(value.data(), value.size()));
  }
  void on_header_impl(error_code&) override { header_done_ = true; }
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(string_view bytes, error_code&) override { return take(bytes); }
  void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, string_view bytes, error_code&) override { return take(bytes); }
  void on_finish_impl(error_code&) override {}
  void on_response_impl(int, string_view, int, error_code&) override {}

  std::size_t take(string_view bytes) {
    const std::size_t room = cap_ + 1 - request_.body.size();
    request_.body.append(bytes.data(), std::min(bytes.size(), room));
    request_.body_cut = request_.body.size() > cap_;
    return bytes.size();
  }

  request request_;
  int version_ = 11;
  std::size_t cap_ = 0, header_bytes_ = 0, fields_ = 0;
  bool header_done_ = false;
};

}  // namespace startgate::http
