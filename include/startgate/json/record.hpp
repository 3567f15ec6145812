// A tenant log record as one line of JSON, in the shape that the Management API's /api/v2/logs returns. ASCII only: what a
// caller put into a header or a name cannot steer a terminal (C1 controls, bidirectional overrides), and bytes that are no text
// become U+FFFD. Members without a value are left
// out.
#pragma once

#include <nlohmann/json.hpp>
#include <startgate/log/notice.hpp>
#include <startgate/log/record.hpp>
#include <string>
#include <string_view>

namespace startgate::json {

namespace detail {

inline void put(nlohmann::ordered_json& object, const char* name, std::string_view text) {
  if (!text.empty()) object[name] = text;
}

inline nlohmann::ordered_json details_of(const log::record& r) {
  auto details = nlohmann::ordered_json::object();
  if (r.type == log::event::depnote) {
    details["feature"] = {{"id", log::feature_id},
                          {"name", log::feature_name},
                          {"description", log::feature_description},
                          {"documentation", log::feature_documentation}};
  }
  if (!r.details.limit.empty())
    details["limit"] = {{"bucket", r.details.limit}, {"size", r.details.limit_size}, {"global", r.details.limit_is_global}};
  if (!r.details.limit_action.empty()) details["action"] = r.details.limit_action;
  details["method"] = "POST";
  details["path"] = "/passwordless/start";
  put(details, "reason", r.details.reason);
  put(details, "authentication", r.details.authentication);
  put(details, "send", r.details.send);
  return details;
}

}  // namespace detail

inline std::string record_to_json(const log::record& r) {
  using detail::put;
  auto line = nlohmann::ordered_json::object();
  put(line, "date", r.date_text.view());
  put(line, "type", log::name_of(r.type));
  put(line, "description", r.description_text());
  put(line, "connection", r.connection);
  put(line, "client_id", r.client_id);
  put(line, "client_name", r.client_name);
  put(line, "ip", r.ip);
  put(line, "client_ip", r.client_ip);
  put(line, "user_agent", r.user_agent);
  put(line, "user_name", r.user_name);
  put(line, "hostname", r.hostname);
  if (!r.connection.empty()) {
    put(line, "strategy", r.get(log::field::strategy));
    put(line, "strategy_type", r.get(log::field::strategy_type));
  }
  put(line, "log_id", r.log_id);
  put(line, "_id", r.log_id);
  line["details"] = detail::details_of(r);
  return line.dump(-1, ' ', true, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace startgate::json
