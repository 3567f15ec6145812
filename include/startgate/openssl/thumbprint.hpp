// The JWK thumbprint of a public key (RFC 7638, RFC 8037 section 2): the key id that stands in where a registration names none.
#pragma once

#include <startgate/detail/base64url.hpp>
#include <startgate/openssl/digest.hpp>
#include <startgate/openssl/handle.hpp>
#include <startgate/openssl/public_key.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace startgate::openssl::detail {

inline std::string base64url_text(std::span<const std::uint8_t> bytes) {
  std::string text(startgate::detail::base64url_encoded_size(bytes.size()), '\0');
  startgate::detail::base64url_encode(bytes, text.data());
  return text;
}

// `size`: the bytes to pad to, 0 for as few as the number takes.
inline std::string number_text(const EVP_PKEY* key, const char* name, std::size_t size) {
  BIGNUM* read = nullptr;
  if (EVP_PKEY_get_bn_param(key, name, &read) != 1) return {};
  const number owned(read);
  std::vector<std::uint8_t> bytes(size > 0 ? size : static_cast<std::size_t>(BN_num_bytes(read)));
  BN_bn2binpad(read, bytes.data(), static_cast<int>(bytes.size()));
  return base64url_text(bytes);
}

inline std::string raw_text(const EVP_PKEY* key) {
  std::vector<std::uint8_t> bytes(57);  // Ed448 has the most
  std::size_t size = bytes.size();
  if (EVP_PKEY_get_raw_public_key(key, bytes.data(), &size) != 1) return {};
  return base64url_text(std::span(bytes).first(size));
}

// The required members only, in lexicographic order, without blanks.
inline std::string thumbprint_input(const EVP_PKEY* key) {
  if (EVP_PKEY_is_a(key, "RSA"))
    return R"({"e":")" + number_text(key, OSSL_PKEY_PARAM_RSA_E, 0) + R"(","kty":"RSA","n":")" +
           number_text(key, OSSL_PKEY_PARAM_RSA_N, 0) + R"("})";
  if (const curve* const on = curve_of(key))
    return R"({"crv":")" + std::string(on->name) + R"(","kty":"EC","x":")" +
           number_text(key, OSSL_PKEY_PARAM_EC_PUB_X, on->coordinate_bytes) + R"(","y":")" +
           number_text(key, OSSL_PKEY_PARAM_EC_PUB_Y, on->coordinate_bytes) + R"("})";
  const std::string_view name = EVP_PKEY_is_a(key, "ED25519") ? "Ed25519" : "Ed448";
  return R"({"crv":")" + std::string(name) + R"(","kty":"OKP","x":")" + raw_text(key) + R"("})";
}

inline std::string key_thumbprint(const EVP_PKEY* key) {
  const auto digest = sha256(thumbprint_input(key));
  return digest ? base64url_text(*digest) : std::string{};
}

}  // namespace startgate::openssl::detail
