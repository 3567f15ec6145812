// A decision as the one line of JSON that the command line, Python and HTTP share. ASCII only, so that nothing in it can steer a
// terminal; no secret, assertion, state, cookie or recipient has a member here.
#pragma once

#include <startgate/decision.hpp>
#include <startgate/enforcement.hpp>
#include <startgate/finding.hpp>
#include <startgate/fix.hpp>
#include <startgate/instant.hpp>
#include <startgate/log/record.hpp>
#include <startgate/response.hpp>

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

namespace startgate::json {

using ordered = nlohmann::ordered_json;

constexpr std::string_view name_of(authentication_result r) noexcept {
  constexpr std::array<std::string_view, 5> names{"proved", "absent", "refused", "unobserved", "not_required"};
  return names[static_cast<std::size_t>(r)];
}

constexpr std::string_view kind_of(standing s, const application* a) noexcept {
  if (s == standing::not_named) return "not_named";
  if (a == nullptr) return "unknown";
  return a->kind == application_kind::public_client ? "public" : "confidential";
}

namespace detail {

inline ordered text_or_null(std::string_view text) { return text.empty() ? ordered(nullptr) : ordered(text); }

inline ordered limits_of(const decision& d, instant now) {
  ordered out = ordered::array();
  for (const limit_report& l : d.limits) {
    const bool never = l.outcome.retry_after.is_never();
    out.push_back({{"name", l.name},
                   {"allowed", l.outcome.allowed},
                   {"limit", l.limit.burst()},
                   {"remaining", l.outcome.remaining()},
                   {"reset_at", reset_at(l.outcome, now)},
                   {"retry_after_s", never ? ordered(nullptr) : ordered(seconds_up(l.outcome.retry_after.time()))}});
    if (l.outcome.degraded) out.back()["degraded"] = true;
    if (l.log_only) out.back()["log_only"] = true;
  }
  return out;
}

inline ordered body_of(const response& r) {
  if (r.error.empty()) return ordered::object();
  return {{"error", r.error}, {"error_description", r.error_description}};
}

inline ordered response_of(const response& r) {
  ordered headers = ordered::array();
  r.for_each_header([&](std::string_view name, std::string_view value) { headers.push_back({name, value}); });
  return {{"status", r.status}, {"headers", headers}, {"body", body_of(r)}};
}

// A refusal is logged in the words in which it was answered.
inline ordered events_of(const decision& d, const response& answer) {
  ordered out = ordered::array();
  for (const log::event e : d.events) {
    const bool refused = e == log::event::f && !answer.error_description.empty();
    out.push_back({{"type", log::name_of(e)}, {"description", refused ? answer.error_description : description_of(d, e)}});
  }
  return out;
}

inline ordered findings_of(const decision& d) {
  ordered out = ordered::array();
  for (const finding_row& row : finding_rows)
    if (d.findings.has(row.code)) out.push_back(row.name);
  return out;
}

inline ordered client_ip_of(const caller& c, std::string_view header_name) {
  const std::string_view source = startgate::name_of(c.source, header_name, c.application_header);
  return {{"address", c.address ? ordered(print_address(*c.address).view()) : ordered(nullptr)},
          {"source", source},
          {"reason", startgate::name_of(c.why)}};
}

inline ordered fix_of(fix f) {
  if (f == fix::none) return nullptr;
  return {{"code", startgate::name_of(f)}, {"text", sentence_of(f)}};
}

}  // namespace detail

// `header_name`: the policy's single-valued forwarding header, which names itself as the source.
inline ordered to_json(const decision& d, std::string_view id, const response& answer, std::string_view header_name,
                       instant now) {
  ordered out;
  out["schema"] = 1;
  out["id"] = detail::text_or_null(id);
  out["outcome"] = name_of(d.outcome);
  out["reason"] = startgate::name_of(d.why);
  out["would_be"] = d.would_deny ? "deny" : "allow";
  out["application"] = {{"client_id", detail::text_or_null(d.client_id)}, {"kind", kind_of(d.facts.application, d.application)}};
  out["authentication"] = {{"result", name_of(d.authentication.result)},
                           {"method", detail::text_or_null(d.authentication.method)},
                           {"reason", startgate::name_of(d.authentication.why)}};
  out["client_ip"] = detail::client_ip_of(d.client_ip, header_name);
  out["limits"] = detail::limits_of(d, now);
  out["response"] = detail::response_of(answer);
  out["events"] = detail::events_of(d, answer);
  out["findings"] = detail::findings_of(d);
  out["fix"] = detail::fix_of(fixes_for(d).first());
  return out;
}

inline std::string print(const ordered& value) { return value.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace); }

// The body of a response as the bytes that go out.
inline std::string body_text(const response& r) { return print(detail::body_of(r)); }

}  // namespace startgate::json
