// An explanation for a person, as data: why, where the address came from hop by hop, why the walk stopped, which headers had no say,
// and every fix in the order of doing. It is read off the decision; the hops are told by the walk that found the address.
#pragma once

#include <startgate/client_ip.hpp>
#include <startgate/decision.hpp>
#include <startgate/json/client_ip.hpp>
#include <startgate/json/decision.hpp>
#include <startgate/policy.hpp>

#include <array>
#include <string>
#include <string_view>

namespace startgate::json {

namespace detail {

template <class Rows>
ordered sentences_of(const Rows& rows, const findings& seen) {
  ordered out = ordered::array();
  for (const auto& row : rows)
    if (seen.has(row.code)) out.push_back({{"code", row.name}, {"text", row.sentence}});
  return out;
}

// What the connection and its trusted proxies say, which the application's header may have replaced.
inline void add_transport(ordered& out, const decision& d, const client_address_policy& rules, const std::optional<address>& peer,
                          header_list headers) {
  told_walk walk{.answer = {std::nullopt, address_source::peer, reason::address_peer_invalid}};
  if (peer) walk = tell_walk(rules.proxies, *peer, headers);
  out["transport"] = {{"address", text_of(walk.answer.address)},
                      {"source", startgate::name_of(walk.answer.source, rules.proxies.settings().header, {})},
                      {"code", startgate::name_of(walk.answer.reason)},
                      {"text", sentence_of(walk.answer.reason)}};
  out["hops"] = walk.hops;
  const bool believed = d.client_ip.source == address_source::application_header;
  out["ignored"] = ignored_headers(rules.proxies, peer, headers, {rules.application_header, believed});
}

}  // namespace detail

inline ordered explain(const decision& d, const policy& rules, const std::optional<address>& peer, header_list headers) {
  ordered out;
  out["reason"] = {{"code", startgate::name_of(d.why)}, {"text", sentence_of(d.why)}};
  out["authentication"] = {{"code", startgate::name_of(d.authentication.why)}, {"text", sentence_of(d.authentication.why)}};
  out["client_ip"] = {{"code", startgate::name_of(d.client_ip.why)}, {"text", sentence_of(d.client_ip.why)}};
  detail::add_transport(out, d, rules.client_address, peer, headers);
  out["application_name"] = d.application ? ordered(d.application->name) : ordered(nullptr);
  out["mode"] = startgate::name_of(d.mode);
  out["findings"] = detail::sentences_of(finding_rows, d.findings);
  ordered fixes = ordered::array();
  for (const fix f : fixes_for(d)) fixes.push_back(detail::fix_of(f));
  out["fixes"] = fixes;
  return out;
}

}  // namespace startgate::json
