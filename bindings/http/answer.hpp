// One HTTP answer, and its bytes. Whatever stands in a header value, it stays one header: controls become blanks.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace startgate::http {

struct answer {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;

  answer& with(std::string_view name, std::string_view value) {
    headers.emplace_back(name, value);
    return *this;
  }
};

constexpr std::string_view phrase_of(int status) noexcept {
  switch (status) {
    case 200: return "OK";
    case 204: return "No Content";
    case 302: return "Found";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 413: return "Content Too Large";
    case 415: return "Unsupported Media Type";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 503: return "Service Unavailable";
    default: return "";
  }
}

struct framing {
  bool close = false;      // this is the connection's last answer
  bool head_only = false;  // the answer to HEAD: the length of a body that is not sent
  std::string_view date;   // IMF-fixdate
};

inline void append_field(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ");
  const std::size_t begin = out.size();
  out.append(value);
  std::replace_if(
      out.begin() + static_cast<std::ptrdiff_t>(begin), out.end(),
      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, ' ');
  out += "\r\n";
}

inline std::string print(const answer& a, const framing& f) {
  std::string out;
  out.reserve(512 + a.body.size());
  out.append("HTTP/1.1 ").append(std::to_string(a.status)).append(" ").append(phrase_of(a.status)).append("\r\n");
  append_field(out, "date", f.date);
  for (const auto& [name, value] : a.headers) append_field(out, name, value);
  if (a.status != 204) append_field(out, "content-length", std::to_string(a.body.size()));  // RFC 9110 section 8.6: not with 204
  if (f.close) append_field(out, "connection", "close");
  out += "\r\n";
  if (!f.head_only) out += a.body;
  return out;
}

}  // namespace startgate::http
