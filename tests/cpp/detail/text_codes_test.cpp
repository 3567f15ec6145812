#include <startgate/detail/text_codes.hpp>

#include "support/base64.hpp"

#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <string>

namespace {

using namespace startgate::detail;

std::optional<std::string> decoded(std::string_view text) {
  std::string out(text.size(), '\0');
  const auto size = base64_decode(text, out.data(), out.size());
  return size ? std::optional(out.substr(0, *size)) : std::nullopt;
}

TEST(text_codes, base64_of_every_length_and_byte_comes_back) {
  std::string bytes;
  for (int i = 0; i < 520; ++i) {
    EXPECT_EQ(decoded(startgate::test::base64(bytes)), bytes) << i;
    bytes += static_cast<char>(i * 37);
  }
}

// What is refused in base64url_test.cpp is refused by the same decoder; this is what differs.
TEST(text_codes, base64_has_its_own_two_characters_and_its_padding) {
  EXPECT_EQ(decoded("++//"), "\xfb\xef\xff");
  for (const char* text :
       {"--__", "YQ", "YQ=", "YQ===", "YR==", "YWJ=", "Y===", "====", "=YQ=", "YQ==YQ==", "YW=j", "Y Q=", "YQ==\n"})
    EXPECT_FALSE(decoded(text)) << text;
  std::array<char, 2> little{};
  EXPECT_FALSE(base64_decode("YWJj", little.data(), little.size()));
  EXPECT_EQ(base64_decode("YWI=", little.data(), little.size()), 2U);
}

TEST(text_codes, percent_escapes_are_bytes_and_a_stray_one_is_nothing) {
  const auto text = [](std::string_view in, bool plus_is_blank) {
    std::string out(in.size(), '\0');
    const auto size = percent_decode(in, out.data(), plus_is_blank);
    return size ? std::optional(out.substr(0, *size)) : std::nullopt;
  };
  EXPECT_EQ(text("a%2Bb%2bc+d", true), "a+b+c d");
  EXPECT_EQ(text("a%2Bb+d", false), "a+b+d");
  EXPECT_EQ(text("%00", false), std::string(1, '\0'));
  for (const char* stray : {"%", "%2", "a%2g", "%%20", "% 20"}) EXPECT_FALSE(text(stray, false)) << stray;
}

}  // namespace
