// A Redis URL as what a store connects with: a local socket, TCP, or TLS where it says rediss. Needs startgate::redis and
// startgate::tls.
#pragma once

#include <startgate/openssl/tls_stream.hpp>
#include <startgate/store/redis_pipeline.hpp>
#include <startgate/store/redis_url.hpp>

#include <memory>

namespace startgate {

inline store::redis_pipeline_options connection_to(const store::redis_url& url, const openssl::tls_options& tls = {}) {
  store::redis_pipeline_options o;
  o.server = url.path.empty() ? std::shared_ptr<const connector>(std::make_shared<store::tcp_connector>(url.host, url.port))
                              : std::make_shared<store::unix_connector>(url.path);
  if (url.tls) o.server = std::make_shared<openssl::tls_connector>(o.server, url.host, tls);
  o.user = url.user;
  o.password = url.password;
  o.database = url.database;
  return o;
}

}  // namespace startgate
