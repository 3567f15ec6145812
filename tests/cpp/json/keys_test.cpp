#include <startgate/json/keys.hpp>

#include <startgate/openssl/key_maker.hpp>
#include <startgate/openssl/verifier.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace {

using namespace startgate;

// base64url of `not-a-real-state-key-for-tests-only`
#define STATE_KEY "bm90LWEtcmVhbC1zdGF0ZS1rZXktZm9yLXRlc3RzLW9ubHk"

std::vector<application> tenant() {
  std::vector<application> all(3);
  all[0].client_id = "web";
  all[0].methods.add(client_auth_method::client_secret_basic);
  all[1].client_id = "spa";
  all[1].kind = application_kind::public_client;
  all[2].client_id = "keyed";
  all[2].methods.add(client_auth_method::private_key_jwt);
  return all;
}

auto read(std::string_view text, std::vector<application>& all) {
  return json::read_keys(text, all, openssl::verifier{}, openssl::key_maker{});
}

std::string told(std::string_view text) {
  auto all = tenant();
  const auto keys = read(text, all);
  return keys ? "nothing" : keys.error().describe("keys.json");
}

TEST(keys, no_file_is_no_key) {
  auto all = tenant();
  EXPECT_TRUE(read("", all)->states.empty());
  EXPECT_TRUE(read("{}", all)->states.empty());
}

TEST(keys, state_keys_keep_their_order_for_the_first_signs) {
  auto all = tenant();
  const auto keys = read(
      R"({"state_keys": [{"kid": "new", "secret": ")" STATE_KEY R"("}, {"kid": "old", "secret": ")" STATE_KEY R"("}]})", all);
  ASSERT_TRUE(keys);
  ASSERT_EQ(keys->states.size(), 2U);
  EXPECT_EQ(keys->states.front().kid, "new");
  EXPECT_TRUE(keys->states.front().key && keys->states.front().key->mac("x"));
}

TEST(keys, secrets_replace_those_of_the_export_and_keep_their_deadline) {
  auto all = tenant();
  all[0].secrets.emplace_back(digest256{});
  ASSERT_TRUE(read(R"({"applications": {"web": {"secrets": [{"value": "not-a-real-secret-for-tests"},
                       {"verifier": "sha256:0000000000000000000000000000000000000000000000000000000000000001", "expires_at": "2026-12-01T00:00:00Z"}]}}})",
                   all));
  ASSERT_EQ(all[0].secrets.size(), 2U);
  EXPECT_FALSE(all[0].secrets[0].expires_at());  // the current one first, whatever the order in the file
  EXPECT_TRUE(all[0].secrets[1].expires_at());
  EXPECT_TRUE(all[0].methods.has(client_auth_method::client_secret_basic));
}

TEST(keys, of_two_secrets_the_one_that_goes_first_is_the_previous_one_also_as_a_signing_key) {
  auto all = tenant();
  ASSERT_TRUE(read(R"({"applications": {"web": {"secrets": [
      {"value": "not-a-real-secret-for-tests-1234567890", "expires_at": "2026-12-01T00:00:00Z"},
      {"value": "not-a-real-secret-for-tests-0987654321"}], "assertion_secret_algorithms": ["HS256"]}}})",
                   all));
  ASSERT_EQ(all[0].secrets.size(), 2U);
  EXPECT_EQ(all[0].secrets[0].expected(), *openssl::sha256("not-a-real-secret-for-tests-0987654321"));
  ASSERT_EQ(all[0].keys.size(), 2U);
  EXPECT_TRUE(all[0].keys[0].previous_secret);
  EXPECT_FALSE(all[0].keys[1].previous_secret);
}

TEST(keys, rfc6749_2_3_2_an_application_that_signs_with_its_secret_does_not_send_it) {
  std::vector<application> all(1);
  all[0].client_id = "web";
  all[0].methods.add(client_auth_method::client_secret_jwt);
  ASSERT_TRUE(read(R"({"applications": {"web": {"secrets": [{"value": "not-a-real-secret-for-tests-1234567890"}],
                                                "assertion_secret_algorithms": ["HS256"]}}})",
                   all));
  EXPECT_EQ(all[0].methods, client_auth_methods{}.add(client_auth_method::client_secret_jwt));
}

TEST(keys, rfc8705_2_1_2_a_subject_is_exactly_one_field) {
  auto all = tenant();
  ASSERT_TRUE(read(R"({"applications": {"web": {"subject": {"san_dns": "app.acme.example"}}}})", all));
  ASSERT_EQ(all[0].subjects.size(), 1U);
  EXPECT_EQ(all[0].subjects[0].which, certificate_subject::field::san_dns);
  EXPECT_TRUE(all[0].methods.has(client_auth_method::tls_client_auth));
}

TEST(keys, add_no_method_to_an_application_that_keeps_no_secret) {
  auto all = tenant();
  ASSERT_TRUE(read(R"({"applications": {"spa": {"secrets": [{"value": "not-a-real-secret-for-tests"}]},
                                        "keyed": {"secrets": [{"value": "not-a-real-secret-for-tests"}]}}})",
                   all));
  EXPECT_TRUE(all[1].methods.empty());
  EXPECT_EQ(all[2].methods, client_auth_methods{}.add(client_auth_method::private_key_jwt));
}

TEST(keys, a_mistake_is_told_in_one_line_that_names_file_line_member_and_remedy_but_no_value) {
  const struct {
    const char* text;
    const char* told;
  } mistakes[] = {
      {"[]", "keys.json:1: expected an object"},
      {"{\n\"state_keys\": {}}", "keys.json:2: state_keys: expected an array"},
      {"{\"state_keys\": [\n\"x\"]}", "keys.json:2: state_keys[0]: expected an object"},
      {"{\"state_keys\": [{\n\"kid\": \"a b\",\n\"secret\": \"" STATE_KEY "\"}]}",
       "keys.json:2: state_keys[0].kid: expected 1 to 32 letters, digits, dashes and underscores"},
      {"{\"state_keys\": [\n{\"secret\": \"" STATE_KEY "\"}]}",
       "keys.json:2: state_keys[0].kid: expected 1 to 32 letters, digits, dashes and underscores"},
      {"{\"state_keys\": [{\"kid\": \"k\",\n\"secret\": \"bm90LWEtc2VjcmV0\"}]}",
       "keys.json:2: state_keys[0].secret: expected at least 32 bytes in base64url without padding"},
      {"{\"state_keys\": [{\"kid\": \"k\",\n\"secret\": \"not base64\"}]}",
       "keys.json:2: state_keys[0].secret: expected at least 32 bytes in base64url without padding"},
      {"{\"state_keys\": [{\"kid\": \"k\", \"secret\": \"" STATE_KEY "\"},\n{\"kid\": \"k\", \"secret\": \"" STATE_KEY "\"}]}",
       "keys.json:2: state_keys[1].kid: this kid stands twice; only the first would ever be found"},
      {"{\"applications\": {\"web\": {\n\"secrets\": [{\"value\": \"one\"}, {\"value\": \"two\"}]}}}",
       "keys.json:2: applications.web.secrets: of two secrets the one on its way out needs an earlier `expires_at`"},
      {"{\"applications\": {\"web\": {\n\"subject\": {\"dn\": \"CN=a\", \"san_dns\": \"a.example\"}}}}",
       "keys.json:2: applications.web.subject: expected exactly one of `dn`, `san_dns`, `san_uri`, `san_ip` and `san_email`"},
      {"{\"applications\": {\"web\": {\n\"jwks\": {\"keys\": [{\"kty\": \"oct\", \"k\": \"bm90LWEtc2VjcmV0\"}]}}}}",
       "keys.json:2: applications.web.jwks: a symmetric key is no public key; give it as a secret, with "
       "`assertion_secret_algorithms`"},
      {"{\"state_keys\": [{\"kid\": \"k\",\n\"key\": \"x\"}]}",
       "keys.json:2: state_keys[0].key: unknown member; expected `kid` or `secret`"},
      {"{\n\"applications\": []}", "keys.json:2: applications: expected an object"},
      {"{\"applications\": {\n\"nobody\": {}}}",
       "keys.json:2: applications.nobody: no application of the export has this client_id"},
      {"{\"applications\": {\n\"web\": []}}", "keys.json:2: applications.web: expected an object"},
      {"{\"applications\": {\"web\": {\n\"secrets\": \"x\"}}}", "keys.json:2: applications.web.secrets: expected an array"},
      {"{\"applications\": {\"web\": {\"secrets\": [\n{}]}}}",
       "keys.json:2: applications.web.secrets: expected either `value` or `verifier`"},
      {"{\"applications\": {\"web\": {\"secrets\": [\n{\"value\": \"x\", \"verifier\": \"sha256:x\"}]}}}",
       "keys.json:2: applications.web.secrets: expected either `value` or `verifier`"},
      {"{\"applications\": {\"web\": {\"secrets\": [{\n\"value\": \"\"}]}}}",
       "keys.json:2: applications.web.secrets.value: an empty secret is no secret"},
      {"{\"applications\": {\"web\": {\"secrets\": [{\n\"verifier\": \"md5:x\"}]}}}",
       "keys.json:2: applications.web.secrets.verifier: a secret verifier begins with sha256:, pbkdf2: or scrypt:"},
      {"{\"applications\": {\"web\": {\"secrets\": [{\"value\": \"x\",\n\"expires_at\": \"soon\"}]}}}",
       "keys.json:2: applications.web.secrets.expires_at: expected a date and time such as `2026-12-01T10:00:00Z`"},
      {"{\"applications\": {\"web\": {\n\"secrets\": [{\"value\": \"a\"}, {\"value\": \"b\"}, {\"value\": \"c\"}]}}}",
       "keys.json:2: applications.web.secrets: expected at most two: the current one and the one on its way out"},
      {"{\"applications\": {\"web\": {\n\"secret\": \"x\"}}}",
       "keys.json:2: applications.web.secret: unknown member; expected `"},
      {"{\n\"store_secret\": \"c2hvcnQ\"}", "keys.json:2: store_secret: expected at least 32 bytes in base64url without padding"},
      {"{\n\"keys\": {}}", "keys.json:2: keys: unknown member; expected `state_keys`, `store_secret` or `applications`"},
  };
  for (const auto& m : mistakes) {
    const std::string got = told(m.text);
    EXPECT_EQ(got.substr(0, std::string_view(m.told).size()), m.told) << m.text << "\n" << got;
    EXPECT_EQ(got.find('\n'), std::string::npos);
  }
}

}  // namespace
