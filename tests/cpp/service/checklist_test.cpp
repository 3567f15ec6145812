// What the RFCs ask of a server and only the whole path can show, each test under its section.
#include <startgate/service/service.hpp>

#include "support/base64.hpp"
#include "support/certificates.hpp"
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

  answer_seen ask(const std::string& body, const std::string& headers = R"([["content-type","application/json"]])",
                  const std::string& certificate = "") {
    const auto d = decide(body, headers, "203.0.113.9", certificate);
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

  static std::string form_encoded(std::string_view text) {
    std::string out;
    for (const char c : text) out.append("%").append({"0123456789ABCDEF"[c >> 4], "0123456789ABCDEF"[c & 15]});
    return out;
  }
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

TEST_F(checklist, rfc6749_2_3_rfc6749_5_2_two_mechanisms_are_an_invalid_request_where_the_policy_refuses_them) {
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

TEST_F(checklist, rfc6749_5_2_rfc6749_a_7_a_8_error_texts_stay_inside_their_character_set) {
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

TEST_F(checklist, rfc7521_4_2_1_rfc7523_3_2_any_fault_of_an_assertion_is_invalid_client) {
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

TEST_F(checklist, rfc6749_a_1_a_2_every_character_of_the_sets_may_stand_in_an_id_and_in_a_secret) {
  std::string id, secret;
  for (char c = ' '; c <= '~'; ++c) id += c, secret.insert(secret.begin(), c);
  applications = R"([{"client_id":)" + json_string(id) + R"(,"client_secret":)" + json_string(secret) + "}]";
  const std::string named = R"({"client_id":)" + json_string(id) + ",";
  EXPECT_EQ(result_in(decide(named + R"("client_secret":)" + json_string(secret) + "," + start)), "proved");
  EXPECT_EQ(result_in(decide("{" + start, basic(base64(form_encoded(id) + ":" + form_encoded(secret))))), "proved");
  secret.back() = '!';
  EXPECT_EQ(result_in(decide(named + R"("client_secret":)" + json_string(secret) + "," + start)), "refused");
}

TEST_F(checklist, rfc6749_a_1_a_2_what_lies_outside_the_sets_is_nobodys) {
  for (const char* id : {R"(web\u0000)", R"(web\n)", R"(\u0000web)", R"(w\u00e9b)", R"(\uff57eb)", R"(web\u200b)"}) {
    const auto seen = ask(R"({"client_id":")" + std::string(id) + R"(","client_secret":"not-a-real-secret-for-tests",)" + start);
    EXPECT_EQ(seen.status, 401) << id;
    EXPECT_EQ(seen.error, "invalid_client") << id;
  }
  for (const char* more : {R"(\u0000)", R"(\n)", R"(\u200b)"})
    EXPECT_EQ(
        ask(R"({"client_id":"web","client_secret":"not-a-real-secret-for-tests)" + std::string(more) + R"(",)" + start).status,
        401)
        << more;
  for (const char* pair :
       {"web:not-a-real-secret-for-tests\n", "web:not-a-real-secret-for-tests%00", "web%00:not-a-real-secret-for-tests"})
    EXPECT_EQ(ask("{" + start, basic(base64(pair))).status, 401) << pair;
}

// Whether it is enforced or not, and whatever stands beside it.
TEST_F(checklist, rfc6749_10_2_a_credential_that_is_sent_is_checked_in_every_mode) {
  const std::string state = R"("authParams":{"state":"the-application's-own"},)";
  for (const char* mode : {"off", "notice", "warn", "enforce"}) {
    policy = R"({"schema":1,"profile":"auth0","issuer":"https://acme.example/","enforcement":{"mode":")" + std::string(mode) +
             R"("}})";
    load();
    EXPECT_EQ(result_in(decide(right)), "proved") << mode;
    EXPECT_EQ(result_in(decide(wrong)), "refused") << mode;
    EXPECT_EQ(result_in(decide("{" + state + wrong.substr(1))), "refused") << mode;
    EXPECT_EQ(decide(wrong).find("would_be")->text, "deny") << mode;
  }
}

TEST_F(checklist, oidc_core_9_an_application_without_a_stated_method_may_use_basic) {
  EXPECT_EQ(result_in(decide("{" + start, basic(base64("web:not-a-real-secret-for-tests")))), "proved");
  EXPECT_NE(answer.find("client_secret_basic"), std::string::npos);
}

TEST_F(checklist, rfc7523_2_2_a_list_of_assertions_is_none) {
  const auto seen = ask(R"({"client_id":"web","client_assertion":["a.b.c"],)" + start);
  EXPECT_EQ(seen.status, 400);
  EXPECT_EQ(reason_in(decide(R"({"client_id":"web","client_assertion":["a.b.c","d.e.f"],)" + start)), "request_wrong_type");
}

// Every certificate here is a registered one; only the client_id says whose it should be.
TEST_F(checklist, rfc8705_2_a_certificate_counts_for_the_named_client_alone_and_names_none) {
  const auto own = issue(client("web")), other = issue(client("other"));
  applications = R"([{"client_id":"web"},{"client_id":"other"}])";
  keys = R"({"applications":{"web":{"certificates":[)" + json_string(own.pem()) + R"(]},"other":{"certificates":[)" +
         json_string(other.pem()) + "]}}}";
  const std::string json = R"([["content-type","application/json"]])", web = R"({"client_id":"web",)" + start;
  EXPECT_EQ(ask(web, json, own.pem()).status, 200);
  const auto bound = ask(web, json, other.pem());
  EXPECT_EQ(bound.status, 401);
  EXPECT_EQ(bound.error, "invalid_client");
  const auto nameless = ask("{" + start, json, own.pem());
  EXPECT_EQ(nameless.status, 400);
  EXPECT_EQ(nameless.error, "bad.client_id");
}

TEST_F(checklist, rfc6585_4_a_limit_that_is_reached_is_told_with_the_time_to_come_back) {
  policy = R"({"schema":1,"profile":"auth0","issuer":"https://acme.example/",
               "limits":{"start_per_address":{"count":1,"period_s":3600,"burst":1}}})";
  const std::string body = R"({"client_id":"spa",)" + start;
  EXPECT_EQ(ask(body).status, 200);
  const auto seen = ask(body);
  EXPECT_EQ(seen.status, 429);
  EXPECT_EQ(seen.error, "too_many_requests");
  EXPECT_FALSE(seen.description.empty());
  EXPECT_GE(std::stoi(seen.headers.at("retry-after")), 3'600);
  EXPECT_EQ(seen.headers.at("cache-control"), "no-store");
}

TEST_F(checklist, rfc6749_10_1_a_secret_for_a_public_application_is_reported) {
  decide(R"({"client_id":"spa","client_secret":"x",)" + start);
  EXPECT_NE(answer.find("secret_in_public_application"), std::string::npos);
}

TEST_F(checklist, vendor_profile_auth0_what_is_not_enforced_yet_is_a_depnote) {
  policy = R"({"schema":1,"profile":"auth0","issuer":"https://acme.example/"})";
  const auto d = decide(R"({"client_id":"web",)" + start);
  EXPECT_EQ(d.find("outcome")->text, "notice");
  const auto& note = d.find("events")->items.front();
  EXPECT_EQ(note.find("type")->text, "depnote");
  EXPECT_TRUE(note.find("description")->text.starts_with("Enforce client authentication for passwordless connections"));
}

TEST_F(checklist, vendor_profile_auth0_an_authenticated_call_counts_toward_the_global_limit_alone) {
  const auto names = [&](const std::string& body) {
    std::string out;
    const auto d = decide(body);
    for (const auto& one : d.find("limits")->items) out += one.find("name")->text + " ";
    return out;
  };
  EXPECT_EQ(names(right), "authentication_api ");
  EXPECT_EQ(names(R"({"client_id":"spa",)" + start), "authentication_api start_per_address ");
}

TEST_F(checklist, vendor_profile_auth0_a_missing_proof_is_its_403) {
  const auto seen = ask(R"({"client_id":"web",)" + start);
  EXPECT_EQ(seen.status, 403);
  EXPECT_EQ(seen.error, "unauthorized_client");
  EXPECT_EQ(seen.description, "Client authentication is required");
}

}  // namespace
