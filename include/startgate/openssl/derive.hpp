// The slow forms of a stored secret: PBKDF2-HMAC-SHA-256 (RFC 8018 section 5.2) and scrypt (RFC 7914), both giving 32 bytes.
#pragma once

#include <startgate/openssl/handle.hpp>
#include <startgate/secret.hpp>

#include <openssl/core_names.h>
#include <openssl/params.h>

#include <array>
#include <optional>
#include <string_view>

namespace startgate::openssl {

namespace detail {

inline const EVP_KDF* pbkdf2_algorithm() noexcept {
  static const fetched_kdf fetched(EVP_KDF_fetch(nullptr, "PBKDF2", nullptr));
  return fetched.get();
}

inline const EVP_KDF* scrypt_algorithm() noexcept {
  static const fetched_kdf fetched(EVP_KDF_fetch(nullptr, "SCRYPT", nullptr));
  return fetched.get();
}

inline std::optional<digest256> run(const EVP_KDF* algorithm, const OSSL_PARAM* parameters) noexcept {
  const kdf_context context(EVP_KDF_CTX_new(const_cast<EVP_KDF*>(algorithm)));  // counts a reference, changes nothing else
  digest256 out;
  if (!context || EVP_KDF_derive(context.get(), out.data(), out.size(), parameters) != 1) return std::nullopt;
  return out;
}

inline OSSL_PARAM octets(const char* name, const void* bytes, std::size_t size) noexcept {
  return OSSL_PARAM_construct_octet_string(name, const_cast<void*>(bytes), size);  // read only by a derivation
}

}  // namespace detail

inline std::optional<digest256> derive(const derivation& how, std::string_view text) noexcept {
  using detail::octets;
  const auto salt = octets(OSSL_KDF_PARAM_SALT, how.salt_bytes.data(), how.salt_size);
  const auto password = octets(OSSL_KDF_PARAM_PASSWORD, text.data(), text.size());
  if (how.form == secret_form::pbkdf2) {
    std::uint64_t iterations = how.cost;
    std::array digest{'S', 'H', 'A', '2', '5', '6', '\0'};
    const std::array parameters{password, salt, OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_ITER, &iterations),
                                OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest.data(), 0),
                                OSSL_PARAM_construct_end()};
    return detail::run(detail::pbkdf2_algorithm(), parameters.data());
  }
  if (how.form == secret_form::scrypt) {
    std::uint64_t n = std::uint64_t{1} << how.cost, memory = 0;
    std::uint32_t r = how.block_size, p = how.parallelism;
    memory = 128 * r * (n + p + 2);  // RFC 7914 section 6: V, B and two blocks to work in
    const std::array parameters{password,
                                salt,
                                OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_N, &n),
                                OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_SCRYPT_R, &r),
                                OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_SCRYPT_P, &p),
                                OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_MAXMEM, &memory),
                                OSSL_PARAM_construct_end()};
    return detail::run(detail::scrypt_algorithm(), parameters.data());
  }
  return std::nullopt;
}

}  // namespace startgate::openssl
