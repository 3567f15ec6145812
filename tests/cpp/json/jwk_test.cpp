#include <startgate/json/jwk.hpp>

#include <gtest/gtest.h>

#include <string>

namespace {

using namespace startgate;

std::string error_of(const char* text) {
  const auto read = json::read_jwk(*json::parse(text));
  return read ? "" : read.error().text;
}

TEST(jwk, reads_the_members_of_each_kind) {
  EXPECT_EQ(error_of(R"({"kty":"RSA","n":"AQ","e":"AQAB"})"), "");
  EXPECT_EQ(error_of(R"({"kty":"EC","crv":"P-256","x":"AQ","y":"AQ","use":"sig","key_ops":["verify"]})"), "");
  EXPECT_EQ(error_of(R"({"kty":"OKP","crv":"Ed25519","x":"AQ"})"), "");
  EXPECT_EQ(error_of(R"({"kty":"oct","k":"AQ","alg":"HS256","kid":"a"})"), "");
}

TEST(jwk, names_what_is_wrong) {
  EXPECT_EQ(error_of("[]"), "a key must be an object");
  EXPECT_EQ(error_of("{}"), "`kty` must be RSA, EC, OKP or oct");
  EXPECT_EQ(error_of(R"({"kty":1})"), "`kty` must be a string");
  EXPECT_EQ(error_of(R"({"kty":"RSA","n":"AQ"})"), "an RSA key needs `n` and `e` in base64url");
  EXPECT_EQ(error_of(R"({"kty":"RSA","n":"A=","e":"AQAB"})"), "an RSA key needs `n` and `e` in base64url");
  EXPECT_EQ(error_of(R"({"kty":"oct","k":""})"), "an oct key needs `k` in base64url");
  EXPECT_EQ(error_of(R"({"kty":"oct","k":"AQ","alg":"HS1"})"), "`alg` is not a signature algorithm that is known here");
  EXPECT_EQ(error_of(R"({"kty":"EC","crv":"P-256","x":"AQ","y":"AQ","d":"AQ"})"),
            "the key brings its private part; register the public one");
  EXPECT_EQ(error_of(R"({"kty":"RSA","n":"AQ","e":"AQAB","use":"enc"})"), "the key is not for verifying signatures");
  EXPECT_EQ(error_of(R"({"kty":"RSA","n":"AQ","e":"AQAB","key_ops":["encrypt"]})"), "the key is not for verifying signatures");
}

TEST(jwk, a_set_passes_over_keys_for_encryption) {
  const auto set =
      json::read_jwks(*json::parse(R"({"keys":[{"kty":"RSA","use":"enc"},{"kty":"OKP","crv":"Ed25519","x":"AQ","kid":"b"}]})"));
  ASSERT_TRUE(set);
  ASSERT_EQ(set->size(), 1U);
  EXPECT_EQ(set->front().kid, "b");
}

TEST(jwk, a_set_that_leaves_a_choice_open_is_refused_with_its_line) {
  for (const char* text :
       {"{}", R"({"keys":{}})",
        "{\"keys\":[\n{\"kty\":\"oct\",\"k\":\"AQ\",\"kid\":\"a\"},\n{\"kty\":\"oct\",\"k\":\"Ag\",\"kid\":\"a\"}]}",
        "{\"keys\":[\n{\"kty\":\"oct\",\"k\":\"AQ\",\"kid\":\"a\"},\n{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AQ\",\"kid\":"
        "\"b\"}]}"}) {
    const auto set = json::read_jwks(*json::parse(text));
    ASSERT_FALSE(set) << text;
    EXPECT_EQ(set.error().line, std::string_view(text).find('\n') == std::string_view::npos ? 1U : 3U);
  }
}

}  // namespace
