#include <startgate/detail/siphash.hpp>

#include <gtest/gtest.h>

#include <cstdio>
#include <string>

namespace {

using startgate::detail::siphash_of;

std::string hex(const startgate::detail::hash128& h) {
  std::string out;
  for (const std::uint64_t word : h)
    for (int i = 0; i < 8; ++i) {
      char two[3];
      std::snprintf(two, sizeof two, "%02x", static_cast<unsigned>(word >> (8 * i)) & 0xff);
      out += two;
    }
  return out;
}

// The authors' vectors (vectors_sip128): key 00..0f, message 00 01 02 ...
TEST(siphash, agrees_with_the_published_vectors) {
  const startgate::detail::siphash_key key{0x0706050403020100, 0x0f0e0d0c0b0a0908};
  std::string message;
  const auto next = [&] {
    const auto digest = hex(siphash_of(key, message));
    message += static_cast<char>(message.size());
    return digest;
  };
  EXPECT_EQ(next(), "a3817f04ba25a8e66df67214c7550293");
  EXPECT_EQ(next(), "da87c1d86b99af44347659119b22fc45");
  EXPECT_EQ(next(), "8177228da4a45dc7fca38bdef60affe4");
  while (message.size() < 63) next();
  EXPECT_EQ(next(), "5150d1772f50834a503e069a973fbd7c");
}

}  // namespace
