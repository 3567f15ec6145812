#include <startgate/json/assertion.hpp>

#include "support/assertion_test.hpp"

#include <gtest/gtest.h>

#include <string>

namespace {

using namespace startgate;
using namespace startgate::test;
using enum reason;
using enum signature_algorithm;

class assertion_text : public assertion_test {};

TEST_F(assertion_text, rfc7523_2_2_is_exactly_one_jwt) {
  const auto one = make(), other = make({{"jti", "\"id-2\""}});
  for (const char* between : {"", ".", " ", ",", ", ", "\n"}) EXPECT_NE(check(one + between + other), assertion_valid) << between;
  EXPECT_EQ(memory.calls, 0);
  EXPECT_EQ(check(one), assertion_valid);
  EXPECT_EQ(check(other), assertion_valid);
}

TEST_F(assertion_text, cve_2020_26160_ten_thousand_audiences_are_too_long_to_read) {
  std::string many = "[\"https://acme.example/\"";
  for (int i = 0; i < 10'000; ++i) many += ",\"x\"";
  EXPECT_EQ(check_claims({{"aud", many + "]"}}), assertion_too_long);
}

TEST_F(assertion_text, claims_of_the_wrong_type_are_refused) {
  for (const char* member : {"iss", "sub", "jti"})
    for (const char* value : {"null", "1", "[\"app\"]", "{}", "true"})
      EXPECT_EQ(check_claims({{member, value}}), assertion_claim_invalid) << member << value;
  for (const char* member : {"exp", "iat", "nbf"})
    for (const char* value : {"null", "\"1\"", "[]", "true"})
      EXPECT_EQ(check_claims({{member, value}}), assertion_claim_invalid) << member << value;
}

// CVE-2018-1000531, CVE-2020-28042.
TEST_F(assertion_text, cve_2018_1000531_cve_2020_28042_rfc7518_3_6_rfc8725_3_2_unsigned_tokens_are_refused) {
  const auto good = make();
  const std::string claims = good.substr(good.find('.'), good.rfind('.') - good.find('.'));
  for (const char* none : {"none", "None", "NONE", "nOnE", "", "es256", "ES256 ", "HS257"}) {
    const std::string header = test::base64url("{\"alg\":\"" + std::string(none) + "\",\"kid\":\"key-1\"}");
    for (const std::string& end : {std::string("."), good.substr(good.rfind('.'))})
      EXPECT_EQ(check(header + claims + end), assertion_algorithm_not_allowed) << none;
    EXPECT_EQ(check(header + claims), assertion_malformed);
  }
  EXPECT_EQ(check(good.substr(0, good.rfind('.'))), assertion_malformed);      // no third part
  EXPECT_EQ(check(good.substr(0, good.rfind('.') + 1)), assertion_malformed);  // an empty one
}

// RFC 7515 section 4.1.11; CVE-2025-59420, CVE-2026-35042.
TEST_F(assertion_text, cve_2025_59420_cve_2026_35042_rfc7515_4_1_11_any_crit_is_refused) {
  for (const char* crit : {"[\"exp\"]", "[]", "[\"b64\"]", "null", "\"x\"", "[\"x\"]"})
    EXPECT_EQ(check_header({{"crit", crit}}), assertion_critical_header) << crit;
  EXPECT_EQ(check_header({{"b64", "false"}}), assertion_critical_header);
}

// What is not understood is ignored, as long as it is neither critical nor brings a key along.
TEST_F(assertion_text, rfc7515_4_other_header_members_are_passed_over) {
  int id = 0;
  for (const char* value : {"1", "null", "\"x\"", "[]", "{}"}) {
    const members header{{"x5t", value}, {"x5t#S256", value}, {"url", value}, {"nonce", value}, {"iss", value}, {"zip", value}};
    EXPECT_EQ(check(make({{"jti", "\"h" + std::to_string(++id) + "\""}}, header)), assertion_valid) << value;
  }
}

// CVE-2018-0114, CVE-2026-27962.
TEST_F(assertion_text, cve_2018_0114_cve_2026_27962_a_key_in_the_header_is_never_used) {
  for (const char* member : {"jwk", "jku", "x5u", "x5c"})
    for (const char* value : {"{\"kty\":\"oct\",\"k\":\"AA\"}", "\"https://evil.example/\"", "null"})
      EXPECT_EQ(check_header({{member, value}}), assertion_key_in_header) << member;
}

// CVE-2026-29000: pac4j took a nested token for a signed one.
TEST_F(assertion_text, cve_2026_29000_rfc8725_3_11_encrypted_and_nested_tokens_are_refused) {
  EXPECT_EQ(check("a.b.c.d.e"), assertion_encrypted_or_nested);
  EXPECT_EQ(check(make() + ".x.y"), assertion_encrypted_or_nested);
  for (const char* cty : {"\"JWT\"", "\"jwt\""}) EXPECT_EQ(check_header({{"cty", cty}}), assertion_encrypted_or_nested);
  EXPECT_EQ(check_header({{"enc", "\"A128GCM\""}}), assertion_encrypted_or_nested);
}

TEST_F(assertion_text, rfc7519_5_2_whatever_cty_says_the_payload_is_no_claims_set) {
  for (const char* type : {R"("JWT")", R"("jwt")", R"("application/jwt")", R"(["JWT"])", R"("JWE")", R"("JWT;x=1")", "null"})
    EXPECT_EQ(check_header({{"cty", type}}), assertion_encrypted_or_nested) << type;
}

// Two readers, two meanings.
TEST_F(assertion_text, cve_2017_12635_rfc7515_4_rfc7519_4_duplicate_members_are_refused_in_header_and_claims) {
  const std::string claims = object({{"iss", "\"app\""},
                                     {"sub", "\"app\""},
                                     {"aud", "\"https://acme.example/\""},
                                     {"jti", "\"x\""},
                                     {"exp", std::to_string(seconds_now + 60)}});
  const std::string twice = claims.substr(0, claims.size() - 1);
  EXPECT_EQ(check(test::jws(es256, R"({"alg":"ES256","kid":"key-1"})", claims)), assertion_valid);
  EXPECT_EQ(check(test::jws(es256, R"({"alg":"ES256","kid":"key-1"})", twice + R"(,"sub":"victim"})")), assertion_malformed);
  EXPECT_EQ(check(test::jws(es256, R"({"alg":"ES256","kid":"key-1"})", twice + R"(,"s\u0075b":"victim"})")), assertion_malformed);
  EXPECT_EQ(check(test::jws(es256, R"({"alg":"none","alg":"ES256","kid":"key-1"})", claims)), assertion_malformed);
  EXPECT_EQ(check(test::jws(es256, R"({"alg":"ES256","\u0061lg":"ES256"})", claims)), assertion_malformed);
}

TEST_F(assertion_text, rfc7523_3_item_10_rfc7515_5_2_what_is_not_a_jws_of_two_objects_is_malformed) {
  const auto good = make();
  const auto dot = good.find('.');
  for (const std::string& text :
       {std::string("x"), std::string(".."), "a." + good, good + "=", good.substr(0, dot) + "=" + good.substr(dot), " " + good,
        good + "\n", test::jws(es256, "[]", "{}"), test::jws(es256, "{}", "{}"), test::jws(es256, R"({"alg":1})", "{}"),
        test::jws(es256, R"({"alg":"ES256","kid":1})", "{}"), test::jws(es256, R"({"alg":"ES256"})", "[]"),
        test::jws(es256, R"({"alg":"ES256"})", "{"), test::jws(es256, R"({"alg":"ES256"})", "\xff"),
        test::jws(es256, R"({"alg":"ES256"})", std::string("{}\0", 3)), test::jws(es256, R"({"alg":"ES256"}x)", "{}")})
    EXPECT_EQ(check(text), assertion_malformed) << text;
}

TEST_F(assertion_text, is_at_most_2048_bytes_long) {
  const auto of_size = [&](std::size_t size) {
    for (std::size_t pad = 1; pad < 1'600; ++pad)
      if (auto text = make({{"pad", "\"" + std::string(pad, 'x') + "\""}}); text.size() >= size) return text;
    return std::string();
  };
  const auto fits = of_size(2'046);
  ASSERT_LE(fits.size(), 2'048U);
  EXPECT_EQ(check(fits), assertion_valid);
  EXPECT_EQ(check(of_size(2'049)), assertion_too_long);
  EXPECT_EQ(check(std::string(100'000, '.')), assertion_too_long);
}

TEST_F(assertion_text, rfc10070_rfc8725_3_11_any_typ_is_accepted) {
  int id = 0;
  for (const char* typ : {"", "\"JWT\"", "\"client-authentication+jwt\"", "\"anything\""})
    EXPECT_EQ(check(make({{"jti", "\"y" + std::to_string(++id) + "\""}}, {{"typ", typ}})), assertion_valid) << typ;
}

}  // namespace
