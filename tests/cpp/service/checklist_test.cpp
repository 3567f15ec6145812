// What the RFCs ask of a server and only the whole path can show, each test under its section.
#include <startgate/service/service.hpp>

#include "support/service_test.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace {

using namespace startgate;
using namespace startgate::test;

class checklist : public service_test {
 protected:
  struct answer_seen {
    std::int64_t status = 0;
    std::string error, description;
    std::map<std::string, std::string> headers;
  };

  answer_seen ask(const std::string& body, const std::string& headers = R"([["content-type","application/json"]])") {
    const auto d = decide(body, headers);
    const auto* r = d.find("response");
    answer_seen out;
    out.status = r->find("status")->integer;
    if (const auto* error = r->find("body")->find("error")) out.error = error->text;
    if (const auto* text = r->find("body")->find("error_description")) out.description = text->text;
    for (const auto& line : r->find("headers")->items) out.headers[line.items[0].text] = line.items[1].text;
    return out;
  }

  // user and password `web:wrong`
  std::string basic(const std::string& token = "d2ViOndyb25n") const { return R"([["authorization","Basic )" + token + R"("]])"; }
  std::string right = R"({"client_id":"web","client_secret":"not-a-real-secret-for-tests",)" + start;
  std::string wrong = R"({"client_id":"web","client_secret":"wrong",)" + start;
};

TEST_F(checklist, rfc6749_3_2_1_rfc9700_2_5_a_confidential_application_must_authenticate) {
  EXPECT_EQ(ask(right).status, 200);
  EXPECT_EQ(ask(R"({"client_id":"web",)" + start).status, 403);
}

TEST_F(checklist, rfc6749_2_3_public_client_authentication_identifies_nobody) {
  EXPECT_EQ(result_in(decide(R"({"client_id":"spa","client_secret":"anything",)" + start)), "not_required");
  EXPECT_EQ(answer.find(R"("method")"), answer.find(R"("method":null)"));
}

TEST_F(checklist, rfc6749_2_3_two_mechanisms_are_an_invalid_request_where_the_policy_refuses_them) {
  policy = R"({"schema":1,"profile":"hardened","issuer":"https://acme.example/","enforcement":{"mode":"enforce"}})";
  const auto seen = ask(right, basic());
  EXPECT_EQ(seen.status, 400);
  EXPECT_EQ(seen.error, "invalid_request");
}

TEST_F(checklist, rfc6749_3_2_unknown_members_are_ignored_and_empty_ones_omitted) {
  EXPECT_EQ(ask(R"({"unknown":1,)" + right.substr(1)).status, 200);
  for (const char* nothing : {R"("")", "null"})
    EXPECT_EQ(result_in(decide(R"({"client_id":"web","client_secret":)" + std::string(nothing) + "," + start)), "absent")
        << nothing;
}

TEST_F(checklist, rfc6749_5_2_invalid_client_is_401_and_challenges_only_who_used_the_header) {
  const auto by_body = ask(wrong), by_header = ask(R"({"client_id":"web",)" + start, basic());
  EXPECT_EQ(by_body.status, 401);
  EXPECT_EQ(by_body.error, "invalid_client");
  EXPECT_FALSE(by_body.headers.contains("www-authenticate"));
  EXPECT_EQ(by_header.status, 401);
  EXPECT_TRUE(by_header.headers.at("www-authenticate").starts_with("Basic "));
  // Also where the header is malformed, and where nobody has that name.
  EXPECT_TRUE(ask(R"({"client_id":"web",)" + start, basic("!")).headers.contains("www-authenticate"));
  EXPECT_TRUE(ask("{" + start, basic("bm9ib2R5Ong=")).headers.contains("www-authenticate"));
}

TEST_F(checklist, rfc6749_5_2_error_texts_stay_inside_their_character_set) {
  const auto inside = [](const std::string& text) {
    for (const char c : text)
      if (c < 0x20 || c > 0x7e || c == '"' || c == '\\') return false;
    return true;
  };
  for (const std::string& body :
       {wrong, R"({"client_id":"web",)" + start, std::string("x"), std::string("{}"), R"({"client_id":"nobody",)" + start,
        std::string(R"({"client_id":"spa","connection":"\"\\","email":"\"\\"})"),
        std::string(R"({"client_id":"spa","connection":"sms","phone_number":"0\"\\"})")}) {
    const auto seen = ask(body);
    EXPECT_GE(seen.status, 400) << body;
    EXPECT_TRUE(!seen.error.empty() && inside(seen.error) && inside(seen.description)) << seen.description;
  }
}

TEST_F(checklist, rfc6749_5_1_nothing_is_stored_on_the_way) {
  for (const std::string& body : {right, wrong}) EXPECT_EQ(ask(body).headers.at("cache-control"), "no-store");
}

TEST_F(checklist, rfc7521_4_2_1_any_fault_of_an_assertion_is_invalid_client) {
  keys =
      R"({"applications":{"web":{"jwks":{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}}}})";
  const std::string typed = R"("client_assertion_type":"urn:ietf:params:oauth:client-assertion-type:jwt-bearer",)" + start;
  for (const char* assertion : {"x", "a.b.c", "a.b.c.d.e", "eyJhbGciOiJub25lIn0.e30.", "eyJhbGciOiJFZERTQSJ9.e30.AAAA"}) {
    const auto seen = ask(R"({"client_id":"web","client_assertion":")" + std::string(assertion) + R"(",)" + typed);
    EXPECT_EQ(seen.status, 401) << assertion;
    EXPECT_EQ(seen.error, "invalid_client");
  }
  EXPECT_EQ(ask(R"({"client_id":"web","client_assertion":"a.b.c",)" + start).status, 401);
}

TEST_F(checklist, rfc6749_2_3_1_guessing_is_held_back) {
  policy = R"({"schema":1,"profile":"hardened","issuer":"https://acme.example/","enforcement":{"mode":"enforce"}})";
  for (int guess = 0; guess < 20; ++guess) EXPECT_EQ(ask(wrong).status, 401) << guess;
  EXPECT_EQ(ask(right).status, 429);
}

TEST_F(checklist, rfc6749_10_1_a_secret_for_a_public_application_is_reported) {
  decide(R"({"client_id":"spa","client_secret":"x",)" + start);
  EXPECT_NE(answer.find("secret_in_public_application"), std::string::npos);
}

TEST_F(checklist, vendor_profile_auth0_a_missing_proof_is_its_403) {
  const auto seen = ask(R"({"client_id":"web",)" + start);
  EXPECT_EQ(seen.status, 403);
  EXPECT_EQ(seen.error, "unauthorized_client");
  EXPECT_EQ(seen.description, "Client authentication is required");
}

}  // namespace
