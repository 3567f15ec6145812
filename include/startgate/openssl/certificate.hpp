// Client certificates as facts, and the authorities that vouch for them (RFC 8705 section 2.1).
#pragma once

#include <startgate/client_certificate.hpp>
#include <startgate/instant.hpp>
#include <startgate/openssl/handle.hpp>
#include <startgate/reason.hpp>
#include <startgate/result.hpp>

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace startgate::openssl {

namespace detail {

inline void free_stack(STACK_OF(X509) * stack) noexcept { sk_X509_free(stack); }  // the certificates stay their owners'

struct certificate_caps {
  std::size_t bytes;
  std::size_t count;
};
inline constexpr certificate_caps caps_of_a_chain{32 * 1024, 8}, caps_of_a_file{std::size_t{1} << 20, 512};

inline std::vector<certificate_pointer> read_der_certificates(std::string_view bytes, std::size_t most) {
  std::vector<certificate_pointer> read;
  const auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
  const auto* const end = at + bytes.size();
  while (at != end) {
    certificate_pointer one(d2i_X509(nullptr, &at, end - at));
    if (!one || read.size() == most) {
      read.clear();
      break;
    }
    read.push_back(std::move(one));
  }
  ERR_clear_error();
  return read;
}

// DER certificates one after the other, or the certificates among the PEM blocks of a text, as OpenSSL reads them; empty where one
// of them is unreadable.
inline std::vector<certificate_pointer> read_certificates(std::string_view bytes, const certificate_caps& most) {
  std::vector<certificate_pointer> read;
  if (bytes.empty() || bytes.size() > most.bytes) return read;
  if (bytes.front() == 0x30) return read_der_certificates(bytes, most.count);
  const bio_pointer source(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
  while (source && read.size() <= most.count) {
    certificate_pointer one(PEM_read_bio_X509(source.get(), nullptr, no_pass_phrase, nullptr));
    if (!one) break;
    read.push_back(std::move(one));
  }
  const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  if (!at_end || read.size() > most.count) read.clear();
  return read;
}

inline std::string text_of(const ASN1_STRING* value) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(value)), static_cast<std::size_t>(ASN1_STRING_length(value))};
}

inline std::string distinguished_name(const X509_NAME* name) {
  const bio_pointer sink(BIO_new(BIO_s_mem()));
  if (!sink || X509_NAME_print_ex(sink.get(), name, 0, XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB)) < 0)
    return {};
  char* data = nullptr;
  const long size = BIO_get_mem_data(sink.get(), &data);
  return normal_distinguished_name({data, static_cast<std::size_t>(size)});
}

inline std::string address_text(const ASN1_OCTET_STRING* ip) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const int size = ASN1_STRING_length(ip);
  if (size != 4 && size != 16) return {};
  return inet_ntop(size == 4 ? AF_INET : AF_INET6, ASN1_STRING_get0_data(ip), text.data(), text.size()) ? text.data() : "";
}

inline void read_alternative_names(const X509* certificate, client_certificate& facts) {
  using names_pointer = std::unique_ptr<GENERAL_NAMES, deleter<GENERAL_NAMES_free>>;
  const names_pointer names(static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    int type = 0;
    const void* const value = GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names.get(), i), &type);
    const auto* const text = static_cast<const ASN1_STRING*>(value);
    if (type == GEN_DNS) facts.san_dns.push_back(text_of(text));
    if (type == GEN_URI) facts.san_uri.push_back(text_of(text));
    if (type == GEN_EMAIL) facts.san_email.push_back(text_of(text));
    if (type == GEN_IPADD) facts.san_ip.push_back(address_text(text));
  }
}

}  // namespace detail

// The certificate authorities of a policy; none by default, and then nothing is vouched for.
class authorities {
 public:
  authorities() = default;

  // Every PEM text holds one or more certificates; empty where one of them cannot be read.
  static std::optional<authorities> from_pem(std::span<const std::string> texts) {
    authorities made;
    made.store_.reset(X509_STORE_new());
    for (const std::string& text : texts) {
      const auto certificates = detail::read_certificates(text, detail::caps_of_a_file);
      if (certificates.empty() || !made.store_) return std::nullopt;
      for (const auto& one : certificates)
        if (X509_STORE_add_cert(made.store_.get(), one.get()) != 1) return std::nullopt;
    }
    return made;
  }

  // RFC 5280 section 6 for a TLS client: `chain` begins with the client's certificate, the rest are intermediates. Keys and digests
  // below 112 bits of security vouch for nothing (RFC 9325 section 4.5), and an authority need not be a root.
  bool vouch_for(std::span<const certificate_pointer> chain, instant now) const {
    using context_pointer = std::unique_ptr<X509_STORE_CTX, deleter<X509_STORE_CTX_free>>;
    if (!store_ || chain.empty()) return false;
    const std::unique_ptr<STACK_OF(X509), deleter<detail::free_stack>> between(sk_X509_new_null());
    const context_pointer context(X509_STORE_CTX_new());
    if (!between || !context) return false;
    for (const certificate_pointer& one : chain.subspan(1))
      if (sk_X509_push(between.get(), one.get()) == 0) return false;
    if (X509_STORE_CTX_init(context.get(), store_.get(), chain.front().get(), between.get()) != 1) return false;
    X509_VERIFY_PARAM_set_auth_level(X509_STORE_CTX_get0_param(context.get()), 2);
    X509_STORE_CTX_set_flags(context.get(), X509_V_FLAG_PARTIAL_CHAIN);
    X509_STORE_CTX_set_purpose(context.get(), X509_PURPOSE_SSL_CLIENT);
    X509_STORE_CTX_set_time(context.get(), 0, static_cast<time_t>(epoch_seconds(now)));
    const bool verified = X509_verify_cert(context.get()) == 1;
    ERR_clear_error();
    return verified;
  }

 private:
  std::unique_ptr<X509_STORE, deleter<X509_STORE_free>> store_;
};

inline result<client_certificate, reason> read_certificate(std::string_view bytes, instant now,
                                                           const authorities* chain_authorities) noexcept {
  try {
    const auto chain = detail::read_certificates(bytes, detail::caps_of_a_chain);
    if (chain.empty()) return unexpected{reason::authentication_certificate_malformed};
    client_certificate facts;
    unsigned size = 0;
    if (X509_digest(chain.front().get(), sha256_algorithm(), facts.thumbprint.data(), &size) != 1)
      return unexpected{reason::authentication_certificate_malformed};
    facts.subject_dn = detail::distinguished_name(X509_get_subject_name(chain.front().get()));
    detail::read_alternative_names(chain.front().get(), facts);
    facts.trusted = chain_authorities != nullptr && chain_authorities->vouch_for(chain, now);
    return facts;
  } catch (...) {
    return unexpected{reason::authentication_certificate_malformed};
  }
}

}  // namespace startgate::openssl
