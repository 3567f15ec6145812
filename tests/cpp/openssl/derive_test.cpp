#include <startgate/openssl/derive.hpp>

#include <startgate/secret_text.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <string_view>

namespace {

using namespace startgate;

derivation salted(derivation how, std::string_view salt) {
  std::copy(salt.begin(), salt.end(), how.salt_bytes.begin());
  how.salt_size = static_cast<std::uint8_t>(salt.size());
  return how;
}

// RFC 7914 section 11 (first 32 of its 64 bytes) and section 12.
TEST(openssl_derive, gives_the_published_pbkdf2_values) {
  const auto how = salted({.form = secret_form::pbkdf2, .cost = 80'000}, "NaCl");
  const auto expected = detail::read_digest("4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56", true);
  EXPECT_EQ(openssl::derive(how, "Password"), expected);
}

TEST(openssl_derive, gives_the_published_scrypt_values) {
  const auto how = salted({.form = secret_form::scrypt, .cost = 10, .block_size = 8, .parallelism = 16}, "NaCl");
  const auto expected = detail::read_digest("fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162", true);
  EXPECT_EQ(openssl::derive(how, "password"), expected);
}

TEST(openssl_derive, an_undefined_derivation_gives_nothing) { EXPECT_EQ(openssl::derive({}, "x"), std::nullopt); }

}  // namespace
