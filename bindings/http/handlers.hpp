// One function per route. Each answers one request; what they share is the site.
#pragma once

#include "answer.hpp"
#include "request.hpp"
#include "site.hpp"
#include "target.hpp"

#include <startgate/instant.hpp>

#include <string_view>

namespace startgate::http {

struct exchange {
  http::request& request;
  const http::target& target;
  instant now;
};

// start.cpp: the endpoint itself, the same decision for gateways, and what came of it.
answer start(site&, exchange&);
answer preflight(site&, exchange&);
answer decide(site&, exchange&);
answer report(site&, exchange&);

// login.cpp: the hosted login page.
answer authorize(site&, exchange&);
answer login_page(site&, exchange&);
answer check_code(site&, exchange&);
answer open_link(site&, exchange&);

// management.cpp: what the bearer token opens.
answer search_logs(site&, exchange&);
answer read_settings(site&, exchange&);
answer change_settings(site&, exchange&);
answer list_outbox(site&, exchange&);

// front.cpp: for people and for probes.
answer index(site&, exchange&);
answer outbox_page(site&, exchange&);
answer health(site&, exchange&);

// An error in the shape of the Management API.
answer management_error(int status, std::string_view message);
// An error in the shape of the Authentication API.
answer authentication_error(int status, std::string_view error, std::string_view description);
// A page of ours, with the headers that keep it ours.
answer html(int status, std::string_view page, std::string_view nonce);
answer message_page(int status, std::string_view title, std::string_view text);

}  // namespace startgate::http
