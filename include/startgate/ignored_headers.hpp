// Headers that look as if they named the caller and had no say. For explanations: whoever set one and wonders is told.
#pragma once

#include <startgate/header.hpp>

#include <string_view>

namespace startgate {

// A header that the settings name, and whether this answer rests on it.
struct configured_header {
  std::string_view name;
  bool read = false;
};

namespace detail {

// What proxies, content networks and frameworks write, or once wrote, for the address of a caller.
inline constexpr std::string_view caller_claims[] = {
    "x-forwarded-for",
    "forwarded",
    "x-real-ip",
    "auth0-forwarded-for",
    "x-forwarded",
    "forwarded-for",
    "x-original-forwarded-for",
    "x-client-ip",
    "client-ip",
    "x-cluster-client-ip",
    "x-remote-ip",
    "x-remote-addr",
    "x-originating-ip",
    "x-envoy-external-address",
    "true-client-ip",
    "cf-connecting-ip",
    "cf-connecting-ipv6",
    "cf-pseudo-ipv4",
    "fastly-client-ip",
    "fly-client-ip",
    "do-connecting-ip",
    "x-vercel-forwarded-for",
    "x-nf-client-connection-ip",
    "x-appengine-user-ip",
    "x-azure-clientip",
    "x-azure-socketip",
    "x-sucuri-clientip",
    "incap-client-ip",
    "proxy-client-ip",
    "wl-proxy-client-ip",
};

constexpr bool claims_a_caller(std::string_view name) noexcept {
  for (const std::string_view claim : caller_claims)
    if (same_name(name, claim)) return true;
  return false;
}

}  // namespace detail

template <class Visitor>
void for_each_ignored_header(header_list headers, configured_header forwarding, configured_header application, Visitor visit) {
  for (const header& h : headers) {
    bool claim = detail::claims_a_caller(h.name), read = false;
    for (const configured_header& c : {forwarding, application}) {
      if (!same_name(h.name, c.name)) continue;
      claim = true;
      read = read || c.read;
    }
    if (claim && !read) visit(h);
  }
}

}  // namespace startgate
