// An explanation for a person, as data: why, where the address came from hop by hop, and every fix in the order of doing. It is read
// off the decision; the hops are told by the walk that found the address.
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

}  // namespace detail

inline ordered explain(const decision& d, const policy& rules, const std::optional<address>& peer, header_list headers) {
  ordered out;
  out["reason"] = {{"code", startgate::name_of(d.why)}, {"text", sentence_of(d.why)}};
  out["authentication"] = {{"code", startgate::name_of(d.authentication.why)}, {"text", sentence_of(d.authentication.why)}};
  out["client_ip"] = {{"code", startgate::name_of(d.client_ip.why)}, {"text", sentence_of(d.client_ip.why)}};
  out["hops"] = peer ? detail::hops_of(rules.client_address.proxies, *peer, headers) : ordered::array();
  out["application_name"] = d.application ? ordered(d.application->name) : ordered(nullptr);
  out["mode"] = startgate::name_of(d.mode);
  out["findings"] = detail::sentences_of(finding_rows, d.findings);
  ordered fixes = ordered::array();
  for (const fix f : fixes_for(d)) fixes.push_back(detail::fix_of(f));
  out["fixes"] = fixes;
  return out;
}

}  // namespace startgate::json
