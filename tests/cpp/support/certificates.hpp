// Certificates made while the test runs.
#pragma once

#include <startgate/openssl/handle.hpp>

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace startgate::test {

struct issued {
  openssl::key_pointer key;
  openssl::certificate_pointer certificate;

  std::string pem() const {
    const openssl::bio_pointer sink(BIO_new(BIO_s_mem()));
    PEM_write_bio_X509(sink.get(), certificate.get());
    return contents(sink.get());
  }
  std::string der() const {
    const openssl::bio_pointer sink(BIO_new(BIO_s_mem()));
    i2d_X509_bio(sink.get(), certificate.get());
    return contents(sink.get());
  }

 private:
  static std::string contents(BIO* sink) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(sink, &data);
    return {data, static_cast<std::size_t>(size)};
  }
};

struct certificate_request {
  std::vector<std::pair<std::string, std::string>> subject;  // {"CN", "app"}, most general first
  std::vector<std::pair<int, std::string>> extensions;       // {NID_subject_alt_name, "DNS:app.example"}
  std::int64_t not_before = 0, not_after = 4'000'000'000;
  std::size_t rsa_bits = 0;  // 0: a key on P-256
  const EVP_MD* digest = EVP_sha256();
};

// Signed by `by`, or by itself.
inline issued issue(const certificate_request& request, const issued* by = nullptr) {
  static long serial = 0;
  issued made{openssl::key_pointer(request.rsa_bits == 0 ? EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256")
                                                         : EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", request.rsa_bits)),
              openssl::certificate_pointer(X509_new())};
  X509* const x = made.certificate.get();
  X509_set_version(x, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(x), ++serial);
  ASN1_TIME_set(X509_getm_notBefore(x), request.not_before);
  ASN1_TIME_set(X509_getm_notAfter(x), request.not_after);
  for (const auto& [type, value] : request.subject)
    X509_NAME_add_entry_by_txt(X509_get_subject_name(x), type.c_str(), MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(value.data()), static_cast<int>(value.size()), -1, 0);
  X509_set_issuer_name(x, X509_get_subject_name(by ? by->certificate.get() : x));
  X509_set_pubkey(x, made.key.get());
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, by ? by->certificate.get() : x, x, nullptr, nullptr, 0);
  for (const auto& [nid, value] : request.extensions) {
    X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
    if (extension == nullptr) throw std::runtime_error("no extension " + value);
    X509_add_ext(x, extension, -1);
    X509_EXTENSION_free(extension);
  }
  if (X509_sign(x, (by ? by->key : made.key).get(), request.digest) == 0) throw std::runtime_error("cannot sign");
  return made;
}

inline issued authority(const std::string& name, const issued* by = nullptr) {
  return issue(
      {.subject = {{"CN", name}}, .extensions = {{NID_basic_constraints, "critical,CA:TRUE"}, {NID_key_usage, "keyCertSign"}}},
      by);
}

inline certificate_request client(const std::string& name) {
  return {.subject = {{"C", "SE"}, {"O", "Acme, Inc."}, {"CN", name}}, .extensions = {{NID_ext_key_usage, "clientAuth"}}};
}

}  // namespace startgate::test
