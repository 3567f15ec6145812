#include <startgate/openssl/keys.hpp>

#include <startgate/json/jwk.hpp>

#include "support/signer.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace startgate;
using enum signature_algorithm;

std::string rsa_pem(unsigned bits) {
  return test::public_pem(openssl::key_pointer(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{bits})).get());
}

TEST(openssl_keys, rfc7518_3_3_rsa_keys_have_2048_to_4096_bits) {
  EXPECT_FALSE(openssl::make_signing_key_from_pem(rsa_pem(1'024), rs256));
  EXPECT_FALSE(openssl::make_signing_key_from_pem(rsa_pem(2'040), rs256));
  EXPECT_TRUE(openssl::make_signing_key_from_pem(rsa_pem(2'048), rs256));
}

TEST(openssl_keys, rfc7518_3_2_rfc8725_3_5_a_secret_is_no_shorter_than_the_digest) {
  EXPECT_FALSE(openssl::make_signing_key(std::string(31, 'x'), hs256));
  EXPECT_TRUE(openssl::make_signing_key(std::string(32, 'x'), hs256));
  EXPECT_FALSE(openssl::make_signing_key(std::string(63, 'x'), hs512));
  EXPECT_TRUE(openssl::make_signing_key(std::string(64, 'x'), hs512));
}

TEST(openssl_keys, rfc8725_3_2_a_key_only_loads_with_an_algorithm_of_its_kind) {
  const std::string rsa = test::public_pem(test::private_key(rs256)), p256 = test::public_pem(test::private_key(es256)),
                    ed = test::public_pem(test::private_key(eddsa));
  for (int i = 0; i < 13; ++i) {
    const auto a = signature_algorithm(i);
    EXPECT_EQ(openssl::make_signing_key_from_pem(rsa, a).has_value(), a >= rs256 && a <= ps512) << name_of(a);
    EXPECT_EQ(openssl::make_signing_key_from_pem(p256, a).has_value(), a == es256) << name_of(a);
    EXPECT_EQ(openssl::make_signing_key_from_pem(ed, a).has_value(), a == eddsa) << name_of(a);
  }
}

TEST(openssl_keys, a_key_without_a_stated_algorithm_takes_the_usual_one) {
  for (const auto a : {rs256, es256, es384, es512, eddsa}) {
    const auto key = openssl::make_signing_key_from_pem(test::public_pem(test::private_key(a)));
    ASSERT_TRUE(key) << name_of(a);
    EXPECT_EQ(key->algorithm, a);
  }
  const openssl::key_pointer other(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "secp256k1"));
  EXPECT_FALSE(openssl::make_signing_key_from_pem(test::public_pem(other.get())));
}

// One that loads would verify signatures which nobody made, over any claims.
TEST(openssl_keys, rfc8725_3_4_edwards_keys_of_small_order_are_refused_in_every_spelling) {
  const auto loads = [](std::string curve, std::string x) {
    jwk key;
    key.kty = "OKP", key.crv = std::move(curve), key.x = std::move(x);
    return openssl::make_signing_key(key, eddsa).has_value();
  };
  const auto bytes = [](char first, char fill, std::size_t size, char last) {
    std::string out(size, fill);
    out.front() = first;
    out.back() = last;
    return out;
  };
  std::vector<std::string> points{bytes(0, 0, 32, 0), bytes(1, 0, 32, 0)};                                 // 0 and the identity
  for (const char low : {'\xec', '\xed', '\xee', '\xff'}) points.push_back(bytes(low, '\xff', 32, 0x7f));  // -1, p, p + 1, ...
  points.emplace_back();                                                                                   // of order eight
  for (const char* byte = "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"; *byte; byte += 2)
    points.back().push_back(static_cast<char>(std::stoi(std::string(byte, 2), nullptr, 16)));
  for (std::string point : points) {
    EXPECT_FALSE(loads("Ed25519", point));
    point.back() = static_cast<char>(point.back() | '\x80');  // the other sign of x
    EXPECT_FALSE(loads("Ed25519", point));
  }
  for (const auto& point : {bytes(0, 0, 57, 0), bytes(1, 0, 57, 0), bytes(1, 0, 57, '\x80'), std::string(57, '\xff')})
    EXPECT_FALSE(loads("Ed448", point));
}

TEST(openssl_keys, a_private_key_is_refused) {
  const openssl::bio_pointer sink(BIO_new(BIO_s_mem()));
  PEM_write_bio_PrivateKey(sink.get(), test::private_key(es256), nullptr, nullptr, 0, nullptr, nullptr);
  char* data = nullptr;
  const long size = BIO_get_mem_data(sink.get(), &data);
  const auto key = openssl::make_signing_key_from_pem({data, static_cast<std::size_t>(size)});
  ASSERT_FALSE(key);
  EXPECT_EQ(key.error(), "the key brings its private part; register the public one");
}

TEST(openssl_keys, what_is_no_key_is_refused) {
  for (const char* text : {"", "x", "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n",
                           "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"})
    EXPECT_FALSE(openssl::make_signing_key_from_pem(text)) << text;
}

TEST(openssl_keys, rfc7638_3_1_a_key_without_an_id_is_known_by_its_thumbprint) {
  const auto parsed = json::parse(
      R"({"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256"})");
  const auto key = openssl::make_signing_key(*json::read_jwk(*parsed));
  ASSERT_TRUE(key) << key.error();
  EXPECT_EQ(key->kid, "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
}

TEST(openssl_keys, rfc8037_a_3_thumbprint_of_an_ed25519_key) {
  const auto parsed = json::parse(R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})");
  EXPECT_EQ(openssl::make_signing_key(*json::read_jwk(*parsed))->kid, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
}

TEST(openssl_keys, a_jwk_that_states_another_algorithm_than_the_registration_is_refused) {
  jwk key;
  key.kty = "oct", key.k = std::string(64, 'x'), key.alg = hs256;
  EXPECT_TRUE(openssl::make_signing_key(key));
  EXPECT_TRUE(openssl::make_signing_key(key, hs256));
  EXPECT_FALSE(openssl::make_signing_key(key, hs384));
  key.alg.reset();
  EXPECT_FALSE(openssl::make_signing_key(key));
}

TEST(openssl_keys, one_key_verifies_on_several_threads) {
  for (const auto a : {rs256, ps384, es256, eddsa}) {
    const auto key = *openssl::make_signing_key_from_pem(test::public_pem(test::private_key(a)), a);
    const std::string good = test::sign(test::private_key(a), a, "message");
    std::atomic<int> wrong = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < 3; ++t)
      threads.emplace_back([&] {
        const std::span<const std::uint8_t> signature(reinterpret_cast<const std::uint8_t*>(good.data()), good.size());
        for (int i = 0; i < 50; ++i)
          wrong += !key.material->verify("message", signature) + key.material->verify("massage", signature);
      });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(wrong, 0) << name_of(a);
  }
}

}  // namespace
