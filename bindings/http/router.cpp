// Which path and method is served by what, and who may.
#include "handlers.hpp"
#include "site.hpp"

#include <array>
#include <exception>
#include <string>
#include <string_view>

namespace startgate::http {

namespace {

enum class access { everybody, bearer };

struct route {
  std::string_view path, method;
  access who;
  std::size_t body_cap;
  answer (*handle)(site&, exchange&);
};

constexpr std::size_t small = 16'384;

constexpr std::array routes{
    route{"/passwordless/start", "POST", access::everybody, 0, start},  // the policy's own cap
    route{"/passwordless/start", "OPTIONS", access::everybody, small, preflight},
    route{"/authorize", "GET", access::everybody, small, authorize},
    route{"/login", "GET", access::everybody, small, login_page},
    route{"/login/code", "POST", access::everybody, small, check_code},
    route{"/login/link", "GET", access::everybody, small, open_link},
    route{"/v1/decide", "POST", access::bearer, 1U << 20, decide},
    route{"/v1/report", "POST", access::bearer, 1U << 20, report},
    route{"/api/v2/logs", "GET", access::bearer, small, search_logs},
    route{"/api/v2/tenants/settings", "GET", access::bearer, small, read_settings},
    route{"/api/v2/tenants/settings", "PATCH", access::bearer, small, change_settings},
    route{"/outbox", "GET", access::bearer, small, list_outbox},
    route{"/", "GET", access::everybody, small, index},
    route{"/health", "GET", access::everybody, small, health},
};

std::string_view path_of(std::string_view target) noexcept { return target.substr(0, target.find('?')); }

// HEAD is GET without the body (RFC 9110 section 9.3.2).
std::string_view method_served(const request& r) noexcept { return r.method == "HEAD" ? std::string_view("GET") : r.method; }

const route* find(std::string_view path, std::string_view method) noexcept {
  for (const route& one : routes)
    if (one.path == path && one.method == method) return &one;
  return nullptr;
}

std::string allowed_methods(std::string_view path) {
  std::string out;
  for (const route& one : routes) {
    if (one.path != path) continue;
    out.append(out.empty() ? "" : ", ").append(one.method);
    if (one.method == "GET") out += ", HEAD";
  }
  return out;
}

bool may(const site& s, const route& one, const request& r) noexcept {
  if (one.who == access::everybody) return true;
  const auto authorization = r.header("authorization");
  return authorization && s.token.opens(*authorization);
}

answer refuse(site& s, const route& one, exchange& x) {
  // A person's browser cannot send the header: the page asks for the token and does.
  const auto accept = x.request.header("accept");
  const bool person = one.handle == list_outbox && accept && accept->find("text/html") != std::string_view::npos;
  answer a =
      person ? outbox_page(s, x) : management_error(401, "the bearer token that was printed at the start is missing or wrong");
  return std::move(a.with("www-authenticate", "Bearer realm=\"startgate\""));
}

answer dispatch(site& s, request& r, instant now) {
  const auto target = parse_target(r.target);
  if (!target) return authentication_error(400, "bad.request", "The request target cannot be read");
  const route* one = find(target->path, method_served(r));
  if (one == nullptr) {
    const std::string allowed = allowed_methods(target->path);
    if (allowed.empty()) return authentication_error(404, "not_found", "There is nothing at this path");
    return std::move(
        authentication_error(405, "method_not_allowed", "This path does not take this method").with("allow", allowed));
  }
  exchange x{r, *target, now};
  if (!may(s, *one, r)) return refuse(s, *one, x);
  if (r.body_cut && one->body_cap != 0) return authentication_error(413, "bad.request", "The request body is too large");
  return one->handle(s, x);
}

}  // namespace

std::size_t body_cap(const site& s, const request& head) {
  const route* one = find(path_of(head.target), method_served(head));
  if (one == nullptr || !may(s, *one, head)) return small;
  return one->body_cap != 0 ? one->body_cap : s.service->current()->rules().request.max_body_bytes;
}

answer respond(site& s, request& r, instant now) noexcept {
  try {
    return dispatch(s, r, now);
  } catch (const std::exception&) {
    return {500,
            {{"content-type", "application/json"}},
            R"({"error":"server_error","error_description":"Something went wrong here"})"};
  }
}

}  // namespace startgate::http
