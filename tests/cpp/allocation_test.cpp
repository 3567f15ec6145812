// A typed decision, views in and a value out, makes no heap allocation of its own: not for any outcome. What OpenSSL allocates goes
// through CRYPTO_malloc and is no business of the engine's; what the engine allocates would go through operator new.
#include <startgate/gate.hpp>
#include <startgate/json/policy.hpp>

#include "support/count_allocations.hpp"
#include "support/world.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <memory>
#include <string>
#include <vector>

namespace {

using namespace startgate;
using test::start;
using test::ten_oclock;
using test::world;

struct outcome_class {
  const char* name;
  start call;
  reason why;
  mode applies = mode::enforce;
};

std::vector<outcome_class> every_outcome(const world& w) {
  using enum reason;
  const std::string right(test::right_secret), wrong(test::wrong_secret);
  std::vector<outcome_class> all{
      {"a right secret", {.client_secret = right}, allowed_authenticated},
      {"a right secret and a forwarded address",
       start{.client_id = "switch-on", .client_secret = right}.with("auth0-forwarded-for", "198.51.100.7"),
       allowed_authenticated},
      {"a secret in Basic", start{.client_id = ""}.with_basic("backend:" + right), allowed_authenticated},
      {"the page's state",
       start{.state = w.state()}
           .with("Cookie", "startgate_transaction=" + std::string(test::right_cookie))
           .with("Origin", "https://acme.example"),
       allowed_authenticated},
      {"a public application", {.client_id = "spa"}, allowed_public_application},
      {"a hidden body", {.observed = false}, allowed_unobserved},
      {"no proof, with a notice", {}, authentication_missing, mode::notice},
      {"no proof, with a warning", {}, authentication_missing, mode::warn},
      {"no proof", {}, authentication_missing},
      {"a wrong secret", {.client_secret = wrong}, authentication_secret_wrong},
      {"a wrong secret in Basic", start{}.with_basic("backend:" + wrong), authentication_secret_wrong},
      {"an old state", {.state = w.state("backend", ten_oclock - 2 * hour)}, state_expired},
      {"a changed state", {.state = w.state().replace(40, 1, "~")}, state_signature_wrong},
      {"an unknown application", {.client_id = "nobody", .client_secret = wrong}, application_unknown},
      {"a third-party application", {.client_id = "partner"}, application_third_party},
      {"a bad recipient", {.recipient = "nobody at all"}, request_email_invalid},
  };
  return all;
}

std::size_t allocations_of_one_decision(world& w, const outcome_class& c, reason& why) {
  w.rules.enforcement.mode = c.applies;
  w.reopen();
  const auto lines = c.call.lines();
  const call asked = c.call.as_call(lines);
  (void)w.door().decide(asked, ten_oclock);  // OpenSSL sets itself up once per thread
  const test::count_allocations counted;
  const decision d = w.door().decide(asked, ten_oclock);
  const response r = respond(d, w.rules.enforcement, ten_oclock);
  const std::size_t made = counted.so_far();
  why = r.status >= 400 && d.outcome != outcome::deny ? reason::none : d.why;
  return made;
}

TEST(allocation, a_typed_decision_makes_none_whatever_its_outcome) {
  world w;
  for (const outcome_class& c : every_outcome(w)) {
    reason why = reason::none;
    EXPECT_EQ(allocations_of_one_decision(w, c, why), 0U) << c.name;
    EXPECT_EQ(why, c.why) << c.name << ' ' << name_of(why);
  }
}

TEST(allocation, a_refusal_by_a_limit_or_by_attack_protection_makes_none) {
  world w;
  w.rules.limits.start_per_address = at_most(1, hour);
  w.rules.limits.start_per_identifier = {at_most(50, hour), at_most(60, hour)};
  reason why = reason::none;
  EXPECT_EQ(allocations_of_one_decision(w, {"limit", {.client_id = "spa"}, {}}, why), 0U);
  EXPECT_EQ(why, reason::limit_start_per_address);
  w.rules.limits.refused_per_address = at_most(1, hour);
  EXPECT_EQ(allocations_of_one_decision(w, {"attack", {}, {}}, why), 0U);
  EXPECT_EQ(why, reason::attack_refused_per_address);
}

// The world above has no trusted proxy, so the walk is counted by itself: over every vector, whatever it comes to.
TEST(allocation, the_client_address_of_no_vector_makes_any) {
  const auto vectors = nlohmann::json::parse(std::ifstream(STARTGATE_SOURCE_DIR "/tests/vectors/client_ip.json"));
  const auto views_of = [](const nlohmann::json& lines) {
    std::vector<header> views;
    for (const auto& line : lines)
      views.push_back({line[0].get_ref<const std::string&>(), line[1].get_ref<const std::string&>()});
    return views;
  };
  for (const auto& v : vectors["transport"]) {
    const std::string settings = v["settings"].dump();
    json::problems problems;
    const auto document = json::parse_file(settings);
    json::object_reader reader(*document, "client_address", problems);
    client_address_policy rules;
    json::detail::read_client_address(reader, rules);
    const auto headers = views_of(v["headers"]);
    const address peer = *parse_address(v["peer"].get_ref<const std::string&>());
    const test::count_allocations counted;
    const transport_address found = resolve_transport(rules.proxies, peer, headers);
    EXPECT_EQ(counted.so_far(), 0U) << v["name"];
    EXPECT_EQ(name_of(found.reason), v["expect"]["reason"].get_ref<const std::string&>()) << v["name"];
  }
  for (const auto& v : vectors["application"]) {
    const auto headers = views_of(v["headers"]);
    const auto& name = v["application_header"].get_ref<const std::string&>();
    const test::count_allocations counted;
    const application_header read = read_application_header(headers, name);
    EXPECT_EQ(counted.so_far(), 0U) << v["name"];
    EXPECT_EQ(read.present, v["expect"]["state"] != "absent") << v["name"];
  }
}

TEST(allocation, would_be_seen_if_there_were_one) {
  const test::count_allocations counted;
  const auto text = std::make_unique<std::string>(200, 'x');
  EXPECT_EQ(counted.so_far(), 2U);
}

}  // namespace
