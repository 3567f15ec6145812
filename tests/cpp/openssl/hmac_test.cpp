#include <startgate/openssl/hmac.hpp>

#include <openssl/hmac.h>

#include <gtest/gtest.h>

#include <string>

namespace {

using namespace startgate;

TEST(openssl_hmac, agrees_with_the_one_shot_call_for_every_key_length) {
  const auto algorithm = [](const char* name) { return openssl::fetched_digest(EVP_MD_fetch(nullptr, name, nullptr)); };
  for (const char* name : {"SHA256", "SHA384", "SHA512"}) {
    const auto md = algorithm(name);
    for (std::size_t size = 0; size < 140; ++size) {
      const std::string key(size, 'k'), message(3 * size, 'm');
      openssl::hmac::bytes ours, theirs;
      const auto keyed = openssl::hmac::keyed(md.get(), key);
      ASSERT_TRUE(keyed);
      unsigned length = 0;
      ASSERT_NE(HMAC(md.get(), key.data(), static_cast<int>(size), reinterpret_cast<const unsigned char*>(message.data()),
                     message.size(), theirs.data(), &length),
                nullptr);
      ASSERT_EQ(keyed->compute(message, ours), length);
      EXPECT_TRUE(std::equal(ours.begin(), ours.begin() + length, theirs.begin())) << name << size;
    }
  }
}

TEST(openssl_hmac, a_key_under_256_bits_is_none) {
  EXPECT_EQ(openssl::make_mac_key(std::string(31, 'k')), nullptr);
  EXPECT_NE(openssl::make_mac_key(std::string(32, 'k')), nullptr);
}

}  // namespace
