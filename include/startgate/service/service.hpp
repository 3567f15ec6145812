// A loaded policy at work: files in, lines in, lines out. It ties the gate to JSON, OpenSSL and a store, and is what the command
// line, Python and the HTTP demo share, so that the same bytes get the same decision everywhere. Safe for any number of threads.
#pragma once

#include <startgate/applications.hpp>
#include <startgate/gate.hpp>
#include <startgate/json/applications.hpp>
#include <startgate/json/assertion.hpp>
#include <startgate/json/body.hpp>
#include <startgate/json/decision.hpp>
#include <startgate/json/explanation.hpp>
#include <startgate/json/keys.hpp>
#include <startgate/json/login_report.hpp>
#include <startgate/json/policy.hpp>
#include <startgate/json/record_request.hpp>
#include <startgate/json/request_line.hpp>
#include <startgate/json/tenant.hpp>
#include <startgate/openssl/key_maker.hpp>
#include <startgate/openssl/verifier.hpp>
#include <startgate/response.hpp>
#include <startgate/service/service_store.hpp>

#include <atomic>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace startgate {

// A configuration file: what to call it in messages, and its text. An empty text means that there is no such file.
struct config_file {
  std::string name;
  std::string text;
};

struct service_files {
  config_file policy;
  config_file applications;
  config_file tenant;
  config_file keys;
  std::vector<std::string> page_origins = {};  // where this process serves the hosted page, beside what the policy allows
};

// Everything that a reload replaces, built whole and swapped whole. The buckets live on where the policy still wants them there.
class snapshot {
 public:
  using verifier_type = openssl::verifier;
  using store_type = service_store;

  snapshot(policy rules, std::vector<application> all, state_keys keys, std::shared_ptr<store_type> store)
      : policy_(std::move(rules)),
        applications_(std::move(all)),
        keys_(std::move(keys)),
        verifier_(openssl::authorities::from_pem(policy_.certificate_authorities).value_or(openssl::authorities{})),
        store_(std::move(store)),
        gate_(policy_, applications_, keys_, verifier_, *store_) {}
  snapshot(const snapshot&) = delete;
  snapshot& operator=(const snapshot&) = delete;

  const policy& rules() const noexcept { return policy_; }
  const applications& registry() const noexcept { return applications_; }
  const state_keys& keys() const noexcept { return keys_; }
  const verifier_type& crypto() const noexcept { return verifier_; }
  const std::shared_ptr<store_type>& store() const noexcept { return store_; }
  const gate<verifier_type, store_type>& door() const noexcept { return gate_; }

 private:
  policy policy_;
  applications applications_;
  state_keys keys_;
  verifier_type verifier_;
  std::shared_ptr<store_type> store_;  // a call under way keeps the store that it began with
  gate<verifier_type, store_type> gate_;
};

// One call and what came of it. Everything that the decision views into is in here, so it may be kept.
struct handled_call {
  std::shared_ptr<const snapshot> rules;
  json::request_line request;
  std::vector<header> headers;
  std::optional<json::body> body;
  std::optional<client_assertion> assertion;
  instant at = 0;
  startgate::decision decision;
  startgate::response response;
};

class service {
 public:
  // The service, or one line that names the file, the line, the member and what was expected.
  static result<std::unique_ptr<service>, std::string> load(const service_files& files, const store_choice& stores = {}) {
    std::unique_ptr<service> made(new service(stores));
    if (auto why = made->reload(files)) return unexpected{std::move(*why)};
    return made;
  }

  // Nothing where it worked; otherwise the line that says why not, and the old rules stay in force.
  std::optional<std::string> reload(const service_files& files) {
    const auto told = [](const json::problem& p, const config_file& file) { return std::optional(p.describe(file.name)); };
    const openssl::key_maker maker;
    auto rules = json::read_policy(files.policy.text, maker);
    if (!rules) return told(rules.error(), files.policy);
    auto& origins = rules->login_state.allowed_origins;
    origins.insert(origins.end(), files.page_origins.begin(), files.page_origins.end());
    const openssl::verifier crypto;
    std::vector<application> all;
    if (!files.applications.text.empty()) {
      auto read = json::read_applications(files.applications.text, crypto, maker);
      if (!read) return told(read.error(), files.applications);
      all = std::move(*read);
    }
    auto keys = json::read_keys(files.keys.text, all, crypto, maker);
    if (!keys) return told(keys.error(), files.keys);
    if (!files.tenant.text.empty()) {
      const auto tenant = json::read_tenant(files.tenant.text);
      if (!tenant) return told(tenant.error(), files.tenant);
      rules->enforcement.flag = tenant->toggle;
    }
    auto order = order_for(*rules, keys->store_secret);
    auto store = store_for(order);
    if (!store) return told({json::line_in(files.policy.text, "store", "url"), "store.url", store.error()}, files.policy);
    store_order_ = std::move(order);
    install(std::move(*rules), std::move(all), std::move(keys->states), std::move(*store));
    return std::nullopt;
  }

  // Turns the tenant's toggle. Buckets, applications and keys stay as they are.
  void set_toggle(bool on) {
    const auto now = current();
    policy rules = now->rules();
    rules.enforcement.flag = on ? tenant_flag::on : tenant_flag::off;
    install(std::move(rules), now->registry().all(), now->keys(), now->store());
  }

  // Why the shared store of the policy cannot be asked at the moment, as one line; empty where it can, or where there is none.
  std::string store_trouble() const { return current()->store()->trouble(); }

  std::shared_ptr<const snapshot> current() const noexcept { return snapshot_.load(); }

  std::unique_ptr<handled_call> handle(json::request_line request, instant clock) {
    auto call = std::make_unique<handled_call>();
    call->rules = current();
    call->request = std::move(request);
    call->at = call->request.at.value_or(clock);
    call->headers = call->request.header_views();
    decide(*call);
    call->response = respond(call->decision, call->rules->rules().enforcement, call->at);
    return call;
  }

  // One request line in, its decision line out. What cannot be read is answered too: denied, with its reason.
  std::string decide_line(std::string_view line, instant clock) {
    auto request = json::read_request_line(line);
    return request ? decision_line(*handle(std::move(*request), clock)) : unreadable_line(clock);
  }

  static std::string decision_line(const handled_call& c) {
    return json::print(
        json::to_json(c.decision, c.request.id, c.response, c.rules->rules().client_address.proxies.settings().header, c.at));
  }

  // The decision of one request line, or of the request that a log record tells of, with its explanation:
  // {"decision": ..., "explanation": ...}.
  std::string explain_line(std::string_view line, instant clock) {
    auto request = json::request_of_record(line, current()->registry().all());
    if (!request) request = json::read_request_line(line);
    if (!request) return R"({"decision":)" + unreadable_line(clock) + R"(,"explanation":null})";
    const auto call = handle(std::move(*request), clock);
    const auto peer = parse_address(call->request.peer);
    const json::ordered why = json::explain(call->decision, call->rules->rules(), peer, call->headers);
    return R"({"decision":)" + decision_line(*call) + R"(,"explanation":)" + json::print(why) + '}';
  }

  // The state of a hosted page for a new login transaction, charged to the address that opens it.
  result<std::string, not_opened> open_transaction(std::string_view client_id, std::string_view cookie, const address& from,
                                                   instant now) {
    const auto state = current()->door().open_transaction(client_id, cookie, from, now);
    if (!state) return unexpected{state.error()};
    return std::string(state->view());
  }

  // Counts what came of a start, for attack protection. Nothing, or what is wrong with the line.
  std::optional<std::string> report_line(std::string_view line, instant clock) {
    const auto read = json::read_login_report(line);
    if (!read) return read.error().describe("report");
    report(*read, clock);
    return std::nullopt;
  }
  void report(const json::login_report& r, instant clock) {
    const auto rules = current();
    const instant at = r.at.value_or(clock);
    switch (r.event) {
      case json::login_event::failed_login: return rules->door().failed_login(r.from, r.recipient, at);
      case json::login_event::login: return rules->door().login(r.from, r.recipient);
      case json::login_event::sign_up: return rules->door().sign_up(r.from, at);
    }
  }

 private:
  explicit service(const store_choice& stores) : stores_(stores) {}

  // A fleet counts together where it has the issuer and the secret in common, whatever way each process takes to the store.
  store_order order_for(const policy& rules, const digest256& secret) const {
    if (stores_.rehearsal || rules.store.url.empty()) return {};
    const std::string_view bytes(reinterpret_cast<const char*>(secret.data()), secret.size());
    const digest256 named = openssl::sha256(std::string(bytes) + rules.issuer).value_or(secret);
    store_order out{rules.store, rules.issuer};
    std::memcpy(out.seed.data(), named.data(), sizeof out.seed);
    return out;
  }

  // The store at work, where the order is for that one.
  result<std::shared_ptr<service_store>, std::string> store_for(const store_order& order) const {
    if (const auto now = current(); now && order == store_order_) return now->store();
    if (order.store.url.empty()) return stores_.kept ? stores_.kept : std::make_shared<service_store>();
    if (stores_.shared == nullptr)
      return unexpected{
          std::string("this program was built without hiredis (Debian and Ubuntu: libhiredis-dev); build it with that, or remove "
                      "the member")};
    auto opened = stores_.shared(order);
    if (!opened) return unexpected{opened.error()};
    return std::make_shared<service_store>(std::move(*opened));
  }

  void install(policy rules, std::vector<application> all, state_keys keys, std::shared_ptr<service_store> store) {
    snapshot_.store(std::make_shared<const snapshot>(std::move(rules), std::move(all), std::move(keys), std::move(store)));
  }

  static void decide(handled_call& c) {
    startgate::call asked;
    asked.peer = parse_address(c.request.peer);
    asked.headers = c.headers;
    asked.client_certificate = c.request.client_certificate;
    asked.body_observed = c.request.body.has_value();
    if (asked.body_observed) {
      auto read = json::read_body(*c.request.body, c.rules->rules().request.max_body_bytes);
      if (read)
        asked.members = c.body.emplace(std::move(*read)).members();
      else
        asked.body_fault = read.error();
    }
    if (!asked.members.client_assertion.omitted() && !asked.members.client_assertion.wrong()) {
      asked.assertion = &c.assertion.emplace(json::dissect_assertion(asked.members.client_assertion.text));
    }
    c.decision = c.rules->door().decide(asked, c.at);
  }

  static std::string unreadable_line(instant clock) {
    decision d;
    d.why = reason::request_unreadable_line;
    d.facts.application = standing::not_named;
    d.client_ip.why = reason::address_peer_invalid;
    return json::print(json::to_json(d, {}, respond(d, {}, clock), {}, clock));
  }

  store_choice stores_;
  store_order store_order_;  // of the store at work
  std::atomic<std::shared_ptr<const snapshot>> snapshot_;
};

}  // namespace startgate
