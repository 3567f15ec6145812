// OpenSSL's objects as owners, and the algorithms that are fetched once: a fetch per call costs more than the digest and does not
// scale over threads.
#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/x509.h>

#include <memory>

namespace startgate::openssl {

template <auto Free>
struct deleter {
  template <class T>
  void operator()(T* object) const noexcept {
    Free(object);
  }
};

// For PEM_read_bio_*: what is encrypted is refused. Their own default asks at the terminal, and waits there.
inline int no_pass_phrase(char*, int, int, void*) noexcept { return 0; }

using digest_context = std::unique_ptr<EVP_MD_CTX, deleter<EVP_MD_CTX_free>>;
using fetched_digest = std::unique_ptr<EVP_MD, deleter<EVP_MD_free>>;
using fetched_kdf = std::unique_ptr<EVP_KDF, deleter<EVP_KDF_free>>;
using kdf_context = std::unique_ptr<EVP_KDF_CTX, deleter<EVP_KDF_CTX_free>>;
using key_pointer = std::unique_ptr<EVP_PKEY, deleter<EVP_PKEY_free>>;
using key_context = std::unique_ptr<EVP_PKEY_CTX, deleter<EVP_PKEY_CTX_free>>;
using bio_pointer = std::unique_ptr<BIO, deleter<BIO_free>>;
using certificate_pointer = std::unique_ptr<X509, deleter<X509_free>>;

inline const EVP_MD* sha256_algorithm() noexcept {
  static const fetched_digest fetched(EVP_MD_fetch(nullptr, "SHA256", nullptr));
  return fetched.get();
}

}  // namespace startgate::openssl
