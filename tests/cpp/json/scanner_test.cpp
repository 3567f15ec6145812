#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>
#include <startgate/json/scanner.hpp>
#include <string>

namespace {

using startgate::json::scanner;

// Reads from memory that ends exactly where the text ends, so that a sanitizer sees every step too far.
bool accepts(std::string_view text) {
  const auto exact = std::make_unique<char[]>(text.size());
  std::copy(text.begin(), text.end(), exact.get());
  scanner scan{{exact.get(), text.size()}};
  return scan.value() && scan.peek() == '\0' && scan.position() == exact.get() + text.size();
}

// Nothing where that parser stops at a number too large for a double, which is grammar all the same.
std::optional<bool> another_parser_accepts(const std::string& text) {
  try {
    return !nlohmann::json::parse(text).is_discarded();
  } catch (const nlohmann::json::out_of_range&) {
    return std::nullopt;
  } catch (const nlohmann::json::parse_error&) {
    return false;
  }
}

std::string unescaped(std::string_view raw) {
  std::string out(raw.size(), '\0');
  out.resize(startgate::json::unescaper::write(raw, out.data()).size());
  return out;
}

// Half a surrogate pair, which the grammar allows and that parser does not, is left out.
TEST(scanner, accepts_exactly_what_another_parser_accepts) {
  const std::string seed =
      R"({"a":[1,-0.5e+3,0,true,false,null,{}],"b\n\u00e9\u20ac":"é 𝄞 \\ \" / a long enough run of plain text","c":{"d":[[],[[]]]}} )";
  ASSERT_TRUE(accepts(seed));
  std::mt19937 random(7);
  const std::string alphabet = "\"\\{}[]:,0123456789.eE+-utfnal \n\t\x01\x7f\xc3\xa9\xed\xa0\x80\xf0\x9d\x84\x9e\xff";
  for (int round = 0; round < 20'000; ++round) {
    std::string text = seed;
    for (auto changes = random() % 3; changes-- > 0;) {
      const auto at = random() % text.size();
      switch (random() % 3) {
        case 0: text[at] = alphabet[random() % alphabet.size()]; break;
        case 1: text.erase(at, random() % 4 + 1); break;
        default: text.insert(at, 1, alphabet[random() % alphabet.size()]);
      }
    }
    if (text.find('\0') != std::string::npos || text.empty()) continue;
    if (const auto theirs = another_parser_accepts(text)) {
      ASSERT_EQ(accepts(text), *theirs) << text;
    }
  }
}

TEST(scanner, tells_input_that_stops_from_input_that_is_wrong) {
  const std::string text = R"({"a":[1.5e3,"x\u00e9",true]})";
  for (std::size_t n = 0; n < text.size(); ++n) {
    scanner scan{std::string_view(text).substr(0, n)};
    ASSERT_FALSE(scan.value()) << n;
    EXPECT_TRUE(scan.ended_early()) << n;
  }
  scanner wrong{R"({"a":1,})"};
  ASSERT_FALSE(wrong.value());
  EXPECT_FALSE(wrong.ended_early());
  EXPECT_STREQ(wrong.expected(), "a member name");
}

TEST(scanner, stops_at_a_depth_that_no_stack_minds) {
  EXPECT_FALSE(accepts(std::string(1'000'000, '[')));
  EXPECT_TRUE(accepts(std::string(64, '[') + std::string(64, ']')));
  EXPECT_FALSE(accepts(std::string(65, '[') + std::string(65, ']')));
}

TEST(scanner, resolves_escapes_as_another_parser_does) {
  for (const char* raw : {R"(\"\\\/\b\f\n\r\t)", R"(a\u0041\u00e9\u20ac\ud834\udd1ez)", R"(plain)"})
    EXPECT_EQ(unescaped(raw), nlohmann::json::parse('"' + std::string(raw) + '"').get<std::string>());
}

TEST(scanner, replaces_half_of_a_surrogate_pair) {
  EXPECT_EQ(unescaped(R"(\ud834)"), "\xEF\xBF\xBD");
  EXPECT_EQ(unescaped(R"(\udd1e!)"), "\xEF\xBF\xBD!");
  EXPECT_EQ(unescaped(R"(\ud834\u0041)"),
            "\xEF\xBF\xBD"
            "A");
}

}  // namespace
