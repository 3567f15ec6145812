#include <startgate/json/explanation.hpp>

#include "support/world.hpp"

#include <gtest/gtest.h>

#include <string>

namespace {

using namespace startgate;
using nlohmann::ordered_json;
using test::start;
using test::world;

start proved() { return {.client_id = "switch-on", .client_secret = std::string(test::right_secret)}; }

// The explanation of a call from the address that every call of the tests comes from, which is a trusted proxy here.
ordered_json explained(start asked, bool proxied = true) {
  world w;
  if (proxied) w.rules.client_address.proxies = *proxy_trust::make({.trusted_proxies = {prefix(*parse_address(asked.peer))}});
  w.rules.client_address.application_header = "x-caller";
  w.reopen();
  const auto lines = asked.lines();
  const call c = asked.as_call(lines);
  return json::explain(w.door().decide(c, test::ten_oclock), w.rules, c.peer, c.headers);
}

TEST(explanation, says_why_the_walk_stopped_although_the_application_named_its_user) {
  const auto why = explained(proved().with("x-forwarded-for", "unknown").with("x-caller", "198.51.100.7"));
  EXPECT_EQ(why["client_ip"]["code"], "address_application_header");
  EXPECT_EQ(why["transport"]["code"], "address_header_invalid");
  EXPECT_EQ(why["transport"]["text"], sentence_of(reason::address_header_invalid));
  EXPECT_EQ(why["transport"]["source"], "peer");
  EXPECT_EQ(why["hops"].size(), 2U);
}

TEST(explanation, names_the_headers_that_were_there_and_had_no_say) {
  const auto believed =
      explained(proved().with("x-forwarded-for", "198.51.100.7").with("X-Real-IP", "6.6.6.6").with("x-caller", "198.51.100.7"));
  EXPECT_EQ(believed["ignored"], ordered_json::parse(R"(["X-Real-IP"])"));
  const auto unproved = explained(start{}.with("x-forwarded-for", "198.51.100.7").with("x-caller", "198.51.100.7"), false);
  EXPECT_EQ(unproved["ignored"], ordered_json::parse(R"(["x-forwarded-for", "x-caller"])"));
}

TEST(explanation, of_a_call_without_a_peer_says_so) {
  const auto why = explained({.peer = ""}, false);
  EXPECT_TRUE(why["transport"]["address"].is_null());
  EXPECT_EQ(why["transport"]["code"], "address_peer_invalid");
  EXPECT_TRUE(why["hops"].empty());
}

TEST(explanation, a_decision_names_the_header_that_the_policy_configures) {
  world w;
  w.rules.client_address.application_header = "x-caller";
  w.reopen();
  const start asked = proved().with("x-caller", "198.51.100.7");
  EXPECT_EQ(ordered_json::parse(w.text(w.decide(asked)))["client_ip"]["source"], "x-caller");
}

}  // namespace
