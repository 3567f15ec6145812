// The tenant log records of a decision: one for each of its events, with whatever the request and the registry say about it.
#pragma once

#include <startgate/decision.hpp>
#include <startgate/header.hpp>
#include <startgate/instant.hpp>
#include <startgate/log/record.hpp>
#include <startgate/response.hpp>

#include <cstddef>
#include <optional>
#include <string_view>

namespace startgate {

namespace detail {

inline constexpr std::size_t most_user_agent_bytes = 512;  // a log is no place for a header of kilobytes

constexpr std::string_view user_agent_of(header_list headers) noexcept {
  for (const header& h : headers)
    if (same_name(h.name, "user-agent")) return h.value.substr(0, most_user_agent_bytes);
  return {};
}

constexpr bool is_about_a_limit(log::event e) noexcept {
  return e == log::event::api_limit || e == log::event::api_limit_warning;
}

constexpr void add_limit(log::record& r, const decision& d) noexcept {
  const limit_report* told = limit_told(d, r.type);
  if (told == nullptr) return;
  r.details.limit = told->name;
  r.details.limit_size = told->limit.burst();
  r.details.limit_is_global = told->name == name_of(bucket_space::authentication_api);
  if (!r.details.limit_is_global) r.details.limit_action = told->log_only ? "log" : "block";
}

}  // namespace detail

// Calls visit(const log::record&) for each event, in order. The record's texts live as long as the decision, what it points into,
// and this call. `answer` is the response to the same decision; `hostname` the tenant's.
template <class Visit>
void for_each_record(const decision& d, const response& answer, header_list headers, std::string_view hostname, instant at,
                     Visit visit) {
  const auto text_of = [](const std::optional<address>& a) { return a ? print_address(*a) : address_text{}; };
  const address_text ip = text_of(d.client_ip.address), transport = text_of(d.client_ip.transport);
  log::record r;
  r.date = at;
  r.date_text = print_instant(at);
  r.client_id = d.client_id;
  if (d.application) r.client_name = d.application->name;
  r.ip = ip.view();
  if (d.client_ip.transport != d.client_ip.address) r.client_ip = transport.view();
  r.user_agent = detail::user_agent_of(headers);
  r.hostname = hostname;
  r.details.reason = name_of(d.why);
  if (d.authentication.result == authentication_result::proved) r.details.authentication = d.authentication.method;
  if (!d.request.recipient.empty()) {
    r.connection = name_of(d.request.connection);
    r.user_name = d.request.recipient;
    r.details.send = name_of(d.request.send);
  }
  for (const log::event e : d.events) {
    log::record one = r;
    one.type = e;
    one.description = e == log::event::f ? answer.error_description : description_of(d, e);
    if (detail::is_about_a_limit(e)) detail::add_limit(one, d);
    visit(one);
  }
}

}  // namespace startgate
