// `startgate ip`: one line of JSON with a peer and its headers in, one with the client address out.
#pragma once

#include <startgate/client_ip.hpp>
#include <startgate/ignored_headers.hpp>
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
  std::string application_header = "auth0-forwarded-for";  // never believed here: there is no credential beside it
  std::optional<limit_grouping> key = {};                  // adds "key", the network that a limit counts
  std::optional<proxy_trust> compared = {};                // adds "compared", the answer under these settings, and "same"
  bool trace = false;  // adds "hops", every step of the walk, and "ignored", the headers that were there and had no say
};

struct ip_answer {
  std::string line;  // without a line feed
  bool found;        // there is an address
  bool same = true;  // and it is the compared one
};

namespace detail {

inline ordered text_of(const std::optional<address>& a) { return a ? ordered(print_address(*a).view()) : ordered(); }

inline ordered answer_of(const transport_address& t, const proxy_trust& trust) {
  if (!t.address) return {{"address", nullptr}, {"reason", name_of(t.reason)}, {"error", sentence_of(t.reason)}};
  return {
      {"address", text_of(t.address)}, {"source", name_of(t.source, trust.settings().header, {})}, {"reason", name_of(t.reason)}};
}

inline ip_answer no_address(reason why) { return {print(answer_of({std::nullopt, address_source::peer, why}, {})), false}; }

// Every step of the walk, told by the walk itself. `said` is what the header holds, cut where it is longer than any address.
inline ordered hop_of(const hop& h) {
  return {{"number", h.number}, {"address", text_of(h.address)}, {"said", h.said.substr(0, 64)}, {"verdict", name_of(h.verdict)}};
}

struct told_walk {
  transport_address answer;
  ordered hops = ordered::array();
};

inline told_walk tell_walk(const proxy_trust& trust, const address& peer, header_list headers) {
  told_walk out;
  out.answer = resolve_transport(trust, peer, headers, [&](const hop& h) { out.hops.push_back(hop_of(h)); });
  return out;
}

inline ordered ignored_headers(const proxy_trust& trust, const std::optional<address>& peer, header_list headers,
                               configured_header application) {
  ordered out = ordered::array();
  const configured_header forwarding{trust.settings().header, peer && trust.trusts(*peer, 0)};
  for_each_ignored_header(headers, forwarding, application, [&](const header& h) { out.push_back(h.name); });
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
  const auto walk = detail::tell_walk(options.trust, *peer, headers);
  const auto& found = walk.answer.address;
  ip_answer answer{{}, found.has_value()};
  auto out = detail::answer_of(walk.answer, options.trust);
  if (options.key && found) out["key"] = print_prefix(limit_key(*found, *options.key)).view();
  if (options.compared) {
    const auto other = resolve_transport(*options.compared, *peer, headers);
    answer.same = found == other.address;
    out["compared"] = detail::answer_of(other, *options.compared);
    out["same"] = answer.same;
  }
  if (options.trace) {
    out["hops"] = walk.hops;
    out["ignored"] = detail::ignored_headers(options.trust, *peer, headers, {options.application_header});
  }
  answer.line = print(out);
  return answer;
}

}  // namespace startgate::json
