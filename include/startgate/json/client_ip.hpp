// `startgate ip`: one line of JSON with a peer and its headers in, one with the client address out.
#pragma once

#include <startgate/client_ip.hpp>
#include <startgate/json/decision.hpp>
#include <startgate/json/request_line.hpp>
#include <startgate/limit_key.hpp>
#include <startgate/proxy_trust.hpp>
#include <startgate/reason.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace startgate::json {

struct ip_options {
  proxy_trust trust = {};
  std::optional<limit_grouping> key = {};    // adds "key", the network that a limit counts
  std::optional<proxy_trust> compared = {};  // adds "compared", the answer under these settings, and "same"
  bool hops = false;  // adds "hops", every step of the walk, and "ignored", the headers that were there and not read
};

struct ip_answer {
  std::string line;  // without a line feed
  bool found;        // there is an address
};

namespace detail {

inline ordered text_of(const std::optional<address>& a) { return a ? ordered(print_address(*a).view()) : ordered(); }

inline ordered answer_of(const transport_address& t) {
  if (!t.address) return {{"address", nullptr}, {"reason", name_of(t.reason)}, {"error", sentence_of(t.reason)}};
  return {{"address", text_of(t.address)}, {"source", name_of(t.source)}, {"reason", name_of(t.reason)}};
}

inline ip_answer no_address(reason why) { return {print(answer_of({std::nullopt, address_source::peer, why})), false}; }

// Every step of the walk, told by the walk itself. `said` is what the header holds, cut where it is longer than any address.
inline ordered hops_of(const proxy_trust& trust, const address& peer, header_list headers) {
  ordered out = ordered::array();
  resolve_transport(trust, peer, headers, [&](const hop& h) {
    out.push_back(
        {{"number", h.number}, {"address", text_of(h.address)}, {"said", h.said.substr(0, 64)}, {"verdict", name_of(h.verdict)}});
  });
  return out;
}

inline ordered ignored_headers(const proxy_trust& trust, const address& peer, header_list headers) {
  ordered out = ordered::array();
  for_each_ignored_header(trust, peer, headers, [&](const header& h) { out.push_back(h.name); });
  return out;
}

}  // namespace detail

// A line that gives no address answers `{"address": null, "reason": …, "error": …}`.
inline ip_answer ip_line(const ip_options& options, std::string_view line) {
  const auto request = read_request_line(line);
  if (!request) return detail::no_address(reason::request_unreadable_line);
  const auto peer = parse_address(request->peer);
  if (!peer) return detail::no_address(reason::address_peer_invalid);
  const auto headers = request->header_views();
  const auto found = resolve_transport(options.trust, *peer, headers);
  auto out = detail::answer_of(found);
  if (options.key && found.address) out["key"] = print_prefix(limit_key(*found.address, *options.key)).view();
  if (options.compared) {
    const auto other = resolve_transport(*options.compared, *peer, headers);
    out["compared"] = detail::answer_of(other);
    out["same"] = found.address == other.address;
  }
  if (options.hops) out["hops"] = detail::hops_of(options.trust, *peer, headers);
  if (options.hops) out["ignored"] = detail::ignored_headers(options.trust, *peer, headers);
  return {print(out), found.address.has_value()};
}

}  // namespace startgate::json
