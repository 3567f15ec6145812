// Errors in the two shapes that callers of the two APIs read, and pages in the one that keeps them ours.
#include "handlers.hpp"
#include "html.hpp"
#include "pages.hpp"

#include <nlohmann/json.hpp>
#include <startgate/json/decision.hpp>

#include <string>
#include <string_view>

namespace startgate::http {

answer management_error(int status, std::string_view message) {
  json::ordered body;
  body["statusCode"] = status;
  body["error"] = phrase_of(status);
  body["message"] = message;
  return {status, {{"content-type", "application/json"}, {"cache-control", "no-store"}}, json::print(body)};
}

answer authentication_error(int status, std::string_view error, std::string_view description) {
  json::ordered body;
  body["error"] = error;
  body["error_description"] = description;
  return {status, {{"content-type", "application/json"}, {"cache-control", "no-store"}}, json::print(body)};
}

answer html(int status, std::string_view page, std::string_view nonce) {
  const std::string once(nonce);
  answer a{status, {{"content-type", "text/html; charset=utf-8"}, {"cache-control", "no-store"}}, std::string(page)};
  a.with("content-security-policy",
         "default-src 'none'; script-src 'nonce-" + once + "'; style-src 'nonce-" + once +
             "'; connect-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
  // Not `no-referrer`, under which some browsers send `Origin: null` with the page's own POST.
  return std::move(
      a.with("referrer-policy", "same-origin").with("x-content-type-options", "nosniff").with("x-frame-options", "DENY"));
}

answer message_page(int status, std::string_view title, std::string_view text) {
  const std::string nonce = random_text();
  return html(status, render(pages::message, {{"nonce", nonce}, {"title", title}, {"text", text}}), nonce);
}

}  // namespace startgate::http
