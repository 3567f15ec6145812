// The client certificate as a proxy that ended TLS passes it on (RFC 8705 section 6.5). Whether the header may be believed is not
// decided here: only a peer inside the policy's trusted_proxies may send it (CVE-2024-10039).
//
//   nginx    $ssl_client_escaped_cert: PEM, percent-encoded, without intermediates
//   rfc9440  Client-Cert: ":" base64( DER ) ":"; the intermediates in Client-Cert-Chain, a list of the same: `name` and "-chain"
//   xfcc     x-forwarded-client-cert of Envoy: one element, its Chain="percent-encoded PEM blocks" or else its Cert=
#pragma once

#include <startgate/detail/ows.hpp>
#include <startgate/detail/text_codes.hpp>
#include <startgate/header.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace startgate {

enum class certificate_header_format : std::uint8_t { nginx, rfc9440, xfcc };

namespace detail {

// The keys that Envoy writes. Anything else may be what a caller sent to make two elements look like one.
constexpr bool is_xfcc_key(std::string_view key) noexcept {
  constexpr std::array<std::string_view, 7> known{"by", "hash", "cert", "chain", "subject", "uri", "dns"};
  return std::any_of(known.begin(), known.end(), [&](std::string_view k) { return same_name(k, key); });
}

// The value of Chain, which begins with the client's own, or else of Cert in the only element of an XFCC header. More elements mean
// more proxies, and which of them to believe is not ours to guess.
constexpr std::optional<std::string_view> xfcc_certificates(std::string_view value) noexcept {
  std::optional<std::string_view> certificate, chain;
  while (!value.empty()) {
    const std::size_t equals = value.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const std::string_view key = value.substr(0, equals);
    if (!is_xfcc_key(key)) return std::nullopt;
    value.remove_prefix(equals + 1);
    const bool quoted = value.starts_with('"');
    std::size_t end = quoted ? 1 : 0;
    for (; end < value.size() && (quoted ? value[end] != '"' : value[end] != ';' && value[end] != ','); ++end)
      if (quoted && value[end] == '\\') ++end;
    if (quoted && end >= value.size()) return std::nullopt;
    auto* const found = same_name(key, "cert") ? &certificate : same_name(key, "chain") ? &chain : nullptr;
    if (found != nullptr) {
      if (*found || !quoted) return std::nullopt;
      *found = value.substr(1, end - 1);
    }
    value.remove_prefix(quoted ? end + 1 : end);
    if (value.empty()) break;
    if (value.front() != ';') return std::nullopt;
    value.remove_prefix(1);
  }
  return chain ? chain : certificate;
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
    if (format == certificate_header_format::rfc9440 && !unreadable_) read_chain(headers, name);
  }

  bool unreadable() const noexcept { return unreadable_; }                    // sent, but not in the form that was agreed
  std::string_view bytes() const noexcept { return {bytes_.data(), size_}; }  // PEM or DER; empty where none was sent

 private:
  std::optional<std::size_t> read(std::string_view value, certificate_header_format format) noexcept {
    switch (format) {
      case certificate_header_format::nginx: return percent_decoded(value);
      case certificate_header_format::xfcc: {
        const auto certificates = detail::xfcc_certificates(value);
        return certificates ? percent_decoded(*certificates) : std::nullopt;
      }
      case certificate_header_format::rfc9440: break;
    }
    return byte_sequence(value);
  }

  // A byte sequence of RFC 8941 section 3.3.5 behind what is there already: DER, so that what follows it stays apart.
  std::optional<std::size_t> byte_sequence(std::string_view value) noexcept {
    if (value.size() < 2 || value.front() != ':' || value.back() != ':') return std::nullopt;
    char* const at = bytes_.data() + size_;
    const auto size = detail::base64_decode(value.substr(1, value.size() - 2), at, bytes_.size() - size_);
    return size && *size > 0 && *at == 0x30 ? size : std::nullopt;
  }

  // RFC 9440 section 2.3: a list over one line or several, in the order of the chain.
  void read_chain(header_list headers, std::string_view name) noexcept {
    for (const header& line : headers) {
      constexpr std::string_view suffix = "-chain";
      if (line.name.size() != name.size() + suffix.size() || !same_name(line.name.substr(0, name.size()), name) ||
          !same_name(line.name.substr(name.size()), suffix))
        continue;
      for (std::string_view rest = line.value; !rest.empty() && !unreadable_;) {
        const std::size_t comma = rest.find(',');
        const auto size = byte_sequence(detail::trim_ows(rest.substr(0, comma)));
        unreadable_ = !size;
        size_ = unreadable_ ? 0 : size_ + *size;
        rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
      }
    }
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
