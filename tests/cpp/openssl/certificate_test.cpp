#include <startgate/openssl/certificate.hpp>

#include <startgate/client_auth.hpp>
#include <startgate/openssl/verifier.hpp>

#include "support/certificates.hpp"
#include "support/fake_replay_memory.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace {

using namespace startgate;
using enum client_auth_method;

constexpr instant now = 1'795'514'400ULL * second;

class certificates : public testing::Test {
 protected:
  certificates() : root(test::authority("root")), v(vouching()) {
    app.client_id = "app";
    app.methods.add(tls_client_auth);
    app.subjects = {{certificate_subject::field::dn, "CN=app,O=Acme\\, Inc.,C=SE"}};
  }

  openssl::authorities vouching() { return *openssl::authorities::from_pem(std::array{root.pem()}); }

  authentication decide(std::string_view certificate) {
    return authenticate(&app, {.client_id = "app", .certificate = certificate}, {}, now, v, memory);
  }

  test::issued root;
  openssl::verifier v;
  application app;
  test::fake_replay_memory memory;
};

TEST_F(certificates, facts_are_read_from_pem_and_from_der_alike) {
  auto request = test::client("app");
  request.extensions.push_back(
      {NID_subject_alt_name, "DNS:app.example,URI:urn:app,IP:192.0.2.1,IP:2001:db8::1,email:app@acme.example"});
  const auto leaf = test::issue(request, &root);
  for (const std::string& bytes : {leaf.pem(), leaf.der()}) {
    const auto facts = openssl::read_certificate(bytes, now, nullptr);
    ASSERT_TRUE(facts);
    EXPECT_EQ(facts->subject_dn, "CN=app,O=Acme\\, Inc.,C=SE");
    EXPECT_EQ(facts->san_dns, std::vector<std::string>{"app.example"});
    EXPECT_EQ(facts->san_uri, std::vector<std::string>{"urn:app"});
    EXPECT_EQ(facts->san_ip, (std::vector<std::string>{"192.0.2.1", "2001:db8::1"}));
    EXPECT_EQ(facts->san_email, std::vector<std::string>{"app@acme.example"});
    EXPECT_EQ(facts->thumbprint, *openssl::sha256(leaf.der()));
    EXPECT_FALSE(facts->trusted);
  }
}

TEST_F(certificates, rfc8705_2_1_an_authoritys_certificate_with_the_registered_subject_proves_the_application) {
  const auto a = decide(test::issue(test::client("app"), &root).pem());
  EXPECT_EQ(a.result, authentication_result::proved);
  EXPECT_EQ(a.method, tls_client_auth);
  EXPECT_EQ(a.why, reason::authentication_certificate_matched);
}

TEST_F(certificates, cve_2023_2422_rfc8705_2_a_valid_certificate_of_another_client_is_refused) {
  EXPECT_EQ(decide(test::issue(test::client("other"), &root).pem()).why, reason::authentication_certificate_wrong);
  EXPECT_EQ(decide(test::issue({.subject = {}, .extensions = {{NID_ext_key_usage, "clientAuth"}}}, &root).pem()).why,
            reason::authentication_certificate_wrong);
  app.subjects.clear();
  EXPECT_EQ(decide(test::issue(test::client("app"), &root).pem()).why, reason::authentication_certificate_wrong);
}

TEST_F(certificates, cve_2023_2422_the_first_certificate_is_the_clients_whatever_follows) {
  const auto other = test::issue(test::client("other"), &root), ours = test::issue(test::client("app"), &root);
  EXPECT_EQ(decide(other.pem() + ours.pem()).why, reason::authentication_certificate_wrong);
  EXPECT_EQ(decide(root.pem() + ours.pem()).result, authentication_result::refused);
}

TEST_F(certificates, an_intermediate_may_come_along) {
  const auto between = test::authority("between", &root);
  const auto leaf = test::issue(test::client("app"), &between);
  EXPECT_EQ(decide(leaf.pem()).why, reason::authentication_certificate_untrusted);
  EXPECT_EQ(decide(leaf.pem() + between.pem()).result, authentication_result::proved);
}

TEST_F(certificates, what_no_authority_of_the_policy_signed_is_untrusted) {
  const auto elsewhere = test::authority("root");
  EXPECT_EQ(decide(test::issue(test::client("app"), &elsewhere).pem()).why, reason::authentication_certificate_untrusted);
  EXPECT_EQ(decide(test::issue(test::client("app")).pem()).why, reason::authentication_certificate_untrusted);
  EXPECT_EQ(decide(test::issue(test::client("app"), &elsewhere).pem() + elsewhere.pem()).why,
            reason::authentication_certificate_untrusted);
}

TEST_F(certificates, its_dates_count_for_an_authoritys_certificate) {
  auto request = test::client("app");
  request.not_after = epoch_seconds(now) - 1;
  EXPECT_EQ(decide(test::issue(request, &root).pem()).why, reason::authentication_certificate_untrusted);
  request.not_after = epoch_seconds(now) + 100;
  EXPECT_EQ(decide(test::issue(request, &root).pem()).result, authentication_result::proved);
  request.not_before = epoch_seconds(now) + 1;
  EXPECT_EQ(decide(test::issue(request, &root).pem()).why, reason::authentication_certificate_untrusted);
}

TEST_F(certificates, a_servers_certificate_is_no_clients) {
  auto request = test::client("app");
  request.extensions = {{NID_ext_key_usage, "serverAuth"}};
  EXPECT_EQ(decide(test::issue(request, &root).pem()).why, reason::authentication_certificate_untrusted);
}

TEST_F(certificates, rfc8705_2_2_the_registered_certificate_itself_proves_whatever_its_dates) {
  auto request = test::client("app");
  request.not_after = 1;
  const auto own = test::issue(request), other = test::issue(request);
  app.methods = client_auth_methods{}.add(self_signed_tls_client_auth);
  app.certificates = {{*openssl::sha256(own.der())}};
  const auto a = decide(own.pem());
  EXPECT_EQ(a.result, authentication_result::proved);
  EXPECT_EQ(a.method, self_signed_tls_client_auth);
  EXPECT_EQ(decide(other.pem()).why, reason::authentication_certificate_wrong);
}

TEST_F(certificates, a_registration_that_has_expired_is_none) {
  const auto leaf = test::issue(test::client("app"), &root);
  app.subjects[0].expires_at = now + 1;
  EXPECT_EQ(decide(leaf.pem()).result, authentication_result::proved);
  app.subjects[0].expires_at = now;
  EXPECT_EQ(decide(leaf.pem()).why, reason::authentication_certificate_wrong);
  app.methods = client_auth_methods{}.add(self_signed_tls_client_auth);
  app.certificates = {{*openssl::sha256(leaf.der()), now + 1}};
  EXPECT_EQ(decide(leaf.pem()).result, authentication_result::proved);
  app.certificates[0].expires_at = now;
  EXPECT_EQ(decide(leaf.pem()).why, reason::authentication_certificate_wrong);
}

TEST_F(certificates, rfc8705_2_without_a_certificate_nothing_is_proved) {
  EXPECT_EQ(decide("").result, authentication_result::absent);
}

TEST_F(certificates, an_encrypted_pem_is_malformed_and_nobody_is_asked_for_its_pass_phrase) {
  const std::string pem = test::issue(test::client("app"), &root).pem();
  const std::string head = "-----BEGIN CERTIFICATE-----\n";
  const std::string encrypted =
      head + "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n\n" + pem.substr(head.size());
  testing::internal::CaptureStderr();
  EXPECT_EQ(decide(encrypted).why, reason::authentication_certificate_malformed);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST_F(certificates, any_of_several_registered_subjects_proves_while_it_is_in_force) {
  app.subjects = {{certificate_subject::field::dn, "CN=app,O=Acme\\, Inc.,C=SE", now + 1},
                  {certificate_subject::field::san_dns, "next.acme.example"}};
  auto next = test::client("another name");
  next.extensions.push_back({NID_subject_alt_name, "DNS:next.acme.example"});
  EXPECT_EQ(decide(test::issue(test::client("app"), &root).pem()).result, authentication_result::proved);
  EXPECT_EQ(decide(test::issue(next, &root).pem()).result, authentication_result::proved);
  app.subjects[0].expires_at = now;
  EXPECT_EQ(decide(test::issue(test::client("app"), &root).pem()).why, reason::authentication_certificate_wrong);
}

TEST_F(certificates, an_intermediate_of_the_policy_vouches_without_its_root) {
  const auto between = test::issue({.subject = {{"CN", "between"}},
                                    .extensions = {{NID_basic_constraints, "critical,CA:TRUE"}, {NID_key_usage, "keyCertSign"}}},
                                   &root);
  const auto leaf = test::issue(test::client("app"), &between);
  const openssl::verifier by_intermediate(*openssl::authorities::from_pem(std::array{between.pem()}));
  const auto a = authenticate(&app, {.client_id = "app", .certificate = leaf.pem()}, {}, now, by_intermediate, memory);
  EXPECT_EQ(a.result, authentication_result::proved);
}

TEST_F(certificates, der_certificates_may_follow_one_another) {
  const auto between = test::issue({.subject = {{"CN", "between"}},
                                    .extensions = {{NID_basic_constraints, "critical,CA:TRUE"}, {NID_key_usage, "keyCertSign"}}},
                                   &root);
  const auto leaf = test::issue(test::client("app"), &between);
  EXPECT_EQ(decide(leaf.der()).why, reason::authentication_certificate_untrusted);
  EXPECT_EQ(decide(leaf.der() + between.der()).result, authentication_result::proved);
  EXPECT_EQ(decide(leaf.der() + "x").why, reason::authentication_certificate_malformed);
}

TEST_F(certificates, a_policy_may_name_more_authorities_than_a_chain_is_long) {
  std::string all;
  for (int i = 0; i < 12; ++i) all += test::authority("authority " + std::to_string(i)).pem();
  EXPECT_TRUE(openssl::authorities::from_pem(std::array{all + root.pem()}));
}

TEST_F(certificates, rfc9325_4_5_weak_keys_and_digests_vouch_for_nothing) {
  auto strong = test::client("app"), weak_digest = strong, weak_key = strong;
  strong.rsa_bits = 2048;
  weak_digest.digest = EVP_sha1();
  weak_key.rsa_bits = 1024;
  EXPECT_EQ(decide(test::issue(strong, &root).pem()).result, authentication_result::proved);
  for (const auto& request : {weak_digest, weak_key})
    EXPECT_EQ(decide(test::issue(request, &root).pem()).why, reason::authentication_certificate_untrusted);
}

TEST_F(certificates, what_cannot_be_read_is_malformed) {
  const auto leaf = test::issue(test::client("app"), &root);
  const std::string pem = leaf.pem(), der = leaf.der();
  for (const std::string& bytes :
       {std::string("x"), der + "x", der.substr(0, der.size() - 1), pem.substr(0, pem.size() / 2), pem + pem.substr(0, 200),
        std::string("-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n"), std::string(40'000, '0')})
    EXPECT_EQ(decide(bytes).why, reason::authentication_certificate_malformed) << bytes.substr(0, 40);
  EXPECT_EQ(authenticate(&app, {.client_id = "app", .certificate_unreadable = true}, {}, now, v, memory).why,
            reason::authentication_certificate_malformed);
}

TEST_F(certificates, at_most_eight_certificates_are_read) {
  const std::string leaf = test::issue(test::client("app"), &root).pem();
  std::string many = leaf;
  for (int i = 0; i < 8; ++i) many += root.pem();
  EXPECT_EQ(decide(many).why, reason::authentication_certificate_malformed);
}

TEST_F(certificates, authorities_that_cannot_be_read_make_no_verifier) {
  EXPECT_FALSE(openssl::authorities::from_pem(std::array<std::string, 1>{"x"}));
  EXPECT_FALSE(openssl::authorities::from_pem(std::array<std::string, 2>{root.pem(), ""}));
  const openssl::verifier nobody;
  EXPECT_FALSE(nobody.read_certificate(test::issue(test::client("app"), &root).pem(), now, true)->trusted);
}

// A name with a NUL inside once passed for what stands before it.
TEST_F(certificates, cve_2009_2408_a_nul_in_a_name_does_not_end_it) {
  app.subjects = {{certificate_subject::field::dn, "CN=app"}};
  const auto leaf =
      test::issue({.subject = {{"CN", std::string("app\0.evil", 9)}}, .extensions = {{NID_ext_key_usage, "clientAuth"}}}, &root);
  EXPECT_EQ(decide(leaf.pem()).why, reason::authentication_certificate_wrong);
}

}  // namespace
