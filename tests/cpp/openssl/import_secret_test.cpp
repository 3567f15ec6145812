#include <startgate/openssl/import_secret.hpp>

#include <gtest/gtest.h>

#include <string>

namespace startgate::openssl {
namespace {

std::optional<digest256> digest_of(const derivation& how, std::string_view text) {
  return how.slow() ? derive(how, text) : sha256(text);
}

TEST(import_secret, makes_a_verifier_of_every_form_that_accepts_the_secret_and_no_other) {
  for (const secret_form form : {secret_form::sha256, secret_form::pbkdf2, secret_form::scrypt}) {
    const auto text = import_secret("chosen by a person", form);
    ASSERT_TRUE(text);
    const auto stored = parse_secret_verifier(text->view());
    ASSERT_TRUE(stored);
    EXPECT_EQ(stored->how().form, form);
    EXPECT_EQ(digest_of(stored->how(), "chosen by a person"), stored->expected());
    EXPECT_NE(digest_of(stored->how(), "chosen by a Person"), stored->expected());
  }
}

TEST(import_secret, salts_the_slow_forms_anew_each_time) {
  for (const secret_form form : {secret_form::pbkdf2, secret_form::scrypt})
    EXPECT_NE(import_secret("same", form)->view(), import_secret("same", form)->view());
}

TEST(import_secret, suits_the_form_to_what_could_be_guessed) {
  EXPECT_EQ(suited_form(std::string(32, 'x')), secret_form::sha256);
  EXPECT_EQ(suited_form(std::string(31, 'x')), secret_form::scrypt);
}

TEST(import_secret, rfc6749_a_2_refuses_what_no_client_could_send) {
  for (const std::string_view text : {"", "two\nlines", "tab\tted", "d\xc3\xa9j\xc3\xa0"}) {
    const auto made = import_secret(text, secret_form::sha256);
    ASSERT_FALSE(made);
    EXPECT_TRUE(text.empty() || made.error().find(text) == std::string_view::npos);
  }
}

}  // namespace
}  // namespace startgate::openssl
