// What the server serves, without a socket in sight: requests in, answers out. One thread at a time.
#pragma once

#include "answer.hpp"
#include "log_book.hpp"
#include "outbox.hpp"
#include "request.hpp"
#include "token.hpp"

#include <startgate/instant.hpp>
#include <startgate/service/service.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

namespace startgate::http {

struct site_settings {
  std::string origin;             // where browsers reach this server, such as http://127.0.0.1:8080
  bool on_loopback = true;        // only this machine can reach it, so the start page may list the applications
  bool toggle_is_locked = false;  // the tenant's export says that the toggle may not be changed any more
  bool lines_bring_time =
      false;  // of /v1/decide and /v1/report: for rehearsals, since whoever sets the time fills and empties buckets
};

struct site {
  site(std::unique_ptr<startgate::service> loaded, access_token management, site_settings chosen)
      : service(std::move(loaded)), token(std::move(management)), settings(std::move(chosen)) {}

  std::unique_ptr<startgate::service> service;
  access_token token;
  site_settings settings;
  http::outbox outbox;
  http::log_book log;
};

// How much body is worth reading for a request of which only the header is there.
std::size_t body_cap(const site& s, const request& head);

// Never throws: what goes wrong inside is a 500 that says nothing more.
answer respond(site& s, request& r, instant now) noexcept;

}  // namespace startgate::http
