// TLS over a socket, for a store that is reached over a network: the server's certificate must chain to a trusted authority and name
// the host (RFC 6125). A client certificate is optional.
#pragma once

#include <startgate/store/stream.hpp>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <sys/socket.h>

#include <cerrno>
#include <cstdint>
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

// OpenSSL's own socket BIO writes with write(2), which raises SIGPIPE where the server has gone; a library must not need its user to
// have that signal ignored.
inline const BIO_METHOD* quiet_socket() {
  static const auto method = [] {
    BIO_METHOD* m = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket without SIGPIPE");
    BIO_meth_set_write(m, [](BIO* b, const char* from, int size) {
      BIO_clear_retry_flags(b);
      const auto n = ::send(static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(b))), from, static_cast<std::size_t>(size), MSG_NOSIGNAL);
      if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) BIO_set_retry_write(b);
      return static_cast<int>(n);
    });
    BIO_meth_set_read(m, [](BIO* b, char* into, int size) {
      BIO_clear_retry_flags(b);
      const auto n = ::recv(static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(b))), into, static_cast<std::size_t>(size), 0);
      if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) BIO_set_retry_read(b);
      return static_cast<int>(n);
    });
    BIO_meth_set_ctrl(m, [](BIO*, int command, long, void*) -> long { return command == BIO_CTRL_FLUSH; });
    return m;
  }();
  return method;
}

inline bool attach(SSL* ssl, int fd) noexcept {
  BIO* const bio = BIO_new(quiet_socket());
  if (bio == nullptr) return false;
  BIO_set_data(bio, reinterpret_cast<void*>(static_cast<std::intptr_t>(fd)));
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl, bio, bio);
  return true;
}

// Repeats a step until it is done, waiting for the socket whenever OpenSSL asks for that. The step's result, or <= 0.
template <class Step>
int until_done(SSL* ssl, int fd, store::deadline until, Step step) noexcept {
  while (true) {
    ERR_clear_error();
    const int n = step();
    if (n > 0) return n;
    const int want = SSL_get_error(ssl, n);
    if (want != SSL_ERROR_WANT_READ && want != SSL_ERROR_WANT_WRITE) return 0;
    if (!store::ready(fd, want == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT, until)) return 0;
  }
}

}  // namespace detail

class tls_stream final : public store::stream {
 public:
  tls_stream(detail::ssl_handle ssl, store::descriptor fd) noexcept : fd_(std::move(fd)), ssl_(std::move(ssl)) {}

  std::size_t read_some(std::span<char> into, store::deadline until) noexcept override {
    std::size_t n = 0;
    (void)detail::until_done(ssl_.get(), fd_.get(), until, [&] { return SSL_read_ex(ssl_.get(), into.data(), into.size(), &n); });
    return n;
  }

  bool write_all(std::string_view bytes, store::deadline until) noexcept override {
    std::size_t n = 0;
    return bytes.empty() ||
           detail::until_done(ssl_.get(), fd_.get(), until, [&] { return SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &n); }) > 0;
  }

 private:
  store::descriptor fd_;
  detail::ssl_handle ssl_;  // gone before its socket
};

class tls_connector final : public store::connector {
 public:
  // A connector whose files cannot be read never connects.
  tls_connector(store::tcp_connector to, const tls_options& options) : to_(std::move(to)), context_(SSL_CTX_new(TLS_client_method())) {
    SSL_CTX* c = context_.get();
    ok_ = c && SSL_CTX_set_min_proto_version(c, TLS1_2_VERSION) == 1;
    SSL_CTX_set_verify(c, SSL_VERIFY_PEER, nullptr);
    ok_ = ok_ && (options.authorities.empty() ? SSL_CTX_set_default_verify_paths(c)
                                              : SSL_CTX_load_verify_locations(c, options.authorities.c_str(), nullptr)) == 1;
    if (!options.certificate.empty())
      ok_ = ok_ && SSL_CTX_use_certificate_chain_file(c, options.certificate.c_str()) == 1 &&
            SSL_CTX_use_PrivateKey_file(c, options.key.c_str(), SSL_FILETYPE_PEM) == 1;
  }

  bool usable() const noexcept { return ok_; }

  std::unique_ptr<store::stream> connect(store::deadline until) const override {
    if (!ok_) return nullptr;
    store::descriptor fd = to_.connect_socket(until);
    detail::ssl_handle ssl(fd ? SSL_new(context_.get()) : nullptr);
    if (!ssl || !name_host(ssl.get()) || !detail::attach(ssl.get(), fd.get())) return nullptr;
    if (detail::until_done(ssl.get(), fd.get(), until, [&] { return SSL_connect(ssl.get()); }) <= 0) return nullptr;
    return std::make_unique<tls_stream>(std::move(ssl), std::move(fd));
  }

 private:
  // A literal address is compared with the certificate's addresses, and is not sent as a server name (RFC 6066 section 3).
  bool name_host(SSL* ssl) const noexcept {
    if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), to_.host().c_str()) == 1) return true;
    return SSL_set1_host(ssl, to_.host().c_str()) == 1 && SSL_set_tlsext_host_name(ssl, to_.host().c_str()) == 1;
  }

  store::tcp_connector to_;
  std::unique_ptr<SSL_CTX, detail::free_ssl> context_;
  bool ok_ = false;
};

}  // namespace startgate::openssl
