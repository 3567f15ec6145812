#include <startgate/json/client_ip.hpp>

#include <startgate/client_ip_preset.hpp>
#include <startgate/json/policy.hpp>

#include <gtest/gtest.h>

#include <fstream>
#include <string>

namespace {

using nlohmann::ordered_json;
using startgate::json::ip_line;
using startgate::json::ip_options;

startgate::proxy_trust proxies(startgate::proxy_trust_settings s = {}) {
  s.trusted_proxies.push_back(*startgate::parse_prefix("10.0.0.0/8"));
  return *startgate::proxy_trust::make(std::move(s));
}

ordered_json answered(const ip_options& options, std::string_view line) {
  return ordered_json::parse(ip_line(options, line).line);
}

constexpr std::string_view three =
    R"({"peer": "10.0.0.1", "headers": [["X-Real-IP", "6.6.6.6"], ["X-Forwarded-For", "6.6.6.6, 2001:db8:1:2::7, 10.0.0.2"]]})";

TEST(json_client_ip, answers_with_address_source_and_reason) {
  const auto answer = ip_line({.trust = proxies()}, three);
  EXPECT_TRUE(answer.found);
  EXPECT_EQ(answer.line, R"({"address":"2001:db8:1:2::7","source":"x-forwarded-for","reason":"address_forwarded"})");
}

TEST(json_client_ip, adds_the_key_of_limits_where_asked) {
  EXPECT_EQ(answered({.trust = proxies(), .key = startgate::limit_grouping{}}, three)["key"], "2001:db8:1:2::/64");
  EXPECT_EQ(answered({.trust = proxies(), .key = startgate::limit_grouping{.ipv6_prefix = 48}}, three)["key"], "2001:db8:1::/48");
  EXPECT_EQ(answered({.trust = {}, .key = startgate::limit_grouping{}}, three)["key"], "10.0.0.1/32");
}

TEST(json_client_ip, a_line_without_an_address_says_why) {
  for (const auto& [line, reason] : std::initializer_list<std::pair<std::string_view, std::string_view>>{
           {"", "request_unreadable_line"},
           {"[]", "request_unreadable_line"},
           {R"({"peer": 1})", "request_unreadable_line"},
           {R"({"peer": "10.0.0.1", "headers": {}})", "request_unreadable_line"},
           {R"({"peer": "10.0.0.1", "peer": "10.0.0.2"})", "request_unreadable_line"},
           {R"({"headers": []})", "address_peer_invalid"},
           {R"({"peer": null})", "address_peer_invalid"},
           {R"({"peer": "unix:/run/socket"})", "address_peer_invalid"},
           {R"({"peer": "10.0.0.1:80"})", "address_peer_invalid"}}) {
    const auto answer = ip_line({.trust = proxies()}, line);
    const auto read = ordered_json::parse(answer.line);
    EXPECT_FALSE(answer.found) << line;
    EXPECT_TRUE(read["address"].is_null()) << line;
    EXPECT_EQ(read["reason"], reason) << line;
    EXPECT_EQ(read["error"], sentence_of(*startgate::reason_named(reason))) << line;
  }
}

TEST(json_client_ip, settings_that_want_an_error_give_one) {
  const auto answer = ip_line({.trust = proxies({.on_invalid = startgate::on_invalid::error})},
                              R"({"peer": "10.0.0.1", "headers": [["x-forwarded-for", "-"]]})");
  EXPECT_FALSE(answer.found);
  EXPECT_EQ(ordered_json::parse(answer.line)["reason"], "address_header_invalid");
}

TEST(json_client_ip, shows_where_two_settings_answer_differently) {
  const auto nginx =
      *startgate::proxy_trust::make(with_preset(*startgate::client_ip_preset_named("nginx"), proxies().settings()));
  const auto read = answered({.trust = nginx, .compared = proxies()}, three);
  EXPECT_EQ(read["address"], "10.0.0.2");
  EXPECT_EQ(read["compared"]["address"], "2001:db8:1:2::7");
  EXPECT_EQ(read["same"], false);
  EXPECT_FALSE(ip_line({.trust = nginx, .compared = proxies()}, three).same);
  EXPECT_TRUE(ip_line({.trust = nginx, .compared = nginx}, three).same);
  EXPECT_TRUE(ip_line({.trust = nginx}, three).same);
  EXPECT_EQ(answered({.trust = proxies(), .compared = proxies()}, three)["same"], true);
}

TEST(json_client_ip, names_every_hop_and_every_header_that_was_not_read) {
  const auto read = answered({.trust = proxies(), .trace = true}, three);
  EXPECT_EQ(read["hops"], ordered_json::parse(R"([{"number": 0, "address": "10.0.0.1", "said": "", "verdict": "trusted"},
      {"number": 1, "address": "10.0.0.2", "said": "10.0.0.2", "verdict": "trusted"},
      {"number": 2, "address": "2001:db8:1:2::7", "said": "2001:db8:1:2::7", "verdict": "caller"}])"));
  EXPECT_EQ(read["ignored"], ordered_json::parse(R"(["X-Real-IP"])"));
}

TEST(json_client_ip, names_duplicates_as_hops_and_the_headers_of_other_software_as_ignored) {
  const auto read = answered({.trust = proxies({.header = "x-real-ip"}), .trace = true},
                             R"({"peer": "10.0.0.1", "headers": [["x-real-ip", "198.51.100.7"], ["x-real-ip", "6.6.6.6"],
      ["auth0-forwarded-for", "6.6.6.6"], ["X-Forwarded", "for=6.6.6.6"], ["x-envoy-external-address", "6.6.6.6"]]})");
  EXPECT_EQ(read["hops"], ordered_json::parse(R"([{"number": 0, "address": "10.0.0.1", "said": "", "verdict": "trusted"},
      {"number": 1, "address": null, "said": "6.6.6.6", "verdict": "unusable"},
      {"number": 2, "address": null, "said": "198.51.100.7", "verdict": "unusable"}])"));
  EXPECT_EQ(read["ignored"], ordered_json::parse(R"(["auth0-forwarded-for", "X-Forwarded", "x-envoy-external-address"])"));
}

TEST(json_client_ip, a_header_is_the_source_under_the_name_that_the_settings_give_it) {
  EXPECT_EQ(answered({.trust = proxies({.header = "X-Caller"})}, R"({"peer": "10.0.0.1", "headers": [["x-caller", "6.6.6.6"]]})"),
            ordered_json::parse(R"({"address": "6.6.6.6", "source": "X-Caller", "reason": "address_forwarded"})"));
}

TEST(json_client_ip, a_member_cut_inside_a_character_still_gives_valid_utf_8) {
  std::string e;
  for (int i = 0; i < 300; ++i) e += "\xc3\xa9";
  const auto read =
      answered({.trust = proxies(), .trace = true}, R"({"peer": "10.0.0.1", "headers": [["x-forwarded-for", ")" + e + R"(x"]]})");
  EXPECT_EQ(read["hops"][1]["verdict"], "unusable");
  EXPECT_LE(read["hops"][1]["said"].get<std::string>().size(), 68U);  // 64 bytes, of which the two broken ends became U+FFFD
}

// The settings of a vector are the policy's own `client_address`, so they are read as a policy is.
TEST(json_client_ip, answers_every_vector_with_its_settings_read_as_a_policy) {
  const auto vectors = ordered_json::parse(std::ifstream(STARTGATE_SOURCE_DIR "/tests/vectors/client_ip.json"));
  for (const auto& vector : vectors["transport"]) {
    const std::string settings = vector["settings"].dump();
    startgate::json::problems problems;
    const auto document = startgate::json::parse_file(settings);
    startgate::json::object_reader reader(*document, "client_address", problems);
    startgate::client_address_policy policy;
    startgate::json::detail::read_client_address(reader, policy);
    reader.refuse_unknown_members();
    ASSERT_FALSE(problems.first()) << problems.first()->describe("vectors") << settings;
    auto expected = vector["expect"];
    if (expected["address"].is_null()) {
      expected.erase("source");
      expected["error"] = sentence_of(*startgate::reason_named(expected["reason"].get<std::string>()));
    }
    const ordered_json line{{"peer", vector["peer"]}, {"headers", vector["headers"]}};
    EXPECT_EQ(answered({.trust = policy.proxies}, line.dump()), expected) << vector.dump();
  }
}

}  // namespace
