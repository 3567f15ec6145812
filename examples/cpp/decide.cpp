// A decision with typed values: no JSON, no files, no allocation per call.
#include <startgate/openssl/verifier.hpp>
#include <startgate/startgate.hpp>
#include <startgate/store/memory.hpp>

#include <iostream>

// The policy is a value: what it promises can be checked while compiling.
static_assert(startgate::shadow_equals_enforce({.enforcement = startgate::mode::notice, .requires_switch = true}));

int main() {
  const startgate::openssl::verifier verifier;
  startgate::policy rules;
  rules.issuer = "https://acme.example/";
  rules.enforcement.mode = startgate::mode::enforce;

  startgate::application shop;
  shop.client_id = "shop";
  shop.methods.add(startgate::client_auth_method::client_secret_post);
  shop.secrets.emplace_back(*verifier.sha256("not-a-real-secret"));
  const startgate::applications registry({shop});

  const startgate::state_keys no_login_page;
  startgate::memory_store store;
  const startgate::gate gate(rules, registry, no_login_page, verifier, store);

  startgate::call call;
  call.peer = startgate::parse_address("203.0.113.9");
  call.members.client_id = "shop";
  call.members.connection = "email";
  call.members.email = "ada@example.com";
  const startgate::instant now = *startgate::parse_instant("2026-11-24T10:00:00Z");

  const auto show = [&] {
    const startgate::decision d = gate.decide(call, now);
    const startgate::response answer = startgate::respond(d, rules.enforcement, now);
    std::cout << answer.status << ' ' << startgate::name_of(d.why) << ": "
              << startgate::sentence_of(startgate::fixes_for(d).first()) << '\n';
  };
  show();
  call.members.client_secret = "not-a-real-secret";
  show();
}
