// A tenant log record as the request that it tells of, for `explain`. A deprecation notice (or a refusal of this engine) says that
// an application called without a valid proof; who, when and from where is in the record, the rest of the body is not.
#pragma once

#include <startgate/application.hpp>
#include <startgate/json/document.hpp>
#include <startgate/json/request_line.hpp>

#include <nlohmann/json.hpp>

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace startgate::json {

namespace detail {

inline std::string text_member(const node& object, std::string_view name) {
  const node* n = object.find(name);
  return n && n->is(kind::string) ? n->text : std::string();
}

// A record without client_id is joined by its name where only one application has it.
inline std::string client_of_record(const node& record, std::span<const application> all) {
  std::string client_id = text_member(record, "client_id");
  const std::string name = text_member(record, "client_name");
  if (!client_id.empty() || name.empty()) return client_id;
  std::size_t seen = 0;
  for (const application& a : all)
    if (a.name == name) client_id = a.client_id, ++seen;
  return seen == 1 ? client_id : std::string();
}

}  // namespace detail

// Nothing where the text is no record that tells of a start without proof.
inline std::optional<request_line> request_of_record(std::string_view text, std::span<const application> all) {
  const auto parsed = parse(text, {64});
  if (!parsed || !parsed->is(kind::object)) return std::nullopt;
  const node* wrapped = parsed->find("data");  // a log stream's {"log_id", "data"}
  const node& record = wrapped && wrapped->is(kind::object) ? *wrapped : *parsed;
  const std::string type = detail::text_member(record, "type");
  if (type != "depnote" && type != "f") return std::nullopt;

  request_line out;
  out.id = detail::text_member(record, "log_id");
  out.at = parse_instant(detail::text_member(record, "date"));
  out.peer = detail::text_member(record, "ip");
  if (const std::string agent = detail::text_member(record, "user_agent"); !agent.empty())
    out.headers.emplace_back("user-agent", agent);
  // The recipient is not in a notice, and no rule that is explained here depends on it.
  nlohmann::json body{
      {"client_id", detail::client_of_record(record, all)}, {"connection", "email"}, {"email", "unknown@example.invalid"}};
  out.body = body.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
  return out;
}

}  // namespace startgate::json
