// What the gate answers: one value with everything that a response, a log record, an explanation or a table needs. Views point into
// the call, the policy and the registry; keep the decision no longer than these.
#pragma once

#include <startgate/application.hpp>
#include <startgate/charges.hpp>
#include <startgate/client_auth.hpp>
#include <startgate/client_ip.hpp>
#include <startgate/detail/short_list.hpp>
#include <startgate/explain.hpp>
#include <startgate/finding.hpp>
#include <startgate/instant.hpp>
#include <startgate/judge.hpp>
#include <startgate/log/record.hpp>
#include <startgate/rate_headers.hpp>
#include <startgate/reason.hpp>
#include <startgate/start_request.hpp>

#include <optional>
#include <string_view>

namespace startgate {

// The proof in words: a client credential of some method, or the hosted page's state.
struct proof_summary {
  authentication_result result = authentication_result::absent;
  std::string_view method;  // `login_state` or the name of a client_auth_method; empty where nothing was tried
  reason why = reason::authentication_missing;
  bool used_header = false;
};

struct caller {
  std::optional<startgate::address> address;
  address_source source = address_source::peer;
  reason why = reason::address_peer;
  std::optional<startgate::address> transport;  // where the connection came from, as far as trusted proxies say
};

struct decision {
  startgate::outcome outcome = startgate::outcome::deny;
  reason why = reason::none;
  bool would_deny = true;
  startgate::mode mode = startgate::mode::notice;

  std::string_view client_id;  // as named by the request; empty where nothing names one
  const startgate::application* application = nullptr;
  startgate::start_request request;  // meaningful unless the reason is a request_ one or the body was not observed
  proof_summary authentication;
  transaction_id transaction{};  // of a state that proved the call
  caller client_ip;
  detail::short_list<limit_report, most_charges> limits;
  detail::short_list<log::event, 4> events;
  startgate::findings findings;

  // What an explanation starts from.
  startgate::rules rules;
  startgate::facts facts;
  startgate::situation situation;
};

constexpr bool refused_by_request(const decision& d) noexcept { return name_of(d.why).starts_with("request_"); }
constexpr bool refused_by_limit(const decision& d) noexcept { return name_of(d.why).starts_with("limit_"); }
constexpr bool refused_by_attack_protection(const decision& d) noexcept { return name_of(d.why).starts_with("attack_"); }

// What to do about this decision, in order; empty where nothing is to be done.
constexpr fix_list fixes_for(const decision& d) {
  const auto only = [](fix f) {
    fix_list out;
    out.list[out.count++] = f;
    return out;
  };
  if (d.why == reason::request_too_large) return only(fix::send_smaller_body);
  if (refused_by_request(d)) return only(fix::repair_request);
  if (d.why == reason::limit_start_per_transaction) return only(fix::open_new_login);
  if (refused_by_limit(d) || refused_by_attack_protection(d)) return only(fix::wait);
  return fixes_for(d.rules, d.facts, d.why, d.situation);
}

}  // namespace startgate
