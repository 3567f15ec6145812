// The hosted login page in the shape of Classic Login: /authorize opens a transaction and hands its state to /login, whose page forwards
// it to /passwordless/start. Where the code is right the demo ends; it issues no tokens and follows no redirect_uri.
#include "handlers.hpp"
#include "html.hpp"
#include "pages.hpp"

#include <startgate/client_ip.hpp>
#include <startgate/json/decision.hpp>
#include <startgate/json/document.hpp>
#include <startgate/login_state.hpp>
#include <startgate/media_type.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

namespace startgate::http {

namespace {

constexpr std::size_t cookie_bytes = 16;
constexpr std::size_t most_state_characters = 192;

// The transaction cookie that the browser already has, if it is one of ours, so that two open tabs both work.
std::optional<std::string> own_cookie(const request& r) {
  for (const auto& [name, value] : r.headers) {
    if (!same_name(name, "cookie")) continue;
    for (std::string_view rest = value; !rest.empty();) {
      const header cookie = startgate::next_cookie(rest);
      std::array<std::uint8_t, cookie_bytes> bytes;
      const bool ours =
          cookie.name == transaction_cookie && cookie.value.size() == startgate::detail::base64url_encoded_size(cookie_bytes);
      if (ours && startgate::detail::base64url_decode(cookie.value, bytes)) return std::string(cookie.value);
    }
  }
  return std::nullopt;
}

// Secure unless the page is served in the clear, which happens on loopback only: a browser drops a Secure cookie there.
std::string set_cookie(std::string_view value, const site& s) {
  const auto lifetime = s.service->current()->rules().login_state.lifetime / second;
  std::string out = std::string(transaction_cookie) + "=" + std::string(value) + "; Path=/; Max-Age=" + std::to_string(lifetime);
  out += "; HttpOnly; SameSite=Lax";
  return s.settings.origin.starts_with("https://") ? out + "; Secure" : out;
}

const application* application_named(const snapshot& rules, std::string_view client_id) noexcept {
  const application* found = rules.registry().find(client_id);
  return found && !found->third_party ? found : nullptr;
}

answer unknown_application() {
  return message_page(400, "This sign-in cannot start",
                      "The link names no application that this tenant knows, or one that may not sign in this way.");
}

// Who is calling, as far as proxies vouch for it: nobody on a login page has a credential that could name somebody else.
std::optional<address> caller_of(const snapshot& rules, const request& r) {
  const auto peer = parse_address(r.peer);
  if (!peer) return std::nullopt;
  return resolve_transport(rules.rules().client_address.proxies, *peer, r.header_views()).address.value_or(*peer);
}

// The answer to who has to wait for a limit.
answer held_back(answer a, const limit_report& limit, const std::optional<address>& from, instant now) {
  headers_of({&limit, 1}, now, bytes_of(from.value_or(address{}))).for_each([&](std::string_view name, std::string_view value) {
    a.with(name, value);
  });
  return a;
}

answer no_transaction(const not_opened& refused, const address& from, instant now) {
  if (refused.why == reason::limit_state_issue_per_address)
    return held_back(
        message_page(429, "Too many sign-ins", "Too many sign-ins were started from your address. Please try again later."),
        refused.limit, from, now);
  return message_page(503, "This sign-in cannot start",
                      "The server has no key for login states: its keys file needs state_keys.");
}

bool is_state_shaped(std::string_view text) noexcept {
  const auto plain = [](char c) { return c == '.' || startgate::detail::base64url_values[static_cast<unsigned char>(c)] >= 0; };
  return !text.empty() && text.size() <= most_state_characters && std::all_of(text.begin(), text.end(), plain);
}

// What the page of Classic Login finds in `config`.
std::string config_of(const site& s, const application& a, std::string_view state) {
  const std::string_view origin = s.settings.origin;
  json::ordered config;
  config["clientID"] = a.client_id;
  config["clientName"] = a.name;
  config["auth0Domain"] = origin.substr(origin.find("://") + 3);
  config["internalOptions"] = {{"scope", "openid"}, {"state", state}};
  return json::print(config);
}

struct code_check {
  std::string client_id, to, code;
};

std::optional<code_check> read_code_check(std::string_view body) {
  const auto parsed = json::parse(body);
  if (!parsed) return std::nullopt;
  code_check out;
  for (const auto& [name, value] :
       {std::pair<std::string_view, std::string*>{"client_id", &out.client_id}, {"to", &out.to}, {"code", &out.code}}) {
    const json::node* member = parsed->find(name);
    if (!member || !member->is(json::kind::string)) return std::nullopt;
    *value = member->text;
  }
  return out;
}

// A code or link that came too late is everyday; one that is wrong, or tried again after it was used up, is a failed login.
void tell_attack_protection(site& s, const checked& c, const std::optional<address>& from, instant now) {
  using enum json::login_event;
  if (c.what == verification::expired) return;
  s.service->report({c.what == verification::right ? login : failed_login, from, c.to, now}, now);
  if (c.what == verification::right && s.outbox.is_new_user(c.to)) s.service->report({sign_up, from, c.to, now}, now);
}

}  // namespace

answer authorize(site& s, exchange& x) {
  const auto rules = s.service->current();
  const application* app = application_named(*rules, x.target["client_id"]);
  const auto from = caller_of(*rules, x.request);
  if (!app || !from) return unknown_application();
  const std::string cookie = own_cookie(x.request).value_or(random_text(cookie_bytes));
  const auto state = s.service->open_transaction(app->client_id, cookie, *from, x.now);
  if (!state) return no_transaction(state.error(), *from, x.now);
  answer a{302, {{"location", "/login?client=" + encode_form(app->client_id) + "&state=" + encode_form(*state)}}, {}};
  return std::move(
      a.with("set-cookie", set_cookie(cookie, s)).with("cache-control", "no-store").with("referrer-policy", "same-origin"));
}

answer login_page(site& s, exchange& x) {
  const auto rules = s.service->current();
  const application* app = application_named(*rules, x.target["client"]);
  if (!app) return unknown_application();
  if (!is_state_shaped(x.target["state"]))
    return message_page(400, "This page was opened on its own",
                        "Please start again from the application, which opens this page with a state.");
  const std::string nonce = random_text(), config = config_of(s, *app, x.target["state"]);
  return html(200, render(pages::login, {{"nonce", nonce}, {"config", config}, {"application", app->name}}), nonce);
}

answer check_code(site& s, exchange& x) {
  if (media_type_of(x.request.header_views()) != media_type::json)
    return authentication_error(415, "bad.request", "The request body must be application/json");
  const auto asked = read_code_check(x.request.body);
  if (!asked) return authentication_error(400, "bad.request", "Expected the strings client_id, to and code");
  const auto rules = s.service->current();
  const auto from = caller_of(*rules, x.request);
  if (const auto v = rules->door().before_login(from, asked->to, x.now); v.held_back)
    return held_back(authentication_error(429, "too_many_attempts", "Too many attempts. Try again later."), shield_report(v),
                     from, x.now);
  const checked c = s.outbox.check_code(asked->client_id, asked->to, asked->code, x.now);
  tell_attack_protection(s, c, from, x.now);
  return {200, {{"content-type", "application/json"}, {"cache-control", "no-store"}}, json::print({{"result", name_of(c.what)}})};
}

answer open_link(site& s, exchange& x) {
  const auto rules = s.service->current();
  const auto from = caller_of(*rules, x.request);
  if (const auto v = rules->door().before_login(from, {}, x.now); v.held_back)
    return held_back(message_page(429, "Too many attempts", "Please try again later."), shield_report(v), from, x.now);
  const checked c = s.outbox.open_link(x.target["ticket"], x.now);
  tell_attack_protection(s, c, from, x.now);
  switch (c.what) {
    case verification::right:
      return message_page(200, "Signed in", "The link is right. A tenant would now send you back to the application.");
    case verification::expired: return message_page(400, "This link has expired", "Please ask for a new one.");
    case verification::used_up: return message_page(400, "This link was used before", "Please ask for a new one.");
    case verification::wrong: break;
  }
  return message_page(400, "This link is not known", "Please ask for a new one.");
}

}  // namespace startgate::http
