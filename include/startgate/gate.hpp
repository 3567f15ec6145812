// The gate composes the rules into one decision per call, in the settled order: schema, application, failures of the transport
// address, authentication, address, shields, enforcement, limits. A decision throws nothing and, but for reading a client
// certificate, allocates nothing; any number of threads may ask for one, as far as verifier and store let them.
#pragma once

#include <startgate/application_header.hpp>
#include <startgate/applications.hpp>
#include <startgate/attack_protection.hpp>
#include <startgate/basic.hpp>
#include <startgate/bucket_key.hpp>
#include <startgate/call.hpp>
#include <startgate/certificate_header.hpp>
#include <startgate/charges.hpp>
#include <startgate/client_auth.hpp>
#include <startgate/client_ip.hpp>
#include <startgate/decision.hpp>
#include <startgate/identifier.hpp>
#include <startgate/login_state.hpp>
#include <startgate/media_type.hpp>
#include <startgate/policy.hpp>
#include <startgate/replay.hpp>
#include <startgate/special_address.hpp>
#include <startgate/store.hpp>
#include <startgate/verifier.hpp>

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace startgate {

// Why no login transaction was opened, and the limit, where one is used up.
struct not_opened {
  reason why;
  limit_report limit = {};
};

// What a shield answered. How long it will hold back is not for the caller: a bucket of the address and one of the recipient would
// tell themselves apart, and with them what others do with that recipient.
inline limit_report shield_report(const attack_verdict& v) noexcept {
  limit_report line = charge_plan::report(v.by, v.answer);
  line.tells_wait = false;
  return line;
}

template <verifier Verifier, class Store>
requires bucket_store<Store> && replay_store<Store>
class gate {
 public:
  // All arguments outlive the gate.
  gate(const policy& rules, const applications& registry, const state_keys& keys, const Verifier& verifier, Store& store,
       opaque_states elsewhere = {})
      : policy_(rules),
        registry_(registry),
        keys_(keys),
        verifier_(verifier),
        store_(store),
        elsewhere_(elsewhere),
        bucket_names_(store.seed()),
        charges_(rules, bucket_names_),
        attacks_(rules.attack_protection, bucket_names_, rules.client_address.grouping) {
    client_auth_.audience.issuer = policy_.issuer;
    client_auth_.audience.endpoints = policy_.endpoints;
    client_auth_.decoys = registry_.decoys();
  }

  decision decide(const call& c, instant now) const noexcept {
    decision d;
    d.rules = {mode::enforce, policy_.client_address.requires_switch, policy_.request.deny_unobserved};
    const basic_credentials basic(c.headers);
    find_transport_address(c, d);
    const reason fault = read_schema(c, basic, d);
    find_application(c, basic, d);
    if (fault != reason::none) return refuse_request(d, fault);
    // A readable body whose credential names nobody hides nothing: that is no application of ours.
    if (c.body_observed && d.facts.application == standing::not_named) d.facts.application = standing::unknown;
    if (held_back(d, now)) return d;
    const bool by_proxy = passes_certificates_on(c);
    const header_certificate passed_on =
        by_proxy ? header_certificate(c.headers, policy_.certificate_header->name, policy_.certificate_header->format)
                 : header_certificate();
    authenticate_caller(c, basic, by_proxy ? &passed_on : nullptr, d, now);
    find_caller(c, d);
    if (shielded(d, now)) return d;
    judge_and_charge(d, now);
    return d;
  }

  // A new login transaction of the hosted page for `client_id`: its state, or why none is given.
  result<state_text, not_opened> open_transaction(std::string_view client_id, std::string_view cookie, const address& from,
                                                  instant now) const noexcept {
    limit_outcome answer;
    if (const auto issue = charges_.state_issue(from); issue && !store_.take({&*issue, 1}, now, {&answer, 1}))
      return unexpected{not_opened{reason::limit_state_issue_per_address, charges_.report(*issue, answer)}};
    transaction_id id;
    if (!verifier_.fill_random(id)) return unexpected{not_opened{reason::authentication_busy}};
    if (registry_.find(client_id) == nullptr) return unexpected{not_opened{reason::application_unknown}};
    const auto state = issue_state(keys_, policy_.issuer, client_id, cookie, id, now, verifier_);
    if (!state) return unexpected{not_opened{reason::state_key_unknown}};
    return *state;
  }

  // What the host asks before it checks a code or a link, and reports when it has: attack protection counts failed logins and
  // sign-ups (those that are checked at the same moment pass together), and a login clears what brute-force protection counted.
  // `from` is the resolved address.
  attack_verdict before_login(const std::optional<address>& from, std::string_view recipient, instant now) const noexcept {
    return look_for_attack(store_, attacks_, {from, normalise(recipient)}, now);
  }
  void failed_login(const std::optional<address>& from, std::string_view recipient, instant now) const noexcept {
    report_failed_login(store_, attacks_, {from, normalise(recipient)}, now);
  }
  void sign_up(const std::optional<address>& from, instant now) const noexcept {
    report_sign_up(store_, attacks_, {from, {}}, now);
  }
  void login(const std::optional<address>& from, std::string_view recipient) const noexcept {
    report_login(store_, attacks_, {from, normalise(recipient)});
  }

 private:
  // Schema: the body's bytes, its media type, its members.
  reason read_schema(const call& c, const basic_credentials& basic, decision& d) const noexcept {
    d.findings.add_if(!c.body_observed, finding::body_not_observed);
    if (!c.body_observed) return reason::none;
    if (c.body_fault == reason::request_too_large) return c.body_fault;
    const media_type declared = media_type_of(c.headers);
    if (declared == media_type::other) return reason::request_media_type;
    d.findings.add_if(declared == media_type::text_plain, finding::json_as_text_plain);
    if (c.body_fault != reason::none) return c.body_fault;
    d.request.client_id = c.members.client_id.text;  // a refused request, too, is told by whose it was
    const auto request = read_start_request(c.members, basic.present() || c.assertion != nullptr);
    if (!request) return request.error();
    d.request = *request;
    d.findings.add_if(request->unknown_members, finding::members_unknown);
    d.findings.add_if(request->top_level_state, finding::state_not_in_auth_params);
    return request->unknown_members && policy_.request.strict_members ? reason::request_member_unknown : reason::none;
  }

  static decision refuse_request(decision d, reason fault) noexcept {
    d.why = fault;
    d.events.add(log::event::f);
    return d;
  }

  // A proxy that ended TLS may pass the certificate on; anybody else who sends that header is not believed (CVE-2024-10039).
  bool passes_certificates_on(const call& c) const noexcept {
    return policy_.certificate_header && c.peer && !policy_.client_address.proxies.settings().trusted_proxies.empty() &&
           policy_.client_address.proxies.trusts(*c.peer, 0);
  }

  credentials credentials_of(const call& c, const basic_credentials& basic, const decision& d) const noexcept {
    return {.client_id = d.request.client_id,
            .client_secret = d.request.client_secret,
            .basic = &basic,
            .client_assertion_type = d.request.client_assertion_type,
            .assertion = c.assertion,
            .certificate = c.client_certificate,
            .body_observed = c.body_observed};
  }

  void find_application(const call& c, const basic_credentials& basic, decision& d) const noexcept {
    const std::string_view named = named_client_id(credentials_of(c, basic, d));
    d.application = registry_.find(named);
    // Many clients do not form-encode: a Basic user who is nobody decoded is looked up once more as he came.
    const bool as_sent = !d.application && d.request.client_id.empty() && basic.present() &&
                         policy_.client_authentication.basic == basic_form::tolerant;
    if (as_sent) d.application = registry_.find(basic.raw_client_id());
    // A name that is not ours points into what this call decoded and wipes; only the body's own bytes outlive it.
    d.client_id = d.application ? std::string_view(d.application->client_id) : d.request.client_id;
    d.facts.application = !d.application               ? (named.empty() ? standing::not_named : standing::unknown)
                          : d.application->third_party ? standing::third_party
                          : d.application->kind == application_kind::public_client ? standing::public_client
                                                                                   : standing::confidential;
    if (!d.application) return;
    d.facts.trust = d.application->forwarded_for_switch;
    d.situation.methods = d.application->methods;
    d.situation.basic_only =
        policy_.client_authentication.strict_method && !d.situation.methods.has(client_auth_method::client_secret_post);
    d.findings.add_if(d.situation.from == page::elsewhere && d.facts.application == standing::confidential,
                      finding::called_from_a_browser);
    d.findings.add_if(!d.application->has_passwordless_grant, finding::passwordless_grant_missing);
  }

  void find_transport_address(const call& c, decision& d) const noexcept {
    d.situation.from = page_of(c.headers);
    if (!c.peer) {
      d.client_ip.why = reason::address_peer_invalid;
      return;
    }
    const transport_address found = resolve_transport(policy_.client_address.proxies, *c.peer, c.headers);
    d.client_ip = {found.address, found.source, found.reason, found.address};
  }

  page page_of(header_list headers) const noexcept {
    const single_header origin = find_single(headers, "origin");
    if (origin.count == 0) return page::none;
    return origin.found && is_own_origin(origin.found->value) ? page::hosted : page::elsewhere;
  }

  std::span<const std::string> own_origins() const noexcept {
    const auto& named = policy_.login_state.allowed_origins;
    return named.empty() ? std::span<const std::string>(&issuer_origin_, 1) : std::span<const std::string>(named);
  }

  bool is_own_origin(std::string_view origin) const noexcept {
    const auto own = own_origins();
    return std::find(own.begin(), own.end(), origin) != own.end();
  }

  // Too many refusals of this transport address: nobody touches a key for it.
  bool held_back(decision& d, instant now) const noexcept {
    const auto refusals = charges_.refusals(d.client_ip.transport);
    if (!refusals) return false;
    limit_outcome answer;
    if (store_.peek({&*refusals, 1}, now, {&answer, 1}) || answer.overflowed) return false;
    d.why = reason::attack_refused_per_address;
    d.limits.add(charges_.report(*refusals, answer));
    d.events.add(log::event::limit_mu);
    return true;
  }

  void authenticate_caller(const call& c, const basic_credentials& basic, const header_certificate* passed_on, decision& d,
                           instant now) const noexcept {
    credentials sent = credentials_of(c, basic, d);
    if (passed_on != nullptr) {  // the connection's own certificate is then the proxy's
      sent.certificate = passed_on->bytes();
      sent.certificate_unreadable = passed_on->unreadable();
    }
    replay_in<Store> memory(store_, bucket_names_);
    const authentication a = authenticate(d.application, sent, client_auth_, now, verifier_, memory);
    d.authentication = {a.result, a.method ? name_of(*a.method) : std::string_view{}, a.why, a.used_header};
    d.findings.add_if(a.two_methods_seen, finding::multiple_methods);
    d.findings.add_if(a.secret_seen && a.result == authentication_result::not_required, finding::secret_in_public_application);
    d.findings.add_if(a.previous_secret, finding::previous_secret_used);
    d.findings.add_if(a.only_remembered_here, finding::assertion_remembered_here_only);
    d.findings.add_if(a.not_form_encoded, finding::basic_not_form_encoded);
    d.facts.proof = proof_of(a);
    const bool only_proof = d.facts.proof == proof::absent && !d.request.state.empty();
    if (only_proof && d.facts.application == standing::confidential) check_login_state(c, d, now);
  }

  static proof proof_of(const authentication& a) noexcept {
    switch (a.result) {
      case authentication_result::proved: return proof::by_credential;
      case authentication_result::unobserved: return proof::unobserved;
      case authentication_result::refused:
        return a.why == reason::authentication_two_methods ? proof::refused_methods : proof::refused_credential;
      case authentication_result::absent:
      case authentication_result::not_required: break;
    }
    return proof::absent;
  }

  // Beside a client credential, good or bad, a state decides nothing, so it is looked at only where it is all there is: an unknown
  // application and a wrong secret then cost the same, and a backend that sends its own state beside its secret reads no finding.
  void check_login_state(const call& c, decision& d, instant now) const noexcept {
    const auto& settings = policy_.login_state;
    const login_state_policy rules{policy_.issuer, settings.lifetime, settings.cookie, own_origins()};
    const state_check check = check_state(keys_, rules, d.request.state, d.client_id, c.headers, now, verifier_, elsewhere_);
    d.findings.add_if(check.foreign(), finding::state_not_issued_here);
    if (check.foreign()) return;
    d.facts.proof = check.proved() ? proof::by_state : proof::refused_state;
    d.authentication = {check.proved() ? authentication_result::proved : authentication_result::refused, "login_state", check.why,
                        false};
    d.transaction = check.transaction;
    // Whoever has a state of ours got it from a login page, whatever became of it.
    if (!check.proved() && d.situation.from == page::none) d.situation.from = page::hosted;
  }

  // The address that is logged, limited and judged: the application's word counts only where the judge says so.
  void find_caller(const call& c, decision& d) const noexcept {
    const application_header named = read_application_header(c.headers, policy_.client_address.application_header);
    if (named.present) d.facts.forwarded = named.address ? forwarded_for::usable : forwarded_for::unusable;
    if (d.facts.forwarded == forwarded_for::absent) return;
    if (address_of(d.rules, d.facts) == address_from::application_header) {
      d.client_ip.address = named.address;
      d.client_ip.source = address_source::application_header;
      d.client_ip.application_header = policy_.client_address.application_header;
      d.client_ip.why = reason::address_application_header;
      d.findings.add_if(!is_global(*named.address), finding::forwarded_for_not_public);
      return;
    }
    const bool by_credential = d.facts.proof == proof::by_credential && d.facts.application == standing::confidential;
    d.findings.add(!by_credential                               ? finding::forwarded_for_without_credential
                   : d.facts.forwarded == forwarded_for::usable ? finding::forwarded_for_switched_off
                                                                : finding::forwarded_for_unusable);
    d.client_ip.why = !by_credential                               ? reason::address_application_header_ignored
                      : d.facts.forwarded == forwarded_for::usable ? reason::address_application_header_switched_off
                                                                   : reason::address_application_header_invalid;
  }

  // Shields, on the address that counts: a forwarded one is held back, and the proxy that forwarded it is not.
  bool shielded(decision& d, instant now) const noexcept {
    const normal_recipient recipient = normalise(d.request.recipient);
    const attack_verdict v = look_for_attack(store_, attacks_, {d.client_ip.address, recipient}, now);
    if (v.report || v.held_back) d.events.add(v.why == reason::attack_brute_force ? log::event::limit_wc : log::event::limit_mu);
    if (!v.held_back) return false;
    d.why = v.why;
    d.limits.add(shield_report(v));
    return true;
  }

  void judge_and_charge(decision& d, instant now) const noexcept {
    const normal_recipient recipient = normalise(d.request.recipient);
    d.mode = mode_for(policy_.enforcement, d.client_id, recipient, now);
    d.rules.enforcement = d.mode;
    const verdict v = judge(d.rules, d.facts);
    d.outcome = v.outcome;
    d.would_deny = v.would_deny;
    d.why = reason_for(v.cause, d);
    if (d.outcome == outcome::deny) return count_refusal(d, now);
    charge(d, v, recipient, now);
    if (d.outcome == outcome::notice && d.mode != mode::off && charges_.first_notice(store_, d.client_id, now))
      d.events.add(log::event::depnote);
    if (d.outcome != outcome::deny && !d.request.recipient.empty())
      d.events.add(d.request.connection == connection::email ? log::event::cls : log::event::cs);
  }

  // What is said of a credential before it is compared is said to known and unknown clients alike: a check that there was no room
  // for, or two credentials where one is allowed. Otherwise it would tell who exists.
  static constexpr bool tells_not_who(reason why) noexcept {
    return is_overload(why) || why == reason::authentication_two_methods;
  }

  static reason reason_for(cause c, const decision& d) noexcept {
    switch (c) {
      case cause::authenticated: return reason::allowed_authenticated;
      case cause::public_application: return reason::allowed_public_application;
      case cause::application_unknown:
        return tells_not_who(d.authentication.why) ? d.authentication.why : reason::application_unknown;
      case cause::application_third_party: return reason::application_third_party;
      case cause::proof_missing: return reason::authentication_missing;
      case cause::credential_refused:
      case cause::methods_refused:
      case cause::state_refused: return d.authentication.why;
      case cause::unobserved: break;
    }
    if (!d.rules.deny_unobserved) return reason::allowed_unobserved;
    return d.facts.application == standing::not_named ? reason::application_not_named : reason::authentication_unobserved;
  }

  // Failures are charged to the transport address, never to one that a header names. An expired login page is everyday, and that we
  // had no room to check a proof is no failure of whoever sent it.
  void count_refusal(decision& d, instant now) const noexcept {
    d.events.add(log::event::f);
    const auto refusals = charges_.refusals(d.client_ip.transport);
    const bool everyday = (d.facts.proof == proof::refused_state && !is_state_misuse(d.why)) || is_overload(d.why);
    if (!refusals || everyday) return;
    limit_outcome ignored;
    store_.take({&*refusals, 1}, now, {&ignored, 1});
  }

  void charge(decision& d, const verdict& v, std::string_view recipient, instant now) const noexcept {
    const auto taken = charges_.take_for(
        store_,
        {d.client_ip.address, d.application ? d.client_id : std::string_view{}, recipient,
         d.facts.proof == proof::by_state ? &d.transaction : nullptr, v.charge_per_address, d.request.connection},
        now);
    for (const limit_report& line : taken.limits) d.limits.add(line);
    for (const log::event e : taken.events) d.events.add(e);
    d.findings.add_if(taken.over_log_only_limit, finding::application_over_log_only_limit);
    if (taken.refused_by == reason::none) return;
    d.outcome = outcome::deny;
    d.would_deny = true;
    d.why = taken.refused_by;
  }

  const policy& policy_;
  const applications& registry_;
  const state_keys& keys_;
  const Verifier& verifier_;
  Store& store_;
  opaque_states elsewhere_;
  client_auth_policy client_auth_ = policy_.client_authentication;
  std::string issuer_origin_{origin_of(policy_.issuer)};
  bucket_keys bucket_names_;
  charge_plan charges_;
  attack_plan attacks_;
};

}  // namespace startgate
