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

#include <algorithm>
#include <optional>
#include <string_view>

namespace startgate {

// The proof in words: a client credential of some method, or the hosted page's state. What was refused before anybody looked for a
// proof has none that was observed.
struct proof_summary {
  authentication_result result = authentication_result::unobserved;
  std::string_view method;  // `login_state` or the name of a client_auth_method; empty where nothing was tried
  reason why = reason::none;
  bool used_header = false;
};

struct caller {
  std::optional<startgate::address> address;
  address_source source = address_source::peer;
  reason why = reason::address_peer;
  std::optional<startgate::address> transport;  // where the connection came from, as far as trusted proxies say
  std::string_view application_header = {};     // its name, where it is the source
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
  detail::short_list<log::event, 6> events;
  startgate::findings findings;

  // What an explanation starts from.
  startgate::rules rules;
  startgate::facts facts;
  startgate::situation situation;
};

constexpr bool refused_by_request(const decision& d) noexcept { return name_of(d.why).starts_with("request_"); }
constexpr bool refused_by_limit(const decision& d) noexcept { return name_of(d.why).starts_with("limit_"); }
constexpr bool refused_by_attack_protection(const decision& d) noexcept { return name_of(d.why).starts_with("attack_"); }

constexpr bool is_refused_credential(reason why) noexcept {
  using enum reason;
  const std::string_view name = name_of(why);
  const bool proved = why == authentication_secret_matched || why == authentication_previous_secret_matched ||
                      why == authentication_certificate_matched || why == authentication_not_required || why == assertion_valid;
  const bool nothing_sent = why == authentication_missing || why == authentication_unobserved;
  return (name.starts_with("authentication_") || name.starts_with("assertion_")) && !proved && !nothing_sent;
}
constexpr bool is_refused_state(reason why) noexcept {
  using enum reason;
  const bool proved = why == state_valid || why == state_accepted_elsewhere;
  const bool no_state_of_ours = why == state_not_issued_here || why == state_not_in_auth_params;
  return name_of(why).starts_with("state_") && !proved && !no_state_of_ours;
}

// The limit that a record of api_limit or api_limit_warning tells of: the tenant's, unless that let the call pass and only the
// application's did not.
constexpr const limit_report* limit_told(const decision& d, log::event e) noexcept {
  const auto named = [&](bucket_space s) {
    return std::find_if(d.limits.begin(), d.limits.end(), [&](const limit_report& l) { return l.name == name_of(s); });
  };
  const limit_report *tenant = named(bucket_space::authentication_api), *own = named(bucket_space::start_per_application);
  const bool is_there = tenant != d.limits.end();
  const bool of_application = e == log::event::api_limit && own != d.limits.end() && !own->outcome.allowed;
  if (of_application && (!is_there || tenant->outcome.allowed)) return own;
  return is_there ? tenant : nullptr;
}

// The event in the words of the tenant log.
constexpr std::string_view description_of(const decision& d, log::event e) noexcept {
  const limit_report* told = e == log::event::api_limit ? limit_told(d, e) : nullptr;
  const bool of_application = told != nullptr && told->name != name_of(bucket_space::authentication_api);
  return of_application ? std::string_view("You have exceeded the rate limit on /passwordless/start") : log::description_of(e);
}

// A limit of 0, after which no waiting helps.
constexpr bool blocks_for_ever(const decision& d) noexcept {
  return std::any_of(d.limits.begin(), d.limits.end(),
                     [](const limit_report& l) { return !l.outcome.allowed && l.outcome.retry_after.is_never(); });
}

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
  if (d.why == reason::limit_start_per_application && blocks_for_ever(d)) return only(fix::raise_application_limit);
  if (refused_by_limit(d) || refused_by_attack_protection(d)) return only(fix::wait);
  return fixes_for(d.rules, d.facts, d.why, d.situation);
}

// The first fix of the plainest call that is decided with this reason, for tables of reasons.
constexpr fix usual_fix(reason why) {
  const std::string_view name = name_of(why);
  decision d;
  d.why = why;
  d.situation.methods.add(client_auth_method::client_secret_post);
  d.facts.application = standing::confidential;
  d.facts.proof = proof::by_credential;
  if (why == reason::application_unknown) d.facts.application = standing::unknown;
  if (why == reason::application_third_party) d.facts.application = standing::third_party;
  if (why == reason::application_not_named) d.facts.application = standing::not_named, d.rules.deny_unobserved = true;
  if (why == reason::authentication_missing) d.facts.proof = proof::absent;
  if (why == reason::authentication_unobserved) d.facts.proof = proof::unobserved, d.rules.deny_unobserved = true;
  if (is_refused_credential(why)) d.facts.proof = proof::refused_credential;
  if (is_refused_state(why)) d.facts.proof = proof::refused_state, d.situation.from = page::hosted;
  if (why == reason::state_not_issued_here || why == reason::state_not_in_auth_params)
    d.facts.proof = proof::absent, d.situation.from = page::hosted;
  if (why == reason::address_application_header_ignored)
    d.facts = {standing::confidential, proof::by_state, forwarded_for::usable, trust_switch::on};
  if (why == reason::address_application_header_switched_off)
    d.facts.forwarded = forwarded_for::usable, d.facts.trust = trust_switch::off;
  if (why == reason::address_application_header_invalid) d.facts.forwarded = forwarded_for::unusable;
  return name.starts_with("allowed_") ? fix::none : fixes_for(d).first();
}

}  // namespace startgate
