// POST /passwordless/start and POST /v1/decide: two doors to one decision. POST /v1/report: what came of it.
#include "handlers.hpp"

#include <startgate/json/decision.hpp>
#include <startgate/json/login_report.hpp>
#include <startgate/json/request_line.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace startgate::http {

namespace {

json::request_line line_of(request& r, instant now) {
  json::request_line line;
  line.at = now;
  line.peer = r.peer;
  line.headers = std::move(r.headers);
  line.body = std::move(r.body);
  return line;
}

bool is_sent(const handled_call& call) noexcept {
  for (const log::event e : call.decision.events)
    if (e == log::event::cls || e == log::event::cs) return true;
  return false;
}

// What any page on the web may read of an answer. The endpoint knows no ambient credential across origins: the transaction cookie is
// SameSite=Lax, no other is looked at, and Allow-Credentials is never sent. So `*` gives a page nothing that curl would not get, and
// the page of an origin that nobody registered can still read why it was refused, which is what its developer needs.
answer& share_with_every_origin(answer& a) {
  return a.with("access-control-allow-origin", "*")
      .with("access-control-expose-headers",
            "x-ratelimit-limit, x-ratelimit-remaining, x-ratelimit-reset, retry-after, ratelimit-policy, ratelimit, "
            "auth0-ratelimit, deprecation, "
            "sunset");
}

// What browser SDKs put beside a JSON body.
constexpr std::array<std::string_view, 4> sdk_headers{"auth0-client", "content-type", "authorization", "x-request-language"};

std::string allowed_of(std::string_view asked) {
  std::string out;
  while (!asked.empty()) {
    const std::size_t comma = asked.find(',');
    std::string_view name = asked.substr(0, comma);
    asked.remove_prefix(comma == std::string_view::npos ? asked.size() : comma + 1);
    while (name.starts_with(' ')) name.remove_prefix(1);
    while (name.ends_with(' ')) name.remove_suffix(1);
    for (const std::string_view known : sdk_headers)
      if (same_name(known, name)) out.append(out.empty() ? "" : ", ").append(known);
  }
  return out;
}

std::string_view next_line(std::string_view& rest) noexcept {
  const std::size_t end = rest.find('\n');
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return line;
}

}  // namespace

answer start(site& s, exchange& x) {
  const auto call = s.service->handle(line_of(x.request, x.now), x.now);
  s.log.write(*call, x.now);
  if (is_sent(*call)) s.outbox.send(call->decision, x.now);
  answer a{call->response.status, {}, json::body_text(call->response)};
  call->response.for_each_header([&](std::string_view name, std::string_view value) { a.with(name, value); });
  return std::move(share_with_every_origin(a));
}

// CORS (Fetch standard, section 3.2): which of the headers that the browser asks for it may send.
answer preflight(site&, exchange& x) {
  answer a{204, {}, {}};
  a.with("allow", "POST, OPTIONS").with("vary", "access-control-request-headers");
  if (!x.request.header("access-control-request-method")) return a;
  share_with_every_origin(a).with("access-control-allow-methods", "POST").with("access-control-max-age", "600");
  const std::string allowed = allowed_of(x.request.header("access-control-request-headers").value_or(""));
  return allowed.empty() ? a : std::move(a.with("access-control-allow-headers", allowed));
}

// Request lines in, decision lines out, one for one. The decisions are real: they are charged and logged; only nothing is sent.
answer decide(site& s, exchange& x) {
  answer a{200, {{"content-type", "application/x-ndjson"}, {"cache-control", "no-store"}}, {}};
  for (std::string_view rest = x.request.body; !rest.empty();) {
    const std::string_view line = next_line(rest);
    if (auto request = json::read_request_line(line)) {
      if (!s.settings.lines_bring_time) request->at = x.now;
      const auto call = s.service->handle(std::move(*request), x.now);
      s.log.write(*call, x.now);
      a.body += service::decision_line(*call);
    } else {
      a.body += s.service->decide_line(line, x.now);
    }
    a.body += '\n';
  }
  return a;
}

// Reports of logins in, one a line, all or none: a line that is wrong is named and nothing is counted.
answer report(site& s, exchange& x) {
  std::vector<json::login_report> reports;
  for (std::string_view rest = x.request.body; !rest.empty();) {
    const auto read = json::read_login_report(next_line(rest));
    if (!read) {
      json::problem wrong = read.error();
      wrong.line = static_cast<std::uint32_t>(reports.size()) + 1;
      return management_error(400, wrong.describe("report"));
    }
    reports.push_back(*read);
    if (!s.settings.lines_bring_time) reports.back().at = x.now;
  }
  for (const json::login_report& r : reports) s.service->report(r, x.now);
  return {204, {{"cache-control", "no-store"}}, {}};
}

}  // namespace startgate::http
