// Keys out of their descriptions, as json/ asks for them.
#pragma once

#include <startgate/openssl/certificate.hpp>
#include <startgate/openssl/keys.hpp>

#include <optional>
#include <string_view>

namespace startgate::openssl {

struct key_maker {
  result<signing_key, std::string_view> from_jwk(const jwk& key, std::optional<signature_algorithm> registered) const {
    return make_signing_key(key, registered);
  }
  result<signing_key, std::string_view> from_pem(std::string_view pem, std::optional<signature_algorithm> registered) const {
    return make_signing_key_from_pem(pem, registered);
  }
  result<signing_key, std::string_view> from_secret(std::string_view secret, signature_algorithm algorithm) const {
    return make_signing_key(secret, algorithm);
  }
  std::optional<digest256> thumbprint(std::string_view pem) const noexcept {
    const auto facts = read_certificate(pem, 0, nullptr);
    return facts ? std::optional(facts->thumbprint) : std::nullopt;
  }
};

}  // namespace startgate::openssl
