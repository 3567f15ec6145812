// TLS over another stream, for a store that is reached over a network: the server's certificate must chain to a trusted authority and
// name the host (RFC 9525). A client certificate is optional.
#pragma once

#include <startgate/byte_stream.hpp>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace startgate::openssl {

struct tls_options {
  std::string authorities{};         // a file of PEM certificates; empty: those of the system
  std::string certificate{}, key{};  // files of PEM; empty: none is sent
};

namespace detail {

struct free_ssl {
  void operator()(SSL* s) const noexcept { SSL_free(s); }
  void operator()(SSL_CTX* c) const noexcept { SSL_CTX_free(c); }
};
using ssl_handle = std::unique_ptr<SSL, free_ssl>;

// The stream below, and until when the step under way may wait for it.
struct carried {
  std::unique_ptr<byte_stream> bytes;
  deadline until = 0;
};

inline const BIO_METHOD* carrying_method() {
  static const BIO_METHOD* const method = [] {
    BIO_METHOD* m = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "a stream of bytes");
    BIO_meth_set_write(m, [](BIO* b, const char* from, int size) {
      auto& below = *static_cast<carried*>(BIO_get_data(b));
      return below.bytes->write_all({from, static_cast<std::size_t>(size)}, below.until) ? size : -1;
    });
    BIO_meth_set_read(m, [](BIO* b, char* into, int size) {
      auto& below = *static_cast<carried*>(BIO_get_data(b));
      return static_cast<int>(below.bytes->read_some({into, static_cast<std::size_t>(size)}, below.until));
    });
    BIO_meth_set_ctrl(m, [](BIO*, int command, long, void*) -> long { return command == BIO_CTRL_FLUSH; });
    return m;
  }();
  return method;
}

}  // namespace detail

class tls_stream final : public byte_stream {
 public:
  // Null where the handshake fails or does not end in time.
  static std::unique_ptr<tls_stream> over(std::unique_ptr<byte_stream> below, detail::ssl_handle ssl, deadline until) {
    auto made = std::unique_ptr<tls_stream>(new tls_stream(std::move(below), std::move(ssl)));
    return made->step(until, [](SSL* s) { return SSL_connect(s); }) ? std::move(made) : nullptr;
  }

  std::size_t read_some(std::span<char> into, deadline until) noexcept override {
    std::size_t n = 0;
    return step(until, [&](SSL* s) { return SSL_read_ex(s, into.data(), into.size(), &n); }) ? n : 0;
  }

  bool write_all(std::string_view bytes, deadline until) noexcept override {
    std::size_t n = 0;
    return bytes.empty() || step(until, [&](SSL* s) { return SSL_write_ex(s, bytes.data(), bytes.size(), &n); });
  }

 private:
  tls_stream(std::unique_ptr<byte_stream> below, detail::ssl_handle ssl)
      : below_(std::make_unique<detail::carried>(detail::carried{std::move(below)})), ssl_(std::move(ssl)) {
    BIO* const bio = BIO_new(detail::carrying_method());
    BIO_set_data(bio, below_.get());
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl_.get(), bio, bio);
  }

  template <class Step>
  bool step(deadline until, Step one) noexcept {
    below_->until = until;
    ERR_clear_error();
    return one(ssl_.get()) > 0;
  }

  std::unique_ptr<detail::carried> below_;
  detail::ssl_handle ssl_;  // gone before what carries it
};

class tls_connector final : public connector {
 public:
  // `host` is what the certificate must name. A connector whose files cannot be read never connects.
  tls_connector(std::shared_ptr<const connector> below, std::string host, const tls_options& options = {})
      : below_(std::move(below)),
        host_(std::move(host)),
        context_(SSL_CTX_new(TLS_client_method())),
        usable_(context_ && read(options)) {}

  bool usable() const noexcept { return usable_; }

  std::unique_ptr<byte_stream> connect(deadline until) const override {
    if (!usable_) return nullptr;
    detail::ssl_handle ssl(SSL_new(context_.get()));
    if (!ssl || !name_host(ssl.get())) return nullptr;
    auto bytes = below_->connect(until);
    return bytes ? tls_stream::over(std::move(bytes), std::move(ssl), until) : nullptr;
  }

 private:
  bool read(const tls_options& options) const {
    SSL_CTX* const c = context_.get();
    SSL_CTX_set_verify(c, SSL_VERIFY_PEER, nullptr);
    if (SSL_CTX_set_min_proto_version(c, TLS1_2_VERSION) != 1) return false;
    const int trusted = options.authorities.empty() ? SSL_CTX_set_default_verify_paths(c)
                                                    : SSL_CTX_load_verify_locations(c, options.authorities.c_str(), nullptr);
    if (trusted != 1) return false;
    return options.certificate.empty() || (SSL_CTX_use_certificate_chain_file(c, options.certificate.c_str()) == 1 &&
                                           SSL_CTX_use_PrivateKey_file(c, options.key.c_str(), SSL_FILETYPE_PEM) == 1);
  }

  // A literal address is compared with the certificate's addresses, and is not sent as a server name (RFC 6066 section 3).
  bool name_host(SSL* ssl) const noexcept {
    if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host_.c_str()) == 1) return true;
    return SSL_set1_host(ssl, host_.c_str()) == 1 && SSL_set_tlsext_host_name(ssl, host_.c_str()) == 1;
  }

  std::shared_ptr<const connector> below_;
  std::string host_;
  std::unique_ptr<SSL_CTX, detail::free_ssl> context_;
  bool usable_;
};

}  // namespace startgate::openssl
