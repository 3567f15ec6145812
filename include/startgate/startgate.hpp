// startgate decides, explains and rehearses who may start a passwordless login (POST /passwordless/start).
//
// This header is the table of contents of the core, which needs the standard library only. JSON, OpenSSL and stores are folders of
// their own (json/, openssl/, store/); service/service.hpp ties all of them together for whoever wants lines in and lines out.
//
//   startgate::policy rules;                                     // the profile auth0; json/policy.hpp reads a file
//   rules.issuer = "https://acme.example/";
//   startgate::applications registry(std::move(applications));   // json/applications.hpp reads an export
//   startgate::openssl::verifier verifier;
//   startgate::memory_store store;
//   startgate::gate gate(rules, registry, state_keys, verifier, store);
//
//   startgate::call call{.peer = startgate::parse_address("203.0.113.9"), .headers = headers, .members = members};
//   const startgate::decision d = gate.decide(call, now);        // views in, no allocation
//   const startgate::response answer = startgate::respond(d, rules.enforcement, now);
#pragma once

// Values
#include <startgate/instant.hpp>
#include <startgate/reason.hpp>
#include <startgate/result.hpp>
#include <startgate/version.hpp>

// What is asked, and by whom
#include <startgate/application.hpp>
#include <startgate/applications.hpp>
#include <startgate/call.hpp>
#include <startgate/header.hpp>
#include <startgate/identifier.hpp>
#include <startgate/media_type.hpp>
#include <startgate/recipient.hpp>
#include <startgate/start_request.hpp>

// Proof
#include <startgate/assertion.hpp>
#include <startgate/basic.hpp>
#include <startgate/certificate_header.hpp>
#include <startgate/client_auth.hpp>
#include <startgate/client_certificate.hpp>
#include <startgate/login_state.hpp>
#include <startgate/secret.hpp>
#include <startgate/secret_text.hpp>
#include <startgate/verifier.hpp>

// Where from
#include <startgate/address_and_port.hpp>
#include <startgate/application_header.hpp>
#include <startgate/client_ip.hpp>
#include <startgate/client_ip_preset.hpp>
#include <startgate/forwarded.hpp>
#include <startgate/header_views.hpp>
#include <startgate/ignored_headers.hpp>
#include <startgate/ip.hpp>
#include <startgate/limit_key.hpp>
#include <startgate/prefix.hpp>
#include <startgate/prefix_set.hpp>
#include <startgate/proxy_trust.hpp>
#include <startgate/special_address.hpp>

// How often
#include <startgate/application_limits.hpp>
#include <startgate/bucket_key.hpp>
#include <startgate/charges.hpp>
#include <startgate/limit.hpp>
#include <startgate/rate.hpp>
#include <startgate/rate_headers.hpp>
#include <startgate/replay.hpp>
#include <startgate/store.hpp>
#include <startgate/tenant_plan.hpp>

// The decision
#include <startgate/decision.hpp>
#include <startgate/enforcement.hpp>
#include <startgate/explain.hpp>
#include <startgate/facts_cover.hpp>
#include <startgate/finding.hpp>
#include <startgate/fix.hpp>
#include <startgate/gate.hpp>
#include <startgate/judge.hpp>
#include <startgate/policy.hpp>
#include <startgate/response.hpp>
