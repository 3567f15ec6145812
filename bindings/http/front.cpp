// For people who look at the server, and for probes.
#include "handlers.hpp"
#include "html.hpp"
#include "pages.hpp"

#include <startgate/json/decision.hpp>
#include <startgate/version.hpp>

#include <string>

namespace startgate::http {

answer index(site& s, exchange&) {
  json::ordered listed = json::ordered::array();
  // Client ids are no secrets, but a list of all of them is nothing to tell the network.
  if (s.settings.on_loopback)
    for (const application& a : s.service->current()->registry().all())
      listed.push_back({{"client_id", a.client_id},
                        {"name", a.name},
                        {"kind", a.kind == application_kind::public_client ? "public" : "confidential"},
                        {"third_party", a.third_party}});
  const std::string nonce = random_text(), applications = json::print(listed);
  return html(200, render(pages::index, {{"nonce", nonce}, {"applications", applications}, {"version", STARTGATE_VERSION}}),
              nonce);
}

// Without anything in it: its script asks for the token and reads /outbox with it.
answer outbox_page(site&, exchange&) {
  const std::string nonce = random_text();
  return html(401, render(pages::outbox, {{"nonce", nonce}}), nonce);
}

answer health(site&, exchange&) {
  return {200, {{"content-type", "application/json"}, {"cache-control", "no-store"}}, R"({"status":"ok"})"};
}

}  // namespace startgate::http
