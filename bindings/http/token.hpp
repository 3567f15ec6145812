// The bearer token of the management paths, and random text in general.
#pragma once

#include <startgate/detail/base64url.hpp>
#include <startgate/detail/constant_time.hpp>
#include <startgate/header.hpp>
#include <startgate/openssl/digest.hpp>
#include <startgate/openssl/random.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace startgate::http {

inline std::vector<std::uint8_t> random_bytes(std::size_t count) {
  std::vector<std::uint8_t> out(count);
  // Whatever would be made of predictable bytes is worse than no answer.
  if (!openssl::fill_random(out)) throw std::runtime_error("no random bytes");
  return out;
}

inline std::string random_text(std::size_t bytes = 16) {
  std::string out(startgate::detail::base64url_encoded_size(bytes), '\0');
  startgate::detail::base64url_encode(random_bytes(bytes), out.data());
  return out;
}

// Keeps a digest only: neither the time of a comparison nor a dump of the memory tells the token.
class access_token {
 public:
  explicit access_token(std::string_view text) : digest_(openssl::sha256(text)) {}

  // `authorization`: the value of the header, `Bearer …` (RFC 6750 section 2.1).
  bool opens(std::string_view authorization) const noexcept {
    constexpr std::string_view scheme = "bearer ";
    if (!same_name(authorization.substr(0, scheme.size()), scheme)) return false;
    const auto sent = openssl::sha256(authorization.substr(scheme.size()));
    return sent && digest_ && startgate::detail::equal_in_constant_time<32>(*sent, *digest_);
  }

 private:
  std::optional<digest256> digest_;
};

}  // namespace startgate::http
