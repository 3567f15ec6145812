// Keys and signatures made while the test runs, with OpenSSL's own calls, so that nothing secret lies in the repository.
#pragma once

#include <startgate/detail/base64url.hpp>
#include <startgate/openssl/handle.hpp>
#include <startgate/openssl/public_key.hpp>
#include <startgate/signing_key.hpp>

#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace startgate::test {

inline std::string base64url(std::string_view text) {
  std::string out(startgate::detail::base64url_encoded_size(text.size()), '\0');
  startgate::detail::base64url_encode({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}, out.data());
  return out;
}

inline const EVP_MD* digest_for(signature_algorithm a) {
  constexpr std::array names{"SHA256", "SHA384", "SHA512"};
  return a == signature_algorithm::eddsa ? nullptr : EVP_get_digestbyname(names[static_cast<std::size_t>(a) % 3]);
}

// One key per algorithm family and process: making an RSA key takes a while.
inline EVP_PKEY* private_key(signature_algorithm a) {
  static std::map<std::string, openssl::key_pointer> made;
  const auto* const curve = openssl::detail::curve_of(a);
  const std::string kind = curve ? curve->group : a == signature_algorithm::eddsa ? "ED25519" : "RSA";
  auto& key = made[kind];
  if (!key) {
    if (kind == "RSA")
      key.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{2048}));
    else if (kind == "ED25519")
      key.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
    else
      key.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", curve->group));
  }
  if (!key) throw std::runtime_error("no key for " + kind);
  return key.get();
}

inline std::string public_pem(EVP_PKEY* key) {
  const openssl::bio_pointer sink(BIO_new(BIO_s_mem()));
  PEM_write_bio_PUBKEY(sink.get(), key);
  char* data = nullptr;
  const long size = BIO_get_mem_data(sink.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

inline std::string raw_ecdsa(const std::string& der, std::size_t coordinate) {
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  ECDSA_SIG* const signature = d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size()));
  std::string raw(2 * coordinate, '\0');
  auto* out = reinterpret_cast<unsigned char*>(raw.data());
  BN_bn2binpad(ECDSA_SIG_get0_r(signature), out, static_cast<int>(coordinate));
  BN_bn2binpad(ECDSA_SIG_get0_s(signature), out + coordinate, static_cast<int>(coordinate));
  ECDSA_SIG_free(signature);
  return raw;
}

inline std::string sign(EVP_PKEY* key, signature_algorithm a, std::string_view input) {
  const openssl::digest_context context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* parameters = nullptr;
  EVP_DigestSignInit(context.get(), &parameters, digest_for(a), nullptr, key);
  if (openssl::detail::uses_pss(a)) {
    EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING);
    EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_DIGEST);
  }
  std::string signature(1'024, '\0');
  std::size_t size = signature.size();
  const auto* bytes = reinterpret_cast<const unsigned char*>(input.data());
  if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, bytes, input.size()) != 1)
    throw std::runtime_error("cannot sign");
  signature.resize(size);
  const std::size_t coordinate = openssl::detail::coordinate_bytes(a);
  return coordinate > 0 ? raw_ecdsa(signature, coordinate) : signature;
}

inline std::string mac(std::string_view secret, signature_algorithm a, std::string_view input) {
  std::string out(EVP_MAX_MD_SIZE, '\0');
  unsigned size = 0;
  HMAC(digest_for(a), secret.data(), static_cast<int>(secret.size()), reinterpret_cast<const unsigned char*>(input.data()),
       input.size(), reinterpret_cast<unsigned char*>(out.data()), &size);
  out.resize(size);
  return out;
}

// A compact JWS of the texts as they stand; `secret` is used where the algorithm is a MAC.
inline std::string jws(signature_algorithm a, std::string_view header, std::string_view claims, std::string_view secret = {}) {
  const std::string input = base64url(header) + "." + base64url(claims);
  return input + "." + base64url(is_mac(a) ? mac(secret, a, input) : sign(private_key(a), a, input));
}

}  // namespace startgate::test
