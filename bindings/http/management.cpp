// What an operator reads and turns: the tenant log, the toggle, and what would have been sent.
#include "handlers.hpp"
#include "log_search.hpp"

#include <startgate/json/decision.hpp>
#include <startgate/json/document.hpp>
#include <startgate/json/tenant.hpp>
#include <startgate/media_type.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace startgate::http {

namespace {

constexpr std::string_view lock_name = "cannot_change_enforce_client_authentication_on_passwordless_start";

answer json_answer(std::string body) {
  return {200, {{"content-type", "application/json"}, {"cache-control", "no-store"}}, std::move(body)};
}

answer settings_as_they_are(const site& s) {
  json::ordered flags = json::ordered::object();
  const tenant_flag flag = s.service->current()->rules().enforcement.flag;
  // Where neither the export nor a change states the toggle, the policy's own mode decides, and there is nothing to show.
  if (flag != tenant_flag::not_stated) flags[json::toggle_name] = flag == tenant_flag::on;
  flags[lock_name] = s.settings.toggle_is_locked;
  return json_answer(json::print({{"flags", flags}}));
}

// The toggle that a merge patch (RFC 7396) of the settings asks for, or what is wrong with the patch. Whatever cannot be changed here
// is refused: an ignored member would look like one that took effect.
result<bool, std::string> read_patch(std::string_view text) {
  const auto patch = json::parse(text);
  if (!patch || !patch->is(json::kind::object))
    return unexpected{std::string("the body must be one JSON object without duplicate members")};
  const json::node* flags = patch->find("flags");
  if (!flags || !flags->is(json::kind::object) || patch->keys.size() != 1)
    return unexpected{std::string("only the member flags, an object, can be changed here")};
  const json::node* toggle = flags->find(json::toggle_name);
  if (!toggle || flags->keys.size() != 1)
    return unexpected{"only flags." + std::string(json::toggle_name) + " can be changed here"};
  if (!toggle->is(json::kind::boolean)) return unexpected{"flags." + std::string(json::toggle_name) + " must be true or false"};
  return toggle->flag;
}

}  // namespace

answer search_logs(site& s, exchange& x) {
  const auto search = read_log_search(x.target);
  if (!search) return management_error(400, search.error());
  const log_page page = search->from ? page_after(s.log, *search->from, search->per_page) : search_page(s.log, *search);
  answer a = json_answer(page.body);
  if (page.last_id.empty()) return a;
  const std::string next =
      s.settings.origin + "/api/v2/logs?from=" + std::string(page.last_id) + "&take=" + std::to_string(search->per_page);
  return std::move(a.with("link", "<" + next + ">; rel=\"next\""));
}

answer read_settings(site& s, exchange&) { return settings_as_they_are(s); }

answer change_settings(site& s, exchange& x) {
  if (media_type_of(x.request.header_views()) != media_type::json)
    return management_error(415, "the body must be application/json");
  const auto wanted = read_patch(x.request.body);
  if (!wanted) return management_error(400, wanted.error());
  const bool is_on = s.service->current()->rules().enforcement.flag == tenant_flag::on;
  if (s.settings.toggle_is_locked && *wanted != is_on)
    return management_error(403, "the toggle cannot be changed any more: the tenant's settings say " + std::string(lock_name));
  s.service->set_toggle(*wanted);
  return settings_as_they_are(s);
}

answer list_outbox(site& s, exchange&) {
  json::ordered messages = json::ordered::array();
  for (const message& m : s.outbox.messages()) {
    json::ordered shown{{"date", print_instant(m.at).view()},
                        {"client_id", m.client_id},
                        {"connection", m.connection},
                        {"to", m.to},
                        {"send", m.send}};
    if (m.code.empty())
      shown["link"] = s.settings.origin + "/login/link?ticket=" + m.ticket;
    else
      shown["code"] = m.code;
    messages.insert(messages.begin(), std::move(shown));
  }
  return json_answer(json::print({{"messages", messages}}));
}

}  // namespace startgate::http
