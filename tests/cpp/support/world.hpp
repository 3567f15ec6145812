// A small tenant with a gate in front of it, typed throughout: applications of every kind, one store, and calls as owned text.
#pragma once

#include "base64.hpp"
#include "counting_verifier.hpp"

#include <startgate/gate.hpp>
#include <startgate/json/decision.hpp>
#include <startgate/limit_key.hpp>
#include <startgate/response.hpp>
#include <startgate/store/memory.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace startgate::test {

inline constexpr instant ten_oclock = 1'795'514'400ULL * second;  // 2026-11-24T10:00:00Z
inline constexpr std::string_view right_secret = "not-a-real-secret-for-tests";
inline constexpr std::string_view older_secret = "not-a-real-secret-before-rotation";
inline constexpr std::string_view wrong_secret = "not-a-real-secret-at-all";
inline constexpr std::string_view right_cookie = "cookie-of-the-browser-for-tests";

// One call, as text that lives as long as the decision about it.
struct start {
  std::string client_id = "backend";
  std::string client_secret = {};
  std::string state = {};
  std::string connection = "email";
  std::string recipient = "ada@example.com";
  std::string peer = "203.0.113.9";
  std::vector<std::pair<std::string, std::string>> headers = {};
  bool observed = true;

  start& with(std::string name, std::string value) {
    headers.emplace_back(std::move(name), std::move(value));
    return *this;
  }
  start& with_basic(std::string_view user_and_password) { return with("Authorization", "Basic " + base64(user_and_password)); }

  std::vector<header> lines() const {
    std::vector<header> out;
    for (const auto& [name, value] : headers) out.push_back({name, value});
    return out;
  }

  // Views into this object and into `headers_of_call`.
  call as_call(std::span<const header> headers_of_call) const {
    call c;
    c.peer = parse_address(peer);
    c.headers = headers_of_call;
    c.body_observed = observed;
    if (!observed) return c;
    c.members.client_id = std::string_view(client_id);
    c.members.client_secret = std::string_view(client_secret);
    c.members.connection = std::string_view(connection);
    (connection == "sms" ? c.members.phone_number : c.members.email) = std::string_view(recipient);
    c.members.auth_params_state = std::string_view(state);
    return c;
  }
};

inline secret hashed(std::string_view text, std::optional<instant> deadline = std::nullopt) {
  return {*openssl::sha256(text), deadline};
}

inline application confidential_application(std::string client_id, trust_switch trust = trust_switch::not_stated) {
  application app;
  app.client_id = app.name = std::move(client_id);
  app.forwarded_for_switch = trust;
  app.methods.add(client_auth_method::client_secret_post);
  app.secrets.push_back(hashed(right_secret));
  return app;
}

inline application public_application(std::string client_id) {
  application app;
  app.client_id = app.name = std::move(client_id);
  app.kind = application_kind::public_client;
  return app;
}

inline std::vector<application> every_kind_of_application() {
  std::vector<application> all{confidential_application("backend"),
                               confidential_application("switch-on", trust_switch::on),
                               confidential_application("switch-off", trust_switch::off),
                               confidential_application("rotating"),
                               confidential_application("partner"),
                               public_application("spa")};
  all[3].secrets.push_back(hashed(older_secret, ten_oclock + 24 * hour));
  all[4].third_party = true;
  all.push_back(confidential_application("keyed"));
  all.back().methods = client_auth_methods{}.add(client_auth_method::private_key_jwt);
  return all;
}

class world {
 public:
  using gate_type = gate<counting_verifier, memory_store>;

  explicit world(mode m = mode::enforce, std::vector<application> all = every_kind_of_application(), bucket_seed seed = {1, 2},
                 unsigned slow_checks = openssl::verifier::default_slow_checks)
      : v(slow_checks), store(memory_limits{64, 1'024, 1'024, 1'024, 64}, seed), registry_(std::move(all)) {
    rules.issuer = "https://acme.example/";
    rules.enforcement.mode = m;
    keys.push_back({"k1", v.make_mac_key("not-a-real-state-key-for-tests-only")});
    reopen();
  }
  world(const world&) = delete;
  world& operator=(const world&) = delete;

  // After every change of `rules` or `keys`.
  void reopen() { gate_ = std::make_unique<gate_type>(rules, registry_, keys, v, store); }
  const gate_type& door() const { return *gate_; }

  // The call must outlive the decision.
  decision decide(const start& s, instant now = ten_oclock) const {
    const auto lines = s.lines();
    return gate_->decide(s.as_call(lines), now);
  }
  response answer(const start& s, instant now = ten_oclock) const { return respond(decide(s, now), rules.enforcement, now); }
  std::string text(const decision& d, instant now = ten_oclock) const {
    return json::print(
        json::to_json(d, {}, respond(d, rules.enforcement, now), rules.client_address.proxies.settings().header, now));
  }

  // The state of a login page that `client_id` opened at `at`.
  std::string state(std::string_view client_id = "backend", instant at = ten_oclock, std::uint8_t transaction = 1,
                    std::string_view issuer = "https://acme.example/") const {
    transaction_id id{};
    id.fill(transaction);
    return std::string(*issue_state(keys, issuer, client_id, right_cookie, id, at, v));
  }

  // How many more calls a bucket of an address would let pass.
  std::uint64_t left(bucket_space space, const limit& by, std::string_view address, instant now = ten_oclock) {
    const charge one{bucket_keys(store.seed()).of_network(space, limit_key(*parse_address(address))), &by.quota};
    limit_outcome out;
    store.peek({&one, 1}, now, {&out, 1});
    return out.allowed ? out.remaining() + 1 : 0;
  }

  policy rules;
  state_keys keys;
  counting_verifier v;
  memory_store store;

 private:
  applications registry_;
  std::unique_ptr<gate_type> gate_;
};

}  // namespace startgate::test
