// Registered keys as OpenSSL holds them: parsed and checked once, at load, with a context per key that every verification copies.
#pragma once

#include <startgate/jwk.hpp>
#include <startgate/openssl/handle.hpp>
#include <startgate/openssl/hmac.hpp>
#include <startgate/openssl/public_key.hpp>
#include <startgate/openssl/thumbprint.hpp>
#include <startgate/result.hpp>
#include <startgate/signing_key.hpp>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace startgate::openssl {

namespace detail {

// The algorithms stand in families of three, by the length of their digest.
static_assert(static_cast<int>(signature_algorithm::rs256) % 3 == 0 && static_cast<int>(signature_algorithm::ps384) % 3 == 1 &&
              static_cast<int>(signature_algorithm::es512) % 3 == 2);

inline const EVP_MD* digest_of(signature_algorithm a) noexcept {
  static const fetched_digest sha384(EVP_MD_fetch(nullptr, "SHA384", nullptr)), sha512(EVP_MD_fetch(nullptr, "SHA512", nullptr));
  const std::array digests{sha256_algorithm(), static_cast<const EVP_MD*>(sha384.get()),
                           static_cast<const EVP_MD*>(sha512.get())};
  return a == signature_algorithm::eddsa ? nullptr : digests[static_cast<std::size_t>(a) % 3];
}

class secret_material final : public key_material {
 public:
  explicit secret_material(hmac keyed) noexcept : hmac_(std::move(keyed)) {}

  bool verify(std::string_view input, std::span<const std::uint8_t> signature) const noexcept override {
    hmac::bytes mac;
    const std::size_t size = hmac_.compute(input, mac);
    return size > 0 && signature.size() == size && CRYPTO_memcmp(mac.data(), signature.data(), size) == 0;
  }

 private:
  hmac hmac_;
};

// RSA and EdDSA verify the JWS signature as it is; ECDSA signatures are r and s side by side (RFC 7518 section 3.4).
class public_material final : public key_material {
 public:
  public_material(digest_context prepared, std::size_t coordinate) noexcept
      : prepared_(std::move(prepared)), coordinate_(coordinate) {}

  bool verify(std::string_view input, std::span<const std::uint8_t> signature) const noexcept override {
    thread_local const digest_context scratch(EVP_MD_CTX_new());
    ecdsa_der der;
    if (coordinate_ > 0) {
      if (signature.size() != 2 * coordinate_) return false;
      signature = encode_ecdsa(signature, der);
    }
    if (!scratch || EVP_MD_CTX_copy_ex(scratch.get(), prepared_.get()) != 1) return false;
    const bool good = EVP_DigestVerify(scratch.get(), signature.data(), signature.size(),
                                       reinterpret_cast<const unsigned char*>(input.data()), input.size()) == 1;
    EVP_MD_CTX_reset(scratch.get());  // a thread that idles must not keep the key of an application that is gone
    if (!good) ERR_clear_error();
    return good;
  }

 private:
  digest_context prepared_;
  std::size_t coordinate_;
};

// RFC 7518 section 3.5: the salt is as long as the digest, and MGF1 uses the same one.
inline bool use_pss(EVP_PKEY_CTX* context) noexcept {
  return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
         EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
}

inline std::shared_ptr<const key_material> prepare(EVP_PKEY* key, signature_algorithm algorithm) {
  digest_context context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* parameters = nullptr;  // owned by the digest context
  const EVP_MD* const digest = digest_of(algorithm);
  if (!context || EVP_DigestVerifyInit_ex(context.get(), &parameters, digest ? EVP_MD_get0_name(digest) : nullptr, nullptr,
                                          nullptr, key, nullptr) != 1)
    return nullptr;
  if (uses_pss(algorithm) && !use_pss(parameters)) return nullptr;
  return std::make_shared<const public_material>(std::move(context), coordinate_bytes(algorithm));
}

inline result<signing_key, std::string_view> make_public_key(key_pointer key, std::string kid,
                                                             std::optional<signature_algorithm> algorithm) {
  const auto chosen = algorithm ? algorithm : usual_algorithm(key.get());
  if (!chosen) return unexpected<std::string_view>{"the key is of a kind that no known algorithm uses"};
  if (const auto fault = fault_of_key(key.get(), *chosen); !fault.empty()) return unexpected{fault};
  auto material = prepare(key.get(), *chosen);
  if (!material) return unexpected<std::string_view>{"the key cannot be used with its algorithm"};
  if (kid.empty()) kid = key_thumbprint(key.get());
  return signing_key{std::move(kid), *chosen, std::nullopt, std::move(material)};
}

}  // namespace detail

// A shared secret for client_secret_jwt. RFC 7518 section 3.2: no shorter than the digest, or it is guessed rather than verified.
inline result<signing_key, std::string_view> make_signing_key(std::string_view secret, signature_algorithm algorithm,
                                                              std::string kid = {}) {
  if (!is_mac(algorithm)) return unexpected<std::string_view>{"a secret signs with HS256, HS384 or HS512 only"};
  const EVP_MD* const digest = detail::digest_of(algorithm);
  if (secret.size() < static_cast<std::size_t>(EVP_MD_get_size(digest)))
    return unexpected<std::string_view>{"the secret is shorter than the digest"};
  auto keyed = hmac::keyed(digest, secret);
  if (!keyed) return unexpected<std::string_view>{"the secret cannot be used"};
  return signing_key{std::move(kid), algorithm, std::nullopt, std::make_shared<const detail::secret_material>(std::move(*keyed))};
}

// `registered` is the algorithm of the registration; a JWK that states another is refused, and one that states none follows it.
inline result<signing_key, std::string_view> make_signing_key(const jwk& from,
                                                              std::optional<signature_algorithm> registered = std::nullopt) {
  if (from.alg && registered && *from.alg != *registered)
    return unexpected<std::string_view>{"`alg` of the key is not the registered one"};
  const auto algorithm = from.alg ? from.alg : registered;
  if (from.kty == "oct") {
    if (!algorithm) return unexpected<std::string_view>{"an oct key needs `alg`"};
    return make_signing_key(from.k, *algorithm, from.kid);
  }
  key_pointer key = detail::key_from(from);
  if (!key) return unexpected<std::string_view>{"the members of the key do not make a key"};
  return detail::make_public_key(std::move(key), from.kid, algorithm);
}

// PEM: SubjectPublicKeyInfo, PKCS #1, or a certificate, whose dates are ignored.
inline result<signing_key, std::string_view> make_signing_key_from_pem(
    std::string_view pem, std::optional<signature_algorithm> registered = std::nullopt, std::string kid = {}) {
  if (pem.find("PRIVATE KEY") != std::string_view::npos)
    return unexpected<std::string_view>{"the key brings its private part; register the public one"};
  key_pointer key = detail::key_from_pem(pem);
  if (!key) return unexpected<std::string_view>{"the PEM holds no public key or certificate"};
  return detail::make_public_key(std::move(key), std::move(kid), registered);
}

}  // namespace startgate::openssl
