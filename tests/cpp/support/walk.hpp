// Header lines with their memory, and the walk over them told as text.
#pragma once

#include <startgate/client_ip.hpp>
#include <startgate/header_views.hpp>
#include <startgate/proxy_trust.hpp>

#include <string>
#include <utility>
#include <vector>

namespace startgate::test {

struct owned_headers {
  std::vector<std::pair<std::string, std::string>> lines;
  std::vector<header> views;

  explicit owned_headers(std::vector<std::pair<std::string, std::string>> from)
      : lines(std::move(from)), views(views_of(lines)) {}
  owned_headers(const owned_headers&) = delete;
};

inline proxy_trust proxies_in_ten(std::string header_name) {
  return *proxy_trust::make({.trusted_proxies = {*parse_prefix("10.0.0.0/8")}, .header = std::move(header_name)});
}

struct told {
  transport_address answer;
  std::string hops;
};

inline told tell(const proxy_trust& trust, const address& peer, const owned_headers& headers) {
  told out;
  out.answer = resolve_transport(trust, peer, headers.views, [&](const hop& h) {
    out.hops += std::to_string(h.number) + ' ' + std::string(h.said) + ' ' + std::string(name_of(h.verdict)) + '\n';
  });
  return out;
}

}  // namespace startgate::test
