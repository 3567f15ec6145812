// Advisories that concern the whole path, from a request line to a decision line, each under its number.
#include <startgate/service/service.hpp>

#include "support/base64.hpp"
#include "support/certificates.hpp"
#include "support/service_test.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>

namespace {

using namespace startgate;
using namespace startgate::test;

class advisories : public service_test {
 protected:
  // Status, headers and body of the first call of a fresh service, as its decision line has them.
  std::string first_response(const std::string& body) {
    load();
    decide(body);
    const std::size_t from = answer.find(R"("response":)"), to = answer.find(R"("events":)");
    EXPECT_LT(from, to);
    return answer.substr(from, to - from);
  }
};

std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) out.append("%").append({"0123456789ABCDEF"[c >> 4], "0123456789ABCDEF"[c & 15]});
  return out;
}

// A proxy ended TLS and passes the certificate on; anybody else could write that header too.
TEST_F(advisories, cve_2024_10039_rfc8705_6_5_rfc9700_4_13_a_certificate_header_from_an_untrusted_peer_is_ignored) {
  const auto own = issue(client("app"));
  keys = R"({"applications":{"web":{"certificates":[)" + json_string(own.pem()) + "]}}}";
  const std::string body = R"({"client_id":"web",)" + start;
  for (const auto& [format, value] : {std::pair<std::string, std::string>{"nginx", percent_encoded(own.pem())},
                                      {"rfc9440", ":" + base64(own.der()) + ":"},
                                      {"xfcc", R"(By=spiffe://acme/start;Cert=")" + percent_encoded(own.pem()) + '"'}}) {
    policy = R"({"schema":1,"profile":"auth0","issuer":"https://acme.example/","enforcement":{"mode":"enforce"},
                 "client_address":{"trusted_proxies":["10.0.0.0/8"],"header":"x-forwarded-for"},
                 "client_authentication":{"certificate_header":{"name":"x-client-cert","format":")" +
             format + R"("}}})";
    load();
    const std::string headers = R"([["x-client-cert",)" + json_string(value) + "]]";
    EXPECT_EQ(result_in(decide(body, headers)), "absent") << format;
    EXPECT_EQ(result_in(decide(body, headers, "10.1.2.3")), "proved") << format;
    EXPECT_EQ(result_in(decide(body, R"([["x-client-cert","!"]])")), "absent") << format;
    EXPECT_EQ(result_in(decide(body, R"([["x-client-cert","!"]])", "10.1.2.3")), "refused") << format;
  }
}

TEST_F(advisories, cve_2024_10039_a_policy_that_takes_the_header_from_anybody_does_not_load) {
  policy = R"({"schema":1,"profile":"auth0","issuer":"https://acme.example/",
               "client_authentication":{"certificate_header":{"name":"x-client-cert","format":"nginx"}}})";
  EXPECT_FALSE(service::load(files()));
}

// A confidential application that calls like a public one stays confidential.
TEST_F(advisories, cve_2024_22258_rfc9700_4_8_a_confidential_application_is_not_downgraded_to_a_public_one) {
  const auto d = decide(R"({"client_id":"web",)" + start);
  EXPECT_EQ(d.find("outcome")->text, "deny");
  EXPECT_EQ(result_in(d), "absent");
  EXPECT_EQ(d.find("application")->find("kind")->text, "confidential");
  EXPECT_EQ(result_in(decide(R"({"client_id":"spa",)" + start)), "not_required");
  EXPECT_EQ(decide(R"({"client_id":"web","token_endpoint_auth_method":"none",)" + start).find("outcome")->text, "deny");
}

TEST_F(advisories, cve_2017_12635_rfc6749_3_2_duplicate_members_of_a_request_are_refused_in_any_spelling) {
  for (const std::string& body : {R"({"client_id":"web","client_id":"spa",)" + start,
                                  R"({"client_id":"web","client_secret":"a","client_secret":"b",)" + start,
                                  R"({"client_id":"web","email":"eve@example.com",)" + start,
                                  R"({"client_id":"web","\u0065mail":"eve@example.com",)" + start,
                                  R"({"client_id":"web","authParams":{"state":"a","state":"b"},)" + start,
                                  R"({"client_id":"web","authParams":{"state":"a","st\u0061te":"b"},)" + start,
                                  R"({"client_id":"web","authParams":{},"authParams":{},)" + start}) {
    EXPECT_EQ(reason_in(decide(body)), "request_duplicate_member") << body;
    EXPECT_EQ(decide(body).find("outcome")->text, "deny");
  }
}

TEST_F(advisories, cve_2023_7028_one_recipient_is_one_text) {
  const std::string head = R"({"client_id":"spa","connection":"email",)";
  for (const std::string& recipient :
       {std::string(R"("email":["ada@example.com","eve@example.com"])"), std::string(R"("email":{"0":"ada@example.com"})"),
        std::string(R"("email":"ada@example.com,eve@example.com")"), std::string(R"("email":"ada@example.com eve@example.com")"),
        std::string(R"("email":"ada@example.com\neve@example.com")")})
    EXPECT_EQ(reason_in(decide(head + recipient + "}")), "request_email_invalid") << recipient;
  EXPECT_EQ(reason_in(decide(head + R"("email":"ada@example.com","phone_number":"+4670000000"})")),
            "request_phone_number_not_expected");
}

// What an outsider sees may not tell whether a client exists or how near a secret came.
TEST_F(advisories, ghsa_w6m9_39cv_2fwp_cve_2026_23996_unknown_and_wrong_get_the_same_answer) {
  applications = R"([{"client_id":"web","app_type":"regular_web"}])";
  keys =
      R"({"applications":{"web":{"secrets":[{"value":"not-a-real-secret-for-tests"},{"value":"an-older-one","expires_at":"2026-11-01T00:00:00Z"}]}}})";
  const auto response = [&](const std::string& client, const std::string& secret) {
    return first_response(R"({"client_id":")" + client + R"(","client_secret":")" + secret + R"(",)" + start);
  };
  const std::string unknown = response("nobody", "x");
  EXPECT_NE(unknown.find(R"("status":401)"), std::string::npos) << unknown;
  for (const char* wrong : {"x", "not-a-real-secret-for-test", "not-a-real-secret-for-testz", "an-older-one"})
    EXPECT_EQ(response("web", wrong), unknown) << wrong;
}

// gate_test.cpp compares what two starts cost.
TEST_F(advisories, supabase_auth_1955_the_answer_does_not_depend_on_the_recipient) {
  const auto response = [&](const std::string& head, const std::string& email) {
    return first_response(head + R"("connection":"email","email":")" + email + R"("})");
  };
  for (const char* head : {R"({"client_id":"spa",)", R"({"client_id":"web",)", R"({"client_id":"web","client_secret":"wrong",)",
                           R"({"client_id":"web","client_secret":"not-a-real-secret-for-tests",)"}) {
    const std::string known = response(head, "ada@example.com");
    EXPECT_NE(known.find("cache-control"), std::string::npos);
    EXPECT_EQ(response(head, "nobody-at-all-and-rather-long@sub.example.org"), known) << head;
  }
}

TEST_F(advisories, cve_2026_22752_keys_come_in_as_values_and_nothing_is_fetched) {
  keys = R"({"applications":{"web":{"jwks":{"jwks_uri":"http://169.254.169.254/"}}}})";
  EXPECT_FALSE(service::load(files()));
  keys = R"({"applications":{"web":{"jwks_uri":"http://169.254.169.254/"}}})";
  EXPECT_FALSE(service::load(files()));
}

// The sources themselves: no header but a store's, and the stream that it speaks over, opens a connection.
TEST_F(advisories, cve_2026_22752_no_rule_can_open_a_connection) {
  for (const auto& file : std::filesystem::recursive_directory_iterator(STARTGATE_SOURCE_DIR "/include/startgate")) {
    const std::string path = file.path();
    if (!file.is_regular_file() || path.find("/store/") != std::string::npos || path.ends_with("/tls_stream.hpp")) continue;
    std::ifstream in(path);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    for (const char* network :
         {"<sys/socket.h>", "<netdb.h>", "<curl/", "<openssl/ssl.h>", "<openssl/http.h>", "<hiredis", "BIO_new_connect", "OCSP_"})
      EXPECT_EQ(text.find(network), std::string::npos) << path << network;
  }
}

TEST_F(advisories, cve_2020_27838_no_secret_stands_in_a_decision) {
  for (const std::string& secret : {std::string("not-a-real-secret-for-tests"), std::string("not-a-real-wrong-secret")}) {
    decide(R"({"client_id":"web","client_secret":")" + secret +
               R"(","client_assertion_type":"x","authParams":{"state":"not-a-real-state"},)" + start,
           R"([["authorization","Basic d2ViOm5vdC1hLXJlYWwtYmFzaWM="],["cookie","startgate_transaction=not-a-real-cookie"]])");
    for (const char* leaked : {"not-a-real", "d2ViOm5vdC1h"}) EXPECT_EQ(answer.find(leaked), std::string::npos) << answer;
  }
  decide(R"({"client_id":"web","client_assertion":"not-a-real.assertion.text","client_assertion_type":"x",)" + start);
  EXPECT_EQ(answer.find("not-a-real"), std::string::npos) << answer;
}

TEST_F(advisories, cve_2025_68158_cve_2025_65107_cve_2025_14546_an_invented_state_proves_nothing) {
  for (const char* state : {"x", "hKFo2SA1c3RhdGUtb2YtYXV0aDA", "sgs1.2026-11.AAAA.AAAA", ""}) {
    const auto d = decide(R"({"client_id":"web","authParams":{"state":")" + std::string(state) + R"("},)" + start);
    EXPECT_EQ(d.find("outcome")->text, "deny") << state;
  }
}

// The limit of a caller goes by its network, whatever it writes into headers that nobody vouches for.
TEST_F(advisories, cve_2025_51663_ghsa_p6v2_xcpg_h6xw_rotating_headers_and_addresses_of_one_network_share_one_limit) {
  policy = R"({"issuer":"https://acme.example/","limits":{"start_per_address":{"count":1,"period_s":3600,"burst":1}}})";
  const auto from = [&](const std::string& n) {
    const std::string said = "198.51.100." + n;
    const auto d = decide(R"({"client_id":"spa",)" + start,
                          R"([["x-forwarded-for",")" + said + R"("],["x-real-ip",")" + said + R"("],["forwarded","for=)" + said +
                              R"("],["auth0-forwarded-for",")" + said + R"("]])",
                          "2001:db8:1:2::" + n);
    return d.find("outcome")->text;
  };
  EXPECT_EQ(from("1"), "allow");
  EXPECT_EQ(from("2"), "deny");
  EXPECT_EQ(from("3"), "deny");
}

// A caller who could make its recorded line unreadable would have no address in it.
TEST_F(advisories, cve_2024_47070_bytes_in_a_header_hide_no_address) {
  const auto d = decide(R"({"client_id":"spa",)" + start, "[[\"user-agent\",\"\xff\"],[\"x-forwarded-for\",\"\\ud800\xfe\"]]");
  EXPECT_EQ(d.find("outcome")->text, "allow");
  EXPECT_EQ(d.find("client_ip")->find("address")->text, "203.0.113.9");
}

}  // namespace
