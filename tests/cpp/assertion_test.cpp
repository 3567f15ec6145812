#include <startgate/assertion.hpp>

#include "support/assertion_test.hpp"

#include <gtest/gtest.h>

#include <string>

namespace {

using namespace startgate;
using namespace startgate::test;
using enum reason;
using enum signature_algorithm;

class assertion : public assertion_test {};

TEST_F(assertion, rfc7521_5_1_rfc7523_3_accepts_a_complete_assertion) { EXPECT_EQ(check(make()), assertion_valid); }

TEST_F(assertion, rfc7523_5_rs256_and_every_other_algorithm_that_can_be_registered_is_accepted) {
  for (int i = 0; i < 13; ++i) {
    const auto a = signature_algorithm(i);
    app.methods = client_auth_methods{}.add(method_of(a));
    register_key(a);
    EXPECT_EQ(check(make({{"jti", "\"" + std::to_string(i) + "\""}}, {}, a)), assertion_valid) << name_of(a);
  }
}

TEST_F(assertion, rfc7523_3_item_9_every_changed_character_of_the_signature_breaks_it) {
  const auto good = make();
  for (std::size_t i = good.rfind('.') + 1; i < good.size(); i += 7) {
    auto bad = good;
    bad[i] = bad[i] == 'A' ? 'B' : 'A';
    EXPECT_EQ(check(bad), assertion_signature_wrong) << i;
  }
}

TEST_F(assertion, rfc7523_2_2_rfc10070_needs_the_exact_type) {
  for (const char* type :
       {"", "urn:ietf:params:oauth:client-assertion-type:JWT-bearer", "urn:ietf:params:oauth:client-assertion-type:saml2-bearer",
        "urn:ietf:params:oauth:grant-type:jwt-bearer"})
    EXPECT_EQ(check(make(), type), assertion_type_wrong) << type;
}

TEST_F(assertion, rfc7521_5_2_without_issuer_subject_audience_expiry_or_signature_it_proves_nothing) {
  EXPECT_EQ(check_claims({{"iss", ""}}), assertion_issuer_wrong);
  EXPECT_EQ(check_claims({{"sub", ""}}), assertion_issuer_wrong);
  EXPECT_EQ(check_claims({{"aud", ""}}), assertion_audience_wrong);
  EXPECT_EQ(check_claims({{"exp", ""}}), assertion_lifetime_too_long);
  const auto good = make();
  EXPECT_EQ(check(good.substr(0, good.rfind('.') + 1)), assertion_malformed);
  EXPECT_EQ(memory.calls, 0);
}

TEST_F(assertion, rfc7523_3_items_1_and_2_oidc_core_9_rfc8725_3_8_issuer_and_subject_are_the_client) {
  for (const char* member : {"iss", "sub"})
    for (const char* value : {"\"other\"", "\"\"", "", "\"App\"", "\"app \""})
      EXPECT_EQ(check_claims({{member, value}}), assertion_issuer_wrong) << member << value;
}

// CVE-2025-27370 and CVE-2025-27371: an audience that also names another server lets that server replay the assertion here.
TEST_F(assertion, cve_2025_27370_and_27371_rfc7523_3_item_3_rfc10070_rfc8725_3_9_the_issuer_is_the_sole_audience) {
  EXPECT_EQ(check_claims({{"aud", R"("https://acme.example/oauth/token")"}}), assertion_audience_wrong);
  EXPECT_EQ(check_claims({{"aud", R"("https://acme.example/passwordless/start")"}}), assertion_audience_wrong);
  EXPECT_EQ(check_claims({{"aud", R"(["https://acme.example/", "https://other.example/"])"}}), assertion_audience_wrong);
  EXPECT_EQ(check_claims({{"aud", R"(["https://acme.example/", "https://acme.example/"])"}}), assertion_audience_wrong);
  EXPECT_EQ(check_claims({{"aud", R"("https://other.example/")"}}), assertion_audience_wrong);
  EXPECT_EQ(check_claims({{"aud", R"(["https://acme.example/"])"}}), assertion_valid);
}

TEST_F(assertion, rfc10070_audiences_are_compared_as_text) {
  for (const char* near : {"https://acme.example", "https://ACME.example/", "https://acme.example:443/", "https://acme.example//",
                           "acme.example", " https://acme.example/"})
    EXPECT_EQ(check_claims({{"aud", "\"" + std::string(near) + "\""}}), assertion_audience_wrong) << near;
}

TEST_F(assertion, oidc_core_9_fapi2_takes_the_issuer_as_a_string_only) {
  policy.profile = audience_profile::fapi2;
  EXPECT_EQ(check_claims({{"aud", R"(["https://acme.example/"])"}}), assertion_audience_wrong);
  EXPECT_EQ(check(make()), assertion_valid);
}

TEST_F(assertion, rfc10070_until_clients_are_updated_legacy_takes_any_hit_among_issuer_and_endpoints) {
  const std::array<std::string, 2> endpoints{"https://acme.example/oauth/token", "https://acme.example/passwordless/start"};
  policy.profile = audience_profile::legacy;
  policy.endpoints = endpoints;
  EXPECT_EQ(check_claims({{"aud", R"(["https://other.example/", "https://acme.example/oauth/token"])"}}), assertion_valid);
  EXPECT_EQ(check_claims({{"aud", R"("https://acme.example/passwordless/start")"}, {"jti", "\"id-2\""}}), assertion_valid);
  EXPECT_EQ(check_claims({{"aud", R"("https://acme.example/other")"}}), assertion_audience_wrong);
}

// CVE-2020-26160: a list was read as an empty text, which then matched.
TEST_F(assertion, cve_2020_26160_an_audience_of_any_other_shape_names_nobody) {
  policy.profile = audience_profile::legacy;
  for (const char* value : {"null", "1", "{}", "[]", "[\"\"]", "[null]", "[[\"https://acme.example/\"]]", "\"\"", "true", "",
                            "[\"https://acme.example/\", 1]"})
    EXPECT_EQ(check_claims({{"aud", value}}), assertion_audience_wrong) << value;
  policy.issuer = "";
  EXPECT_EQ(check_claims({{"aud", "\"\""}}), assertion_audience_wrong);
}

TEST_F(assertion, rfc7523_3_item_4_exp_has_no_skew) {
  EXPECT_EQ(check_claims({{"exp", std::to_string(seconds_now)}}), assertion_expired);
  EXPECT_EQ(check_claims({{"exp", std::to_string(seconds_now - 300)}}), assertion_expired);
  EXPECT_EQ(check_claims({{"exp", "-1"}}), assertion_expired);
  EXPECT_EQ(check_claims({{"exp", std::to_string(seconds_now) + ".9"}}), assertion_expired);
  EXPECT_EQ(check_claims({{"exp", std::to_string(seconds_now + 1)}}), assertion_valid);
}

// CVE-2025-2559: assertions with an exp days ahead filled the server's memory.
TEST_F(assertion, cve_2025_2559_rfc7523_3_item_4_exp_is_at_most_five_minutes_ahead) {
  EXPECT_EQ(check_claims({{"exp", std::to_string(seconds_now + 300)}}), assertion_valid);
  for (const std::string& value : {std::to_string(seconds_now + 301), std::to_string(seconds_now + 86'400),
                                   std::string("9223372036854775807"), std::string("99999999999999"), std::string()})
    EXPECT_EQ(check_claims({{"exp", value}}), assertion_lifetime_too_long) << value;
  for (const char* value : {"1e300", "18446744073709551615"})
    EXPECT_EQ(check_claims({{"exp", value}}), assertion_claim_invalid) << value;
}

TEST_F(assertion, rfc7523_3_items_5_and_6_iat_and_nbf_may_be_ten_seconds_ahead) {
  int id = 0;
  for (const char* member : {"iat", "nbf"}) {
    EXPECT_EQ(check_claims({{member, std::to_string(seconds_now + 10)}, {"jti", "\"t" + std::to_string(++id) + "\""}}),
              assertion_valid);
    EXPECT_EQ(check_claims({{member, std::to_string(seconds_now + 11)}}), assertion_not_yet_valid);
    EXPECT_EQ(check_claims({{member, std::to_string(seconds_now + 10) + ".5"}}), assertion_not_yet_valid);
    EXPECT_EQ(check_claims({{member, "9223372036854775807"}}), assertion_not_yet_valid);
    EXPECT_EQ(check_claims({{member, ""}, {"jti", "\"t" + std::to_string(++id) + "\""}}), assertion_valid);
  }
}

TEST_F(assertion, rfc7523_3_item_8_other_claims_change_nothing) {
  int id = 0;
  for (const char* value : {"1", "null", "\"x\"", "[]", R"({"iss":"other","exp":1})"})
    EXPECT_EQ(check_claims({{"scope", value},
                            {"azp", value},
                            {"nonce", value},
                            {"client_id", value},
                            {"https://other.example/claim", value},
                            {"jti", "\"o" + std::to_string(++id) + "\""}}),
              assertion_valid)
        << value;
}

TEST_F(assertion, rfc7523_3_item_7_oidc_core_9_jti_is_required_and_short) {
  for (const std::string& value : {std::string(), std::string("\"\""), "\"" + std::string(65, 'x') + "\""})
    EXPECT_EQ(check_claims({{"jti", value}}), assertion_claim_invalid) << value;
  EXPECT_EQ(check_claims({{"jti", "\"" + std::string(64, 'x') + "\""}}), assertion_valid);
}

TEST_F(assertion, ghsa_3p3g_vpw6_4w66_cve_2020_5300_rfc7521_8_2_rfc7523_3_item_7_an_assertion_is_used_once) {
  const auto text = make();
  EXPECT_EQ(check(text), assertion_valid);
  EXPECT_EQ(check(text), assertion_replayed);
  EXPECT_EQ(check(make()), assertion_replayed);  // the same jti, signed anew
}

TEST_F(assertion, ghsa_3p3g_vpw6_4w66_two_clients_may_use_one_jti) {
  EXPECT_EQ(check(make()), assertion_valid);
  app.client_id = "other";
  EXPECT_EQ(check(make({{"iss", "\"other\""}, {"sub", "\"other\""}})), assertion_valid);
}

TEST_F(assertion, ghsa_3p3g_vpw6_4w66_a_jti_is_forgotten_when_the_assertion_has_expired) {
  EXPECT_EQ(check(make()), assertion_valid);
  EXPECT_EQ(memory.used["app"].at("id-1"), now + 60 * second);
  const auto later = make({{"exp", std::to_string(seconds_now + 120)}});
  EXPECT_EQ(check(later, jwt_bearer_assertion, now + 60 * second - 1), assertion_replayed);
  EXPECT_EQ(check(later, jwt_bearer_assertion, now + 60 * second), assertion_valid);
}

// CVE-2020-15222 and fosite's order of checks: whoever can replay a bad copy must not be able to spend the good one.
TEST_F(assertion, ghsa_v3q9_2p3m_7g43_cve_2020_15222_a_failing_assertion_consumes_nothing) {
  auto forged = make();
  forged[forged.size() - 5] = forged[forged.size() - 5] == 'A' ? 'B' : 'A';
  for (const auto& bad : {make({{"aud", "\"https://other.example/\""}}), forged, make({{"exp", std::to_string(seconds_now)}}),
                          make({{"sub", "\"x\""}}), make({}, {{"kid", "\"x\""}}), make({}, {{"crit", "[\"x\"]"}})})
    EXPECT_NE(check(bad), assertion_valid);
  EXPECT_EQ(check(make(), "wrong type"), assertion_type_wrong);
  EXPECT_EQ(memory.calls, 0);
  EXPECT_EQ(check(make()), assertion_valid);
}

TEST_F(assertion, cve_2025_2559_a_full_replay_memory_refuses_with_its_own_reason) {
  memory.capacity = 1;
  EXPECT_EQ(check(make()), assertion_valid);
  EXPECT_EQ(check_claims({{"jti", "\"id-2\""}}), assertion_replay_memory_full);
}

TEST_F(assertion, is_told_apart_where_only_this_process_remembers_it) {
  EXPECT_FALSE(check_whole(make()).only_remembered_here);
  memory.always = replay_outcome::fresh_here;
  const auto here = check_whole(make());
  EXPECT_EQ(here.why, assertion_valid);
  EXPECT_TRUE(here.only_remembered_here);
  memory.always = replay_outcome::out_of_reach;
  EXPECT_EQ(check_whole(make()).why, assertion_replay_memory_out_of_reach);
}

// CVE-2015-9235, CVE-2022-29217, CVE-2024-33663: HS256 with the public key as the shared secret.
TEST_F(assertion, cve_2015_9235_cve_2022_29217_cve_2024_33663_a_public_key_is_no_shared_secret) {
  for (const auto a : {rs256, es256}) {
    register_key(a);
    const std::string pem = test::public_pem(test::private_key(a));
    for (const auto mac : {hs256, hs384, hs512}) {
      const std::string header = "{\"alg\":\"" + std::string(name_of(mac)) + "\",\"kid\":\"key-1\"}";
      const std::string claims = object({{"iss", "\"app\""},
                                         {"sub", "\"app\""},
                                         {"aud", "\"https://acme.example/\""},
                                         {"jti", "\"x\""},
                                         {"exp", std::to_string(seconds_now + 60)}});
      EXPECT_EQ(check(test::jws(mac, header, claims, pem)), assertion_algorithm_not_allowed);
    }
  }
}

TEST_F(assertion, cve_2022_21449_a_signature_of_zeros_verifies_nothing) {
  const auto good = make();
  EXPECT_EQ(check(good.substr(0, good.rfind('.') + 1) + test::base64url(std::string(64, '\0'))), assertion_signature_wrong);
  for (const std::size_t size : {1U, 63U, 65U, 70U, 128U})
    EXPECT_EQ(check(good.substr(0, good.rfind('.') + 1) + test::base64url(std::string(size, 'x'))), assertion_signature_wrong);
}

TEST_F(assertion, ghsa_869p_cjfg_cm3x_cve_2025_65945_only_the_registration_chooses_the_key) {
  EXPECT_EQ(check_header({{"kid", "\"key-2\""}}), assertion_key_unknown);
  EXPECT_EQ(check_header({{"kid", "\"../../dev/null\""}}), assertion_key_unknown);
  EXPECT_EQ(check_header({{"kid", "\"\""}}), assertion_key_unknown);
  EXPECT_EQ(check_header({{"kid", "\"key-1' OR '1'='1\""}}), assertion_key_unknown);
  // The payload names another client: its own registration would be the one to verify with, and it is not asked.
  EXPECT_EQ(check_claims({{"sub", "\"victim\""}, {"iss", "\"victim\""}}), assertion_issuer_wrong);
}

TEST_F(assertion, without_a_kid_any_registered_key_of_the_algorithm_may_verify) {
  auto other = *openssl::make_signing_key_from_pem(test::public_pem(test::private_key(rs256)), rs256, "key-0");
  app.keys.insert(app.keys.begin(), other);
  EXPECT_EQ(check_header({{"kid", ""}}), assertion_valid);
  app.keys.pop_back();
  EXPECT_EQ(check_header({{"kid", ""}}), assertion_algorithm_not_allowed);
}

TEST_F(assertion, rfc8725_3_1_the_algorithm_is_fixed_by_registration) {
  register_key(rs256);
  for (const auto other : {rs384, rs512, ps256})
    EXPECT_EQ(check(make({}, {}, other)), assertion_algorithm_not_allowed) << name_of(other);
}

// All of them are signed with the application's own key; only what they say tells them apart.
TEST_F(assertion, rfc8725_3_12_a_token_for_another_purpose_proves_nothing) {
  const std::string issuer = R"("https://acme.example/")", app_id = R"("app")", user = R"("email|ada")";
  EXPECT_EQ(check_claims({{"iss", issuer}, {"sub", user}, {"aud", app_id}}), assertion_issuer_wrong);    // an ID token
  EXPECT_EQ(check_claims({{"iss", issuer}, {"sub", app_id}, {"aud", issuer}}), assertion_issuer_wrong);  // an access token
  EXPECT_EQ(check_claims({{"aud", R"("https://api.acme.example/")"}}), assertion_audience_wrong);
  EXPECT_EQ(check_claims({{"sub", user}}), assertion_issuer_wrong);             // a grant (RFC 7523 section 2.1)
  EXPECT_EQ(check_claims({{"sub", ""}, {"jti", ""}}), assertion_issuer_wrong);  // a request object (RFC 9101)
  EXPECT_EQ(check_header({{"typ", R"("dpop+jwt")"}, {"jwk", "{}"}}),
            assertion_key_in_header);  // a proof of possession (RFC 9449)
  EXPECT_EQ(memory.calls, 0);
}

TEST_F(assertion, an_expired_key_is_as_good_as_none) {
  app.keys[0].expires_at = now;
  EXPECT_EQ(check(make()), assertion_key_unknown);
  app.keys[0].expires_at = now + 1;
  EXPECT_EQ(check(make()), assertion_valid);
  app.keys.clear();
  EXPECT_EQ(check(make()), assertion_key_unknown);
}

TEST_F(assertion, rfc6749_2_3_an_application_without_the_method_cannot_use_it) {
  app.methods = client_auth_methods{}.add(client_auth_method::client_secret_post);
  EXPECT_EQ(check(make()), authentication_method_not_registered);
}

}  // namespace
