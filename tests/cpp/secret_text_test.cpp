#include <startgate/secret_text.hpp>

#include <startgate/openssl/derive.hpp>
#include <startgate/openssl/digest.hpp>

#include <gtest/gtest.h>

#include <string>
#include <type_traits>

namespace {

using namespace startgate;

TEST(secret_text, parse_of_print_is_identity) {
  const digest256 digest = *openssl::sha256("not-a-real-secret-for-tests");
  derivation pbkdf2{.form = secret_form::pbkdf2, .cost = 310'000, .salt_size = 16};
  derivation scrypt{.form = secret_form::scrypt, .cost = 14, .block_size = 8, .parallelism = 1, .salt_size = 32};
  for (const derivation& how : {derivation{}, pbkdf2, scrypt}) {
    const auto text = print_secret_verifier(how, digest);
    const auto read = parse_secret_verifier(text);
    ASSERT_TRUE(read) << text.view();
    EXPECT_EQ(read->expected(), digest);
    EXPECT_EQ(print_secret_verifier(read->how(), read->expected()), text);
  }
}

TEST(secret_text, takes_a_sha256_as_sha256sum_prints_it) {
  const auto read = parse_secret_verifier("sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->expected(), *openssl::sha256("hello"));
}

TEST(secret_text, refuses_what_is_no_verifier_or_costs_nothing_or_too_much) {
  const std::string digest = ":LPJNul-wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ", salt = ":c2FsdHNhbHQ";
  ASSERT_TRUE(parse_secret_verifier("pbkdf2:1000" + salt + digest));
  ASSERT_TRUE(parse_secret_verifier("scrypt:14:8:1" + salt + digest));
  for (const std::string& text :
       {std::string(""), std::string("sha256"), std::string("sha256:"), "md5" + digest, "sha256" + digest + "x",
        "sha256" + digest + ":", "pbkdf2:999" + salt + digest, "pbkdf2:10000001" + salt + digest, "pbkdf2:01000" + salt + digest,
        "pbkdf2:-1000" + salt + digest, "pbkdf2:1000:c2FsdA" + digest, "pbkdf2:1000" + salt, "pbkdf2:1000" + digest,
        "scrypt:9:8:1" + salt + digest, "scrypt:21:8:1" + salt + digest, "scrypt:20:32:1" + salt + digest,
        "scrypt:14:0:1" + salt + digest, "scrypt:14:8" + salt + digest,
        "pbkdf2:1000" + salt + ":2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"})
    EXPECT_FALSE(parse_secret_verifier(text)) << text;
}

TEST(secret_text, an_error_never_repeats_the_text) {
  const auto read = parse_secret_verifier("not-a-real-secret-for-tests");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().find("not-a-real"), std::string_view::npos);
}

}  // namespace
