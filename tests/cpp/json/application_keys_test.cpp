#include <startgate/json/application_keys.hpp>

#include <startgate/openssl/digest.hpp>
#include <startgate/openssl/key_maker.hpp>

#include "support/certificates.hpp"
#include "support/service_test.hpp"
#include "support/signer.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace {

using namespace startgate;
using enum client_auth_method;
using field = certificate_subject::field;
using test::json_string;

const openssl::key_maker maker;

// An entry of a keys file, or a credential of an export, under its reader.
struct entry {
  explicit entry(const std::string& text) : document(*json::parse(text)), in(document, "app", found) {}
  entry(const entry&) = delete;

  std::string told() const { return found.first() ? found.first()->member + ": " + found.first()->text : ""; }

  json::node document;
  json::problems found;
  json::object_reader in;
  application app;
};

client_auth_methods only(client_auth_method m) { return client_auth_methods{}.add(m); }

TEST(application_keys, a_certificate_is_kept_as_its_thumbprint_and_brings_its_method) {
  const auto one = test::issue(test::client("one")), two = test::issue(test::client("two"));
  entry e(R"({"certificates":[)" + json_string(one.pem()) + "," + json_string(two.pem()) + "]}");
  json::detail::read_certificates(e.in, e.app, maker);
  EXPECT_EQ(e.told(), "");
  ASSERT_EQ(e.app.certificates.size(), 2U);
  EXPECT_EQ(e.app.certificates[0].thumbprint, *openssl::sha256(one.der()));
  EXPECT_EQ(e.app.certificates[1].thumbprint, *openssl::sha256(two.der()));
  EXPECT_EQ(e.app.methods, only(self_signed_tls_client_auth));
}

TEST(application_keys, what_is_no_certificate_is_told_and_adds_no_method) {
  const std::string pem = test::issue(test::client("one")).pem();
  for (const std::string& one : {std::string("1"), std::string("\"x\""), std::string("{}"), json_string(pem.substr(0, 100))}) {
    entry e(R"({"certificates":[)" + one + "]}");
    json::detail::read_certificates(e.in, e.app, maker);
    EXPECT_EQ(e.told(), "app.certificates: expected certificates in PEM") << one;
    EXPECT_TRUE(e.app.methods.empty());
  }
  for (const char* nothing : {"{}", R"({"certificates":[]})", R"({"certificates":null})"}) {
    entry e(nothing);
    json::detail::read_certificates(e.in, e.app, maker);
    EXPECT_TRUE(e.told().empty() && e.app.methods.empty() && e.app.certificates.empty()) << nothing;
  }
}

TEST(application_keys, rfc8705_2_1_2_a_subject_may_be_any_one_field) {
  for (const auto& [name, which, value, kept] : {std::tuple{"dn", field::dn, "cn=app, O=Acme\\\\, Inc.", "CN=app,O=Acme\\, Inc."},
                                                 {"san_dns", field::san_dns, "app.acme.example", "app.acme.example"},
                                                 {"san_uri", field::san_uri, "urn:app", "urn:app"},
                                                 {"san_ip", field::san_ip, "2001:db8::1", "2001:db8::1"},
                                                 {"san_email", field::san_email, "app@acme.example", "app@acme.example"}}) {
    entry e(std::string(R"({"subject":{")") + name + R"(":")" + value + R"("}})");
    json::detail::read_subject(e.in, e.app);
    EXPECT_EQ(e.told(), "") << name;
    ASSERT_EQ(e.app.subjects.size(), 1U) << name;
    EXPECT_EQ(e.app.subjects[0].which, which) << name;
    EXPECT_EQ(e.app.subjects[0].value, kept) << name;
    EXPECT_EQ(e.app.methods, only(tls_client_auth)) << name;
  }
}

TEST(application_keys, rfc8705_2_1_2_no_field_two_fields_and_an_empty_one_are_no_subject) {
  for (const char* text : {"{}", R"({"dn":"CN=a","san_dns":"a.example"})", R"({"dn":""})", R"({"san_ip":null})"}) {
    entry e(std::string(R"({"subject":)") + text + "}");
    json::detail::read_subject(e.in, e.app);
    EXPECT_EQ(e.told(), "app.subject: expected exactly one of `dn`, `san_dns`, `san_uri`, `san_ip` and `san_email`") << text;
    EXPECT_TRUE(e.app.methods.empty()) << text;
  }
}

TEST(application_keys, every_secret_signs_under_every_named_algorithm_for_as_long_as_it_is_one) {
  entry e(R"({"assertion_secret_algorithms":["HS256","HS512"]})");
  const std::vector<json::detail::plain_secret> secrets{{&e.document, std::string(64, 'n'), std::nullopt, false},
                                                        {&e.document, std::string(64, 'o'), 7 * second, true}};
  json::detail::read_secret_algorithms(e.in, e.app, secrets, maker);
  EXPECT_EQ(e.told(), "");
  ASSERT_EQ(e.app.keys.size(), 4U);
  EXPECT_EQ(e.app.methods, only(client_secret_jwt));
  for (std::size_t i = 0; i < e.app.keys.size(); ++i) {
    const signing_key& key = e.app.keys[i];
    const bool previous = i % 2 == 1;
    EXPECT_EQ(key.algorithm, i < 2 ? signature_algorithm::hs256 : signature_algorithm::hs512);
    EXPECT_EQ(key.previous_secret, previous);
    EXPECT_EQ(key.expires_at, previous ? std::optional<instant>(7 * second) : std::nullopt);
    const std::string good = test::mac(secrets[previous].text, key.algorithm, "message");
    EXPECT_TRUE(key.material->verify("message", {reinterpret_cast<const std::uint8_t*>(good.data()), good.size()}));
  }
}

TEST(application_keys, a_secret_that_cannot_sign_is_told_without_its_text) {
  const auto told = [](const char* algorithms, const std::vector<std::string>& texts) {
    entry e(std::string(R"({"assertion_secret_algorithms":)") + algorithms + "}");
    std::vector<json::detail::plain_secret> secrets;
    for (const std::string& text : texts) secrets.push_back({&e.document, text, std::nullopt, false});
    json::detail::read_secret_algorithms(e.in, e.app, secrets, maker);
    return e.told();
  };
  const std::string enough(32, 's');
  EXPECT_EQ(told(R"(["HS256"])", {enough}), "");
  for (const char* other : {R"(["RS256"])", R"(["none"])", R"(["hs256"])"})
    EXPECT_EQ(told(other, {enough}), "app.assertion_secret_algorithms: expected `HS256`, `HS384` or `HS512`") << other;
  EXPECT_EQ(told(R"(["HS256"])", {}), "app.assertion_secret_algorithms: needs a secret that is given as `value`");
  EXPECT_EQ(told(R"(["HS384"])", {enough}), "app.secrets: the secret is shorter than the digest");
  EXPECT_EQ(told(R"(["HS256"])", {"not-a-real-secret"}), "app.secrets: the secret is shorter than the digest");
}

TEST(application_keys, a_key_set_holds_public_keys_under_their_ids) {
  entry e(R"({"jwks":{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"a","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}})");
  json::detail::read_key_set(e.in, e.app, maker);
  EXPECT_EQ(e.told(), "");
  ASSERT_EQ(e.app.keys.size(), 1U);
  EXPECT_EQ(e.app.keys[0].kid, "a");
  EXPECT_EQ(e.app.keys[0].algorithm, signature_algorithm::eddsa);
  EXPECT_EQ(e.app.methods, only(private_key_jwt));
}

TEST(application_keys, a_signing_credential_of_an_export_keeps_its_id_its_algorithm_and_its_deadline) {
  const std::string pem = test::public_pem(test::private_key(signature_algorithm::rs256));
  entry e(R"({"id":"cred_1","pem":)" + json_string(pem) + R"(,"kid":"k","alg":"PS256","expires_at":"2026-12-01T00:00:00Z"})");
  json::detail::read_export_credential(e.in, private_key_jwt, e.app, maker);
  EXPECT_EQ(e.told(), "");
  ASSERT_EQ(e.app.keys.size(), 1U);
  EXPECT_EQ(e.app.keys[0].kid, "k");
  EXPECT_EQ(e.app.keys[0].algorithm, signature_algorithm::ps256);
  EXPECT_EQ(e.app.keys[0].expires_at, parse_instant("2026-12-01T00:00:00Z"));

  entry unknown(R"({"pem":)" + json_string(pem) + R"(,"alg":"RS1"})");
  json::detail::read_export_credential(unknown.in, private_key_jwt, unknown.app, maker);
  EXPECT_EQ(unknown.told(), "app.alg: not a signature algorithm that is known here");
}

TEST(application_keys, a_certificate_of_an_export_is_pem_or_a_thumbprint_in_either_spelling) {
  const auto own = test::issue(test::client("app"));
  const digest256 thumbprint = *openssl::sha256(own.der());
  std::string hexadecimal;
  for (const std::uint8_t byte : thumbprint) hexadecimal.append({"0123456789abcdef"[byte >> 4], "0123456789abcdef"[byte & 15]});
  const std::string encoded = test::base64url({reinterpret_cast<const char*>(thumbprint.data()), thumbprint.size()});
  for (const std::string& member : {R"("pem":)" + json_string(own.pem()), R"("thumbprint_sha256":")" + hexadecimal + '"',
                                    R"("thumbprint_sha256":")" + encoded + '"'}) {
    entry e("{" + member + R"(,"expires_at":"2026-12-01T00:00:00Z"})");
    json::detail::read_export_credential(e.in, self_signed_tls_client_auth, e.app, maker);
    EXPECT_EQ(e.told(), "") << member;
    ASSERT_EQ(e.app.certificates.size(), 1U) << member;
    EXPECT_EQ(e.app.certificates[0].thumbprint, thumbprint) << member;
    EXPECT_EQ(e.app.certificates[0].expires_at, parse_instant("2026-12-01T00:00:00Z")) << member;
  }
  entry e(R"({"thumbprint_sha256":"00"})");
  json::detail::read_export_credential(e.in, self_signed_tls_client_auth, e.app, maker);
  EXPECT_EQ(e.told(), "app.thumbprint_sha256: expected 64 hexadecimal digits or 43 characters of base64url");
}

TEST(application_keys, a_subject_of_an_export_has_one_spelling_and_a_deadline) {
  entry e(R"({"subject_dn":"cn=app, o=Acme","expires_at":"2026-12-01T00:00:00Z"})");
  json::detail::read_export_credential(e.in, tls_client_auth, e.app, maker);
  ASSERT_EQ(e.app.subjects.size(), 1U);
  EXPECT_EQ(e.app.subjects[0].value, "CN=app,O=Acme");
  EXPECT_EQ(e.app.subjects[0].expires_at, parse_instant("2026-12-01T00:00:00Z"));
}

}  // namespace
