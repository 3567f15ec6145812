// Where a Redis is: redis://[user[:password]@]host[:port][/database], rediss:// for TLS, unix:/path[?db=n]. User and password may be
// percent-encoded (RFC 3986 section 3.2.1); an IPv6 host stands in brackets.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace startgate::store {

inline constexpr std::string_view redis_url_forms =
    "expected `redis://[user[:password]@]host[:port][/database]`, `rediss://...` for TLS, or `unix:/path[?db=n]`";

struct redis_url {
  bool tls = false;
  std::string path;  // of a local socket; then host and port mean nothing
  std::string host = "127.0.0.1";
  std::uint16_t port = 6379;
  std::string user, password;
  unsigned database = 0;
};

namespace detail {

template <class Number>
std::optional<Number> whole_number(std::string_view text) noexcept {
  Number n{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return n;
}

inline std::optional<std::string> percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    unsigned value = 0;
    const std::string_view digits = text.substr(i + 1, 2);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (digits.size() != 2 || error != std::errc{} || end != digits.data() + 2) return std::nullopt;
    out += static_cast<char>(value);
    i += 2;
  }
  return out;
}

inline bool read_credentials(redis_url& url, std::string_view text) {
  const std::size_t colon = text.find(':');
  const auto user = percent_decoded(text.substr(0, colon));
  const auto password = percent_decoded(colon == text.npos ? std::string_view{} : text.substr(colon + 1));
  if (!user || !password) return false;
  url.user = *user, url.password = *password;
  return true;
}

inline bool read_host(redis_url& url, std::string_view text) {
  const std::size_t bracket = text.starts_with('[') ? text.find(']') : 0;
  if (bracket == text.npos) return false;
  const std::size_t colon = text.find(':', bracket);
  if (colon != text.npos) {
    const auto port = whole_number<std::uint16_t>(text.substr(colon + 1));
    if (!port || *port == 0) return false;
    url.port = *port;
    text = text.substr(0, colon);
  }
  if (bracket > 0) {
    if (text.size() != bracket + 1) return false;
    text = text.substr(1, bracket - 1);
  }
  if (!text.empty()) url.host = text;
  return true;
}

}  // namespace detail

inline std::optional<redis_url> parse_redis_url(std::string_view text) {
  redis_url url;
  const auto database = [&](std::string_view digits) {
    const auto n = detail::whole_number<unsigned>(digits);
    if (n) url.database = *n;
    return n.has_value();
  };
  if (text.starts_with("unix:")) {
    text.remove_prefix(text.starts_with("unix://") ? 7 : 5);
    const std::size_t query = text.find("?db=");
    if (query != text.npos && !database(text.substr(query + 4))) return std::nullopt;
    url.path = text.substr(0, query);
    if (!url.path.starts_with('/')) return std::nullopt;
    return url;
  }
  url.tls = text.starts_with("rediss://");
  if (!url.tls && !text.starts_with("redis://")) return std::nullopt;
  text.remove_prefix(url.tls ? 9 : 8);
  if (const std::size_t slash = text.find('/'); slash != text.npos) {
    if (slash + 1 < text.size() && !database(text.substr(slash + 1))) return std::nullopt;
    text = text.substr(0, slash);
  }
  if (const std::size_t at = text.rfind('@'); at != text.npos) {
    if (!detail::read_credentials(url, text.substr(0, at))) return std::nullopt;
    text.remove_prefix(at + 1);
  }
  return detail::read_host(url, text) ? std::optional(url) : std::nullopt;
}

}  // namespace startgate::store
