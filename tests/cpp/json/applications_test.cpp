#include <startgate/json/applications.hpp>

#include <startgate/openssl/key_maker.hpp>
#include <startgate/openssl/verifier.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace {

using namespace startgate;

auto read(std::string_view text) { return json::read_applications(text, openssl::verifier{}, openssl::key_maker{}); }

application only(std::string_view text) {
  const auto all = read(text);
  EXPECT_TRUE(all) << all.error().describe("clients.json");
  return all && all->size() == 1 ? all->front() : application{};
}

std::string told(std::string_view text) {
  const auto all = read(text);
  return all ? "nothing" : all.error().describe("clients.json");
}

TEST(applications, are_read_from_an_array_or_from_an_object_with_clients) {
  EXPECT_EQ(only(R"([{"client_id": "a"}])").client_id, "a");
  EXPECT_EQ(only(R"({"total": 1, "clients": [{"client_id": "a"}], "start": 0})").client_id, "a");
  EXPECT_TRUE(read("[]")->empty());
}

TEST(applications, are_public_or_confidential_by_type_and_method) {
  const auto kind = [](const std::string& members) { return only(R"([{"client_id": "a", )" + members + "}]").kind; };
  using enum application_kind;
  EXPECT_EQ(kind(R"("app_type": "regular_web")"), confidential);
  EXPECT_EQ(kind(R"("app_type": "non_interactive")"), confidential);
  EXPECT_EQ(kind(R"("app_type": "regular_web", "token_endpoint_auth_method": "none")"), public_client);
  EXPECT_EQ(kind(R"("app_type": "spa", "token_endpoint_auth_method": "client_secret_post")"), public_client);
  EXPECT_EQ(kind(R"("app_type": "native", "token_endpoint_auth_method": "client_secret_post")"), public_client);
  EXPECT_EQ(kind(R"("name": "no type")"), confidential);
  EXPECT_EQ(kind(R"("token_endpoint_auth_method": "none")"), public_client);
  EXPECT_EQ(kind(R"("token_endpoint_auth_method": "none", "client_authentication_methods": null)"), public_client);
}

TEST(applications, cve_2024_22258_a_method_of_none_takes_no_registered_key_away) {
  const std::string keyed =
      R"("token_endpoint_auth_method": "none", "client_authentication_methods": {"private_key_jwt": {"credentials": []}}}])";
  for (const char* type : {"", R"("app_type": "regular_web", )", R"("app_type": "non_interactive", )"})
    EXPECT_EQ(
        told(R"([{"client_id": "a", )" + std::string(type) + keyed),
        "clients.json:1: clients[0].token_endpoint_auth_method: `none` beside keys or certificates would need none of them: "
        "leave one out");
  EXPECT_EQ(told(R"([{"client_id": "a", "app_type": "spa", )" + keyed), "nothing");
}

TEST(applications, rfc6749_2_3_2_a_secret_counts_only_where_no_key_or_certificate_stands_in_its_place) {
  const application plain = only(R"([{"client_id": "a", "client_secret": "not-a-real-secret-for-tests"}])");
  EXPECT_EQ(plain.secrets.size(), 1U);
  EXPECT_TRUE(plain.methods.has(client_auth_method::client_secret_post));
  const application keyed = only(
      R"([{"client_id": "a", "client_secret": "not-a-real-secret-for-tests", "client_authentication_methods": {"private_key_jwt": {"credentials": [{"id": "cred_1"}]}}}])");
  EXPECT_TRUE(keyed.secrets.empty());
  EXPECT_EQ(keyed.methods, client_auth_methods{}.add(client_auth_method::private_key_jwt));
  EXPECT_TRUE(only(R"([{"client_id": "a", "app_type": "spa", "client_secret": "not-a-real-secret-for-tests"}])").secrets.empty());
}

TEST(applications, carry_their_switch_their_party_and_their_grant) {
  const application a = only(
      R"([{"client_id": "a", "is_first_party": false, "is_token_endpoint_ip_header_trusted": true, "grant_types": ["authorization_code"]}])");
  EXPECT_TRUE(a.third_party);
  EXPECT_EQ(a.forwarded_for_switch, trust_switch::on);
  EXPECT_FALSE(a.has_passwordless_grant);
  const application b = only(
      R"([{"client_id": "a", "is_token_endpoint_ip_header_trusted": false, "grant_types": ["http://auth0.com/oauth/grant-type/passwordless/otp"]}])");
  EXPECT_EQ(b.forwarded_for_switch, trust_switch::off);
  EXPECT_TRUE(b.has_passwordless_grant);
  const application c = only(R"([{"client_id": "a"}])");
  EXPECT_FALSE(c.third_party);
  EXPECT_EQ(c.forwarded_for_switch, trust_switch::not_stated);
  EXPECT_TRUE(c.has_passwordless_grant);
}

TEST(applications, members_that_are_not_ours_are_passed_over) {
  EXPECT_EQ(only(R"([{"client_id": "a", "jwt_configuration": {"alg": "RS256"}, "addons": [], "logo_uri": null}])").client_id,
            "a");
}

TEST(applications, a_mistake_is_told_in_one_line_that_names_file_line_member_and_remedy) {
  const struct {
    const char* text;
    const char* told;
  } mistakes[] = {
      {"{}", "clients.json:1: expected an array of applications, or an object with `clients`"},
      {"{\"clients\": {}}", "clients.json:1: expected an array of applications, or an object with `clients`"},
      {"[\n7]", "clients.json:2: clients[0]: expected an object"},
      {"[{\"client_id\": \"a\"},\n{\"name\": \"b\"}]",
       "clients.json:2: clients[1].client_id: every application needs a client_id"},
      {"[{\n\"client_id\": 7}]", "clients.json:2: clients[0].client_id: expected a string"},
      {"[{\"client_id\": \"a\"},\n{\n\"client_id\": \"a\"}]",
       "clients.json:3: clients[1].client_id: this client_id stands twice"},
      {"[{\"client_id\": \"a\",\n\"client_id\": \"b\"}]", "clients.json:2: client_id: this member stands twice"},
      {"[{\"client_id\": \"a\",\n\"is_first_party\": \"yes\"}]",
       "clients.json:2: clients[0].is_first_party: expected true or false"},
      {"[{\"client_id\": \"a\",\n\"grant_types\": \"x\"}]", "clients.json:2: clients[0].grant_types: expected an array"},
      {"[{\"client_id\": \"a\",\n\"token_endpoint_auth_method\": \"client_secret\"}]",
       "clients.json:2: clients[0].token_endpoint_auth_method: not a known client authentication method"},
      {"[{\"client_id\": \"a\",\n\"client_secret\": 12345}]", "clients.json:2: clients[0].client_secret: expected a string"},
      {"[{\"client_id\": \"a\",\n\"client_authentication_methods\": []}]",
       "clients.json:2: clients[0].client_authentication_methods: expected an object"},
      {"[{\"client_id\": \"a\"}\n", "clients.json:2: not valid JSON in UTF-8"},
  };
  for (const auto& m : mistakes) EXPECT_EQ(told(m.text), m.told) << m.text;
}

}  // namespace
