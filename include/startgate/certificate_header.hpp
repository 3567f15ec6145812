// The client certificate as a proxy that ended TLS passes it on (RFC 8705 section 6.5). Whether the header may be believed is not
// decided here: only a peer inside the policy's trusted_proxies may send it (CVE-2024-10039).
//
//   nginx    $ssl_client_escaped_cert: PEM, percent-encoded
//   rfc9440  Client-Cert: ":" base64( DER ) ":"
//   xfcc     x-forwarded-client-cert of Envoy: one element, its Cert="percent-encoded PEM"
#pragma once

#include <startgate/detail/text_codes.hpp>
#include <startgate/header.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace startgate {

enum class certificate_header_format : std::uint8_t { nginx, rfc9440, xfcc };

namespace detail {

// The value of Cert in the only element of an XFCC header. More elements mean more proxies, and which of them to believe is not
// ours to guess.
constexpr std::optional<std::string_view> xfcc_certificate(std::string_view value) noexcept {
  std::optional<std::string_view> found;
  while (!value.empty()) {
    const std::size_t equals = value.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const std::string_view key = value.substr(0, equals);
    value.remove_prefix(equals + 1);
    const bool quoted = value.starts_with('"');
    std::size_t end = quoted ? 1 : 0;
    for (; end < value.size() && (quoted ? value[end] != '"' : value[end] != ';' && value[end] != ','); ++end)
      if (quoted && value[end] == '\\') ++end;
    if (quoted && end >= value.size()) return std::nullopt;
    if (same_name(key, "cert")) {
      if (found || !quoted) return std::nullopt;
      found = value.substr(1, end - 1);
    }
    value.remove_prefix(quoted ? end + 1 : end);
    if (value.empty()) break;
    if (value.front() != ';') return std::nullopt;
    value.remove_prefix(1);
  }
  return found;
}

}  // namespace detail

class header_certificate {
 public:
  static constexpr std::size_t max_bytes = 16 * 1024;

  header_certificate() noexcept {}
  header_certificate(header_list headers, std::string_view name, certificate_header_format format) noexcept {
    const single_header line = find_single(headers, name);
    if (line.count == 0 || (line.found != nullptr && line.found->value.empty())) return;
    const auto size = line.found != nullptr ? read(line.found->value, format) : std::nullopt;
    unreadable_ = !size || *size == 0;
    size_ = size.value_or(0);
  }

  bool unreadable() const noexcept { return unreadable_; }                    // sent, but not in the form that was agreed
  std::string_view bytes() const noexcept { return {bytes_.data(), size_}; }  // PEM or DER; empty where none was sent

 private:
  std::optional<std::size_t> read(std::string_view value, certificate_header_format format) noexcept {
    switch (format) {
      case certificate_header_format::nginx: return percent_decoded(value);
      case certificate_header_format::xfcc: {
        const auto certificate = detail::xfcc_certificate(value);
        return certificate ? percent_decoded(*certificate) : std::nullopt;
      }
      case certificate_header_format::rfc9440: break;
    }
    if (value.size() < 2 || value.front() != ':' || value.back() != ':') return std::nullopt;  // RFC 8941 section 3.3.5
    return detail::base64_decode(value.substr(1, value.size() - 2), bytes_.data(), bytes_.size());
  }

  std::optional<std::size_t> percent_decoded(std::string_view value) noexcept {
    if (value.size() > max_bytes) return std::nullopt;
    return detail::percent_decode(value, bytes_.data(), /*plus_is_blank*/ false);
  }

  std::array<char, max_bytes> bytes_;  // not initialised: most requests have no such header
  std::size_t size_ = 0;
  bool unreadable_ = false;
};

}  // namespace startgate
