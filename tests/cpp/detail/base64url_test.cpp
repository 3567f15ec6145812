#include <startgate/detail/base64url.hpp>

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

namespace {

using namespace startgate::detail;

std::optional<std::string> decoded(std::string_view text, std::size_t room = 64) {
  std::vector<std::uint8_t> bytes(room);
  const auto size = base64url_decode(text, bytes);
  return size ? std::optional(std::string(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(*size))) : std::nullopt;
}

// RFC 4648 section 10, without the padding.
TEST(base64url, gives_the_published_values) {
  const std::array<std::pair<const char*, const char*>, 7> values{
      {{"", ""}, {"f", "Zg"}, {"fo", "Zm8"}, {"foo", "Zm9v"}, {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}}};
  for (const auto& [text, encoded] : values) EXPECT_EQ(decoded(encoded), text);
  EXPECT_EQ(decoded("_-8"), "\xff\xef");
}

TEST(base64url, decode_of_encode_is_identity_at_every_length) {
  for (std::size_t size = 0; size < 64; ++size) {
    std::vector<std::uint8_t> bytes(size);
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(i * 37 + size);
    std::string text(base64url_encoded_size(size), '\0');
    EXPECT_EQ(base64url_encode(bytes, text.data()), text.size());
    EXPECT_EQ(decoded(text), std::string(bytes.begin(), bytes.end()));
  }
}

TEST(base64url, every_foreign_character_is_refused_wherever_it_stands) {
  for (int c = 0; c < 256; ++c) {
    const bool known = base64url_alphabet.find(static_cast<char>(c)) != std::string_view::npos;
    for (std::size_t at = 0; at < 8; ++at) {
      std::string text = "AAAAAAAA";
      text[at] = static_cast<char>(c);
      EXPECT_EQ(decoded(text).has_value(), known) << c << " at " << at;
    }
    for (std::size_t at = 0; at < 2; ++at) {
      std::string text = "AAA";
      text[at] = static_cast<char>(c);
      EXPECT_EQ(decoded(text).has_value(), known) << c << " at " << at;
    }
  }
}

TEST(base64url, one_value_has_one_spelling) {
  for (const char* text : {"Zh", "Zn", "Zm9", "Zm-", "A", "AAAAA", "Zg==", "Zg=", "Zg ", " Zg"})
    EXPECT_FALSE(decoded(text)) << text;
}

TEST(base64url, what_has_no_room_is_refused) {
  EXPECT_TRUE(decoded("Zm9v", 3));
  EXPECT_FALSE(decoded("Zm9v", 2));
}

}  // namespace
