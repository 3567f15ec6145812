// A Redis URL as what a store connects with: a local socket, TCP, or TLS where it says rediss.
#pragma once

#include <startgate/openssl/tls_stream.hpp>
#include <startgate/store/redis_pipeline.hpp>
#include <startgate/store/redis_url.hpp>

#include <memory>

namespace startgate::openssl {

inline store::redis_pipeline_options connection_to(const store::redis_url& url, const tls_options& tls = {}) {
  store::redis_pipeline_options o;
  if (!url.path.empty()) o.server = std::make_shared<store::unix_connector>(url.path);
  else if (url.tls) o.server = std::make_shared<tls_connector>(store::tcp_connector(url.host, url.port), tls);
  else o.server = std::make_shared<store::tcp_connector>(url.host, url.port);
  o.user = url.user;
  o.password = url.password;
  o.database = url.database;
  return o;
}

}  // namespace startgate::openssl
