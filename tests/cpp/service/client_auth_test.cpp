// Client authentication over the whole path: registrations as an export and a keys file state them, credentials as they arrive.
#include <startgate/service/service.hpp>

#include "support/base64.hpp"
#include "support/certificates.hpp"
#include "support/service_test.hpp"
#include "support/signer.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace startgate;
using namespace startgate::test;
using enum signature_algorithm;

constexpr std::string_view long_secret = "not-a-real-secret-for-tests-but-long-enough-for-hmac-with-sha-512-too";

class whole_client_auth : public service_test {
 protected:
  void enforce(const std::string& members = "") {
    policy = R"({"schema":1,"profile":"auth0","issuer":"https://acme.example/","enforcement":{"mode":"enforce"})" +
             (members.empty() ? "" : "," + members) + "}";
  }

  static std::string why(const json::node& d) { return d.find("authentication")->find("reason")->text; }

  static std::string assertion(signature_algorithm a, const std::string& jwt_id, std::string_view client_id = "web",
                               std::string_view secret = long_secret) {
    const std::string id(client_id);
    const std::string claims = R"({"iss":")" + id + R"(","sub":")" + id + R"(","aud":"https://acme.example/","jti":")" + jwt_id +
                               R"(","exp":)" + std::to_string(epoch_seconds(service_now) + 60) + "}";
    return jws(a, R"({"alg":")" + std::string(name_of(a)) + R"("})", claims, secret);
  }
  static std::string with_assertion(const std::string& text, const std::string& client_id = "web") {
    return R"({"client_id":")" + client_id +
           R"(","client_assertion_type":"urn:ietf:params:oauth:client-assertion-type:jwt-bearer","client_assertion":")" + text +
           R"(",)" + start;
  }

  static std::string percent_encoded(std::string_view text) {
    std::string out;
    for (const char c : text) out.append("%").append({"0123456789ABCDEF"[c >> 4], "0123456789ABCDEF"[c & 15]});
    return out;
  }
  static std::string header_line(const std::string& name, const std::string& value) {
    return "[" + json_string(name) + "," + json_string(value) + "]";
  }

  const std::string body = R"({"client_id":"web",)" + start;
  const std::string plain = R"([["content-type","application/json"]])";
};

TEST_F(whole_client_auth, rfc6749_2_3_2_who_signs_with_a_secret_does_not_prove_itself_by_showing_it) {
  applications = R"([{"client_id":"web","token_endpoint_auth_method":"client_secret_jwt","client_secret":")" +
                 std::string(long_secret) + R"("}])";
  for (const char* strict : {"false", "true"}) {
    enforce(R"("client_authentication":{"strict_method":)" + std::string(strict) + "}");
    load();
    const auto shown = decide(R"({"client_id":"web","client_secret":")" + std::string(long_secret) + R"(",)" + start);
    EXPECT_EQ(result_in(shown), "refused") << strict;
    EXPECT_EQ(why(shown), "authentication_method_not_registered") << strict;
    const auto basic =
        decide(body, "[" + header_line("authorization", "Basic " + base64("web:" + std::string(long_secret))) + "]");
    EXPECT_EQ(result_in(basic), "refused") << strict;
    EXPECT_EQ(why(basic), "authentication_method_not_registered") << strict;
    EXPECT_EQ(result_in(decide(with_assertion(assertion(hs256, "id-1")))), "proved") << strict;
  }
}

TEST_F(whole_client_auth, an_export_with_a_secret_to_sign_with_serves_assertions_of_its_algorithm_only) {
  for (const auto& [member, registered, other] :
       {std::tuple{"", hs256, hs512}, {R"("token_endpoint_auth_signing_alg":"HS512",)", hs512, hs256}}) {
    applications = R"([{"client_id":"web","token_endpoint_auth_method":"client_secret_jwt",)" + std::string(member) +
                   R"("client_secret":")" + std::string(long_secret) + R"("}])";
    load();
    EXPECT_EQ(why(decide(with_assertion(assertion(registered, "id-1")))), "assertion_valid");
    EXPECT_NE(answer.find(R"("method":"client_secret_jwt")"), std::string::npos);
    EXPECT_EQ(why(decide(with_assertion(assertion(registered, "id-1")))), "assertion_replayed");
    EXPECT_EQ(why(decide(with_assertion(assertion(other, "id-2")))), "assertion_algorithm_not_allowed");
  }
}

TEST_F(whole_client_auth, secrets_of_the_keys_file_replace_the_exports_also_for_who_signs_with_them) {
  applications = R"([{"client_id":"web","token_endpoint_auth_method":"client_secret_jwt","client_secret":")" +
                 std::string(long_secret) + R"("}])";
  const std::string next = "not-a-real-secret-for-tests-that-comes-after-the-first-one";
  const std::string of_export = R"({"value":")" + std::string(long_secret) + '"';
  const auto with = [&](const std::string& secrets) {
    keys = R"({"applications":{"web":{"secrets":[)" + secrets + "}}}";
    load();
  };
  const auto sign = [&](std::string_view secret) { return why(decide(with_assertion(assertion(hs256, "id-1", "web", secret)))); };
  for (const char* named : {"]", R"(],"assertion_secret_algorithms":["HS256"])"}) {
    with(R"({"value":")" + next + R"("})" + named);
    EXPECT_EQ(sign(long_secret), "assertion_signature_wrong") << named;
    EXPECT_EQ(sign(next), "assertion_valid") << named;
  }
  with(R"({"value":")" + next + R"("},)" + of_export + R"(,"expires_at":"2026-11-01T00:00:00Z"}])");
  EXPECT_NE(sign(long_secret), "assertion_valid") << "its deadline has passed";
  with(R"({"value":")" + next + R"("},)" + of_export + R"(,"expires_at":"2026-12-01T00:00:00Z"}])");
  EXPECT_EQ(sign(long_secret), "assertion_valid");
  EXPECT_NE(answer.find("previous_secret_used"), std::string::npos);
  keys = R"({"applications":{"web":{"secrets":[{"verifier":"sha256:)" + std::string(64, '0') + R"("}]}}})";
  const auto verifier_only = service::load(files());
  ASSERT_FALSE(verifier_only);
  EXPECT_EQ(verifier_only.error(),
            "keys:1: applications.web.secrets: an application that signs with its secret needs one that is given as `value`");
}

TEST_F(whole_client_auth, any_of_several_subjects_of_an_export_proves_while_it_is_in_force) {
  const auto root = authority("root");
  enforce(R"("client_authentication":{"certificate_authorities":[)" + json_string(root.pem()) + "]}");
  applications = R"([{"client_id":"web","client_authentication_methods":{"tls_client_auth":{"credentials":[
      {"id":"cred_1","credential_type":"cert_subject_dn","subject_dn":"CN=one,O=Acme\\, Inc.,C=SE"},
      {"id":"cred_2","credential_type":"cert_subject_dn","subject_dn":"cn=two, o=Acme\\, Inc., c=SE"},
      {"id":"cred_3","credential_type":"cert_subject_dn","subject_dn":"CN=gone,O=Acme\\, Inc.,C=SE","expires_at":"2026-11-01T00:00:00Z"}]}}}])";
  const auto by = [&](const char* name) { return why(decide(body, plain, "203.0.113.9", issue(client(name), &root).pem())); };
  EXPECT_EQ(by("one"), "authentication_certificate_matched");
  EXPECT_EQ(by("two"), "authentication_certificate_matched");
  EXPECT_EQ(by("gone"), "authentication_certificate_wrong");
  EXPECT_EQ(by("three"), "authentication_certificate_wrong");
  EXPECT_EQ(why(decide(body, plain, "203.0.113.9", issue(client("one")).pem())), "authentication_certificate_untrusted");
}

// The connection's own certificate is then the proxy's.
TEST_F(whole_client_auth, rfc8705_6_5_of_a_trusted_proxy_the_header_counts_and_its_connection_does_not) {
  const auto own = issue(client("web")), other = issue(client("other"));
  enforce(R"("client_address":{"trusted_proxies":["10.0.0.0/8"],"header":"x-forwarded-for"},
             "client_authentication":{"certificate_header":{"name":"client-cert","format":"rfc9440"}})");
  keys = R"({"applications":{"web":{"certificates":[)" + json_string(own.pem()) + "]}}}";
  const auto header = [&](const issued& one) { return "[" + header_line("client-cert", ":" + base64(one.der()) + ":") + "]"; };
  EXPECT_EQ(result_in(decide(body, header(own), "10.1.2.3", other.pem())), "proved");
  EXPECT_EQ(result_in(decide(body, header(other), "10.1.2.3", own.pem())), "refused");
  EXPECT_EQ(result_in(decide(body, "[]", "10.1.2.3", own.pem())), "absent");
  EXPECT_EQ(result_in(decide(body, header(other), "203.0.113.9", own.pem())), "proved");  // nobody else's header counts
}

TEST_F(whole_client_auth, rfc9440_2_3_a_chain_that_a_proxy_passes_on_vouches_through_its_intermediate) {
  const auto root = authority("root"), between = authority("between", &root);
  const auto leaf = issue(client("web"), &between);
  applications = R"([{"client_id":"web"}])";
  keys = R"({"applications":{"web":{"subject":{"dn":"CN=web,O=Acme\\, Inc.,C=SE"}}}})";
  const std::string cert = header_line("client-cert", ":" + base64(leaf.der()) + ":"),
                    chain = header_line("Client-Cert-Chain", ":" + base64(between.der()) + ":"),
                    whole = percent_encoded(leaf.pem() + between.pem()), alone = percent_encoded(leaf.pem());
  const struct {
    const char* format;
    std::string headers, expected;
  } cases[] = {
      {"rfc9440", "[" + cert + "," + chain + "]", "authentication_certificate_matched"},
      {"rfc9440", "[" + cert + "]", "authentication_certificate_untrusted"},
      {"rfc9440", "[" + chain + "]", "authentication_missing"},
      {"rfc9440", "[" + cert + "," + header_line("client-cert-chain", ":!:") + "]", "authentication_certificate_malformed"},
      {"xfcc", "[" + header_line("client-cert", "Cert=\"" + alone + "\";Chain=\"" + whole + '"') + "]",
       "authentication_certificate_matched"},
      {"xfcc", "[" + header_line("client-cert", "Cert=\"" + alone + '"') + "]", "authentication_certificate_untrusted"},
  };
  for (const auto& one : cases) {
    enforce(R"("client_address":{"trusted_proxies":["10.0.0.0/8"],"header":"x-forwarded-for"},
               "client_authentication":{"certificate_authorities":[)" +
            json_string(root.pem()) + R"(],"certificate_header":{"name":"client-cert","format":")" + one.format + R"("}})");
    load();
    EXPECT_EQ(why(decide(body, one.headers, "10.1.2.3")), one.expected) << one.format << one.headers.substr(0, 30);
  }
}

const json::node* header_in(const json::node& d, std::string_view name) {
  for (const auto& line : d.find("response")->find("headers")->items)
    if (line.items[0].text == name) return &line.items[1];
  return nullptr;
}

void expect_to_come_back(const json::node& d) {
  EXPECT_EQ(d.find("response")->find("status")->integer, 503);
  EXPECT_EQ(d.find("response")->find("body")->find("error")->text, "temporarily_unavailable");
  ASSERT_NE(header_in(d, "retry-after"), nullptr);
  EXPECT_EQ(header_in(d, "retry-after")->text, "1");
}

TEST_F(whole_client_auth, a_full_replay_memory_is_503_and_says_when_to_come_back) {
  applications = R"([{"client_id":"web"},{"client_id":"other"}])";
  const std::string entry =
      R"({"secrets":[{"value":")" + std::string(long_secret) + R"("}],"assertion_secret_algorithms":["HS256"]})";
  keys = R"({"applications":{"web":)" + entry + R"(,"other":)" + entry + "}}";
  enforce(R"("limits":{"authentication_api":null})");
  for (std::uint64_t i = 0; i < memory_limits{}.assertions_per_client; ++i)
    ASSERT_EQ(why(decide(with_assertion(assertion(hs256, std::to_string(i))))), "assertion_valid") << i;
  const auto full = decide(with_assertion(assertion(hs256, "one-more")));
  EXPECT_EQ(why(full), "assertion_replay_memory_full");
  expect_to_come_back(full);
  EXPECT_EQ(why(decide(with_assertion(assertion(hs256, "1", "other"), "other"))), "assertion_valid");  // each its own share
}

// More callers than the cap, each busy until one of them was told so.
TEST_F(whole_client_auth, no_room_for_a_slow_secret_is_503_and_says_when_to_come_back) {
  applications = R"([{"client_id":"web"}])";
  keys =
      R"({"applications":{"web":{"secrets":[{"verifier":"pbkdf2:300000:c2FsdHNhbHQ:LPJNul-wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ"}]}}})";
  enforce(R"("limits":{"authentication_api":null},"attack_protection":{"refused_per_address":null})");
  auto loaded = service::load(files());
  ASSERT_TRUE(loaded) << loaded.error();
  service& gate = **loaded;
  const std::string line =
      R"({"at":"2026-11-24T10:00:00Z","peer":"203.0.113.9","headers":[],"body":{"client_id":"web","client_secret":"x",)" + start +
      "}";
  std::atomic<bool> told = false;
  std::string told_how;
  std::vector<std::thread> callers;
  for (unsigned i = 0; i < 2 * openssl::verifier::default_slow_checks; ++i)
    callers.emplace_back([&] {
      for (int tries = 0; tries < 100 && !told; ++tries) {
        const std::string decided = gate.decide_line(line, service_now);
        if (decided.find("authentication_busy") != std::string::npos && !told.exchange(true)) told_how = decided;
      }
    });
  for (std::thread& one : callers) one.join();
  ASSERT_TRUE(told);
  expect_to_come_back(*json::parse(told_how));
}

}  // namespace
