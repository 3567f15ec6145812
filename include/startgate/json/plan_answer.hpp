// The plan as JSON: every application with its verdict, cause, evidence and fix, the window that the log covers, and how the limits
// would have fared.
#pragma once

#include <startgate/json/plan_cases.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace startgate::json {

namespace detail {

using answer = nlohmann::ordered_json;

inline answer iso(std::optional<instant> at) { return at ? answer(std::string(print_instant(*at).view())) : answer(); }

inline answer sdk_of(std::string_view name_and_version) {
  if (name_and_version.empty()) return {};
  const auto blank = name_and_version.find(' ');
  return {{"name", name_and_version.substr(0, blank)}, {"version", name_and_version.substr(blank + 1)}};
}

inline answer addresses_of(const plan::address_spread& from) {
  const answer share = from.sends == 0 ? answer() : answer(static_cast<double>(from.busiest) / static_cast<double>(from.sends));
  return {{"distinct", from.distinct}, {"busiest_share", share}, {"not_global", from.not_global}};
}

// Sent is what had an effect: a header that was sent in vain leaves no trace.
inline answer forwarded_for_of(trust_switch trusted, std::optional<bool> counts) {
  const answer stated = trusted == trust_switch::not_stated ? answer() : answer(trusted == trust_switch::on);
  const answer effective = counts ? answer(*counts) : answer();
  return {{"sent", counts == true ? answer(true) : answer()}, {"trusted", stated}, {"effective", effective}};
}

inline answer days_of(const log::plan_row& row) {
  answer out = answer::array();
  for (const auto& [day, counts] : row.days)
    out.push_back({{"date", print_instant(day * 24 * hour).view().substr(0, 10)},
                   {"sends", counts.sends},
                   {"noticed_hours", counts.noticed_hours}});
  return out;
}

template <class Cases>
answer evidence_of(const Cases& cases, std::size_t at) {
  const log::plan_row& row = cases.seen(at);
  const log::evidence& e = cases.evidence(at);
  const plan::address_spread from = cases.spread(at);
  const auto& sdks = cases.scan().sdks();
  return {
      {"sends", e.sends},
      {"notices", e.notices},
      {"possible_notices", e.possible_notices},
      {"first_seen", iso(e.first_seen)},
      {"last_seen", iso(e.last_seen)},
      {"last_notice", iso(e.last_notice)},
      {"quiet_sends", e.quiet_sends},
      {"quiet_since", iso(e.quiet_since)},
      {"proved_sends", e.proved_sends},
      {"proved_days", e.proved_days},
      {"proved_since", iso(e.proved_since)},
      {"client_hours", {{"per_application", e.noticed_hours}, {"per_tenant_at_most", e.noticed_or_hidden_hours}}},
      {"sends_with_login_state", e.sends_with_login_state},
      {"sends_from_browsers", e.sends_from_browsers},
      {"sdk", sdk_of(sdks.text_of(row.send_sdk != 0 ? row.send_sdk : row.notice_sdk))},
      {"notice_sdk", sdk_of(sdks.text_of(row.notice_sdk))},
      {"addresses", addresses_of(from)},
      {"forwarded_for",
       forwarded_for_of(cases.exported_facts(at).forwarded_for, plan::forwarded_for_counts(cases.subject(at).standing, e, from))},
      {"days", days_of(row)},
  };
}

inline answer methods_of(client_auth_methods methods) {
  answer out = answer::array();
  for (int m = 0; m < 6; ++m)
    if (methods.has(client_auth_method(m))) out.push_back(startgate::name_of(client_auth_method(m)));
  return out;
}

inline answer fix_of(fix f, const log::sdk_row* sdk) {
  answer out{{"code", startgate::name_of(f)}, {"text", startgate::sentence_of(f)}};
  const std::string_view first = log::first_version_for(f, sdk);
  if (!first.empty()) out["first_version"] = first;
  return out;
}

template <class Cases>
answer remarks_of(const Cases& cases, std::size_t at) {
  const plan::exported_facts facts = cases.exported_facts(at);
  const plan::address_spread from = cases.spread(at);
  answer out = answer::array();
  for (const plan::remark_row& r : plan::remarks)
    if (plan::holds(r.code, facts, cases.evidence(at), from)) out.push_back(r.name);
  return out;
}

constexpr std::string_view kind_of(standing s) noexcept {
  switch (s) {
    case standing::public_client: return "public";
    case standing::third_party: return "third_party";
    case standing::confidential: return "confidential";
    default: return "unknown";
  }
}

template <class Cases>
answer application_of(const Cases& cases, std::size_t at) {
  const plan::subject subject = cases.subject(at);
  const plan::exported_facts facts = cases.exported_facts(at);
  const plan::finding found = plan::assess(subject, cases.evidence(at));
  const std::string& client_id = cases.who(at).client_id;
  return {
      {"client_id", client_id.empty() ? answer() : answer(client_id)},
      {"name", cases.who(at).name},
      {"exported", facts.exported},
      {"kind", kind_of(subject.standing)},
      {"methods", methods_of(subject.methods)},
      {"has_passwordless_grant", facts.has_passwordless_grant},
      {"verdict", plan::name_of(found.verdict)},
      {"reason", plan::name_of(found.reason)},
      {"text", plan::sentence_of(found.reason)},
      {"evidence", evidence_of(cases, at)},
      {"fix", fix_of(found.fix, log::find_sdk(subject.notice_sdk))},
      {"findings", remarks_of(cases, at)},
      {"holds_back", plan::holds_back(found, facts.has_passwordless_grant)},
      {"may_be_enforced", plan::may_be_enforced(found)},
  };
}

inline answer rehearsal_of(const log::limit_rehearsal& r, const quota& q) {
  return {
      {"limit", q.count()}, {"period_s", q.period() / second}, {"burst", q.burst()},   {"calls", r.calls},
      {"peak", r.peak},     {"peak_at", iso(r.peak_at)},       {"refused", r.refused}, {"first_refusal", iso(r.first_refusal)}};
}

template <class Cases>
answer callers_from(const Cases& cases, std::uint32_t address) {
  answer out = answer::array();
  for (std::size_t at = 0; at < cases.size(); ++at)
    if (cases.seen(at).addresses.contains(address)) out.push_back(cases.who(at).name);
  return out;
}

// The addresses that have reached four fifths of the limit, the busiest first.
template <class Cases>
answer busiest_addresses(const Cases& cases) {
  constexpr std::size_t most = 100;
  const quota& q = cases.settings().per_address;
  const auto text_of = [&](std::uint32_t address) { return cases.scan().addresses().text_of(address); };
  std::vector<std::pair<std::uint32_t, const log::limit_rehearsal*>> all;
  for (const auto& [address, r] : cases.fold().addresses())
    if (r.peak * 5 >= q.burst() * 4) all.emplace_back(address, &r);
  std::sort(all.begin(), all.end(), [&](const auto& a, const auto& b) {
    return a.second->peak != b.second->peak ? a.second->peak > b.second->peak : text_of(a.first) < text_of(b.first);
  });
  answer out = answer::array();
  for (const auto& [address, r] : all) {
    if (out.size() == most) break;
    out.push_back(rehearsal_of(*r, q));
    out.back()["address"] = text_of(address);
    out.back()["applications"] = callers_from(cases, address);
  }
  return out;
}

template <class Cases>
answer window_of(const Cases& cases) {
  const log::coverage& c = cases.scan().coverage();
  answer gaps = answer::array();
  for (const log::gap& g : log::gaps_of(c)) gaps.push_back({{"from", iso(g.begin)}, {"to", iso(g.end)}});
  return {{"from", iso(c.first)},    {"to", iso(c.last)},
          {"records", c.records},    {"duplicates", cases.scan().events().duplicates() + cases.fold().duplicates()},
          {"gaps", std::move(gaps)}, {"last_notice", iso(cases.fold().last_tenant_notice())}};
}

}  // namespace detail

template <class Cases>
nlohmann::ordered_json plan_answer(const Cases& cases) {
  using detail::answer;
  const log::coverage& c = cases.scan().coverage();
  answer applications = answer::array(), masked = answer::array();
  for (std::size_t at = 0; at < cases.size(); ++at) applications.push_back(detail::application_of(cases, at));
  if (c.masked_addresses > 0) masked.push_back("ip");
  if (c.masked_recipients > 0) masked.push_back("user_name");
  return {{"window", detail::window_of(cases)},
          {"types", c.types},
          {"other_notices", c.other_notices},
          {"masked", std::move(masked)},
          {"has_uncounted_addresses", cases.scan().addresses().overflowed()},
          {"applications", std::move(applications)},
          {"limits",
           {{"authentication_api", detail::rehearsal_of(cases.fold().tenant_limit(), cases.settings().tenant_wide)},
            {"start_per_address", detail::busiest_addresses(cases)}}}};
}

}  // namespace startgate::json
