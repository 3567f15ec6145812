#include <startgate/basic.hpp>

#include "support/base64.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace {

using startgate::basic_credentials;
using startgate::basic_form;
using startgate::header;
using startgate::test::base64;

struct given {
  explicit given(std::string value) : value_(std::move(value)), lines_{header{"Authorization", value_}}, basic(lines_) {}
  static given pair(std::string_view text) { return given("Basic " + base64(text)); }
  given(const given&) = delete;

 private:
  std::string value_;
  std::array<header, 1> lines_;

 public:
  basic_credentials basic;
};

TEST(basic, rfc6749_2_3_1_reads_the_example) {
  const given g("Basic czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3");
  EXPECT_TRUE(g.basic.present());
  EXPECT_EQ(g.basic.client_id(), "s6BhdRkqt3");
  EXPECT_EQ(g.basic.secret(), "7Fjfp0ZBr1KtDRbnfVdmIw");
}

TEST(basic, rfc6749_appendix_b_decodes_the_form_encoding) {
  const auto g = given::pair("app%3Aone:%20%25%26%2B%C2%A3%E2%82%AC+x");  // the appendix's own string: blank % & + pound euro
  EXPECT_EQ(g.basic.client_id(), "app:one");
  EXPECT_EQ(g.basic.secret(), " %&+\xC2\xA3\xE2\x82\xAC x");
  EXPECT_EQ(g.basic.raw_secret(), "%20%25%26%2B%C2%A3%E2%82%AC+x");
}

TEST(basic, keeps_a_secret_with_colons_whole) { EXPECT_EQ(given::pair("app:a:b:c").basic.raw_secret(), "a:b:c"); }

TEST(basic, a_broken_form_encoding_is_malformed_only_where_strict) {
  for (const char* text : {"app:100%", "app:%g0", "app:%0", "app:%00"}) {
    const auto g = given::pair(text);
    EXPECT_TRUE(g.basic.client_id().empty()) << text;
    EXPECT_FALSE(g.basic.malformed(basic_form::tolerant)) << text;
    EXPECT_TRUE(g.basic.malformed(basic_form::strict)) << text;
  }
}

TEST(basic, reads_the_scheme_in_any_case_and_several_blanks) {
  EXPECT_EQ(given("bAsIc   " + base64("app:x")).basic.client_id(), "app");
}

TEST(basic, is_absent_for_another_scheme) {
  for (const char* value : {"Bearer abc", "Basically YTpi", "Digest username=\"a\"", ""})
    EXPECT_FALSE(given(value).basic.present()) << value;
}

TEST(basic, refuses_what_is_no_credential) {
  for (const std::string& value :
       {std::string("Basic"), std::string("Basic "), "Basic " + base64("no colon"), "Basic " + base64(":secret only"),
        std::string("Basic YTpi$"), std::string("Basic YTp"), std::string("Basic YTpiYw=  x"), std::string("Basic YTpiYx=="),
        "Basic " + base64("a:b\n"), "Basic " + base64(std::string("a:b\0c", 5)), "Basic\t" + base64("a:b"),
        "Basic " + base64("a:b") + ", x", "Basic " + base64("a:" + std::string(1'100, 'x'))}) {
    const given g(value);
    EXPECT_TRUE(!g.basic.present() || g.basic.malformed(basic_form::tolerant)) << value;
    EXPECT_TRUE(g.basic.raw_client_id().empty() && g.basic.raw_secret().empty()) << value;
  }
}

TEST(basic, refuses_two_authorization_headers) {
  const std::array lines{header{"authorization", "Basic YTpi"}, header{"Authorization", "Bearer x"}};
  const basic_credentials basic(lines);
  EXPECT_TRUE(basic.present());
  EXPECT_TRUE(basic.malformed(basic_form::tolerant));
}

TEST(basic, holds_exactly_max_bytes) {
  const std::string fits = "a:" + std::string(basic_credentials::max_bytes - 2, 'x');
  EXPECT_EQ(given::pair(fits).basic.raw_secret().size(), basic_credentials::max_bytes - 2);
  EXPECT_TRUE(given::pair(fits + "x").basic.malformed(basic_form::tolerant));
}

TEST(basic, wipes_its_copy_of_the_secret) {
  alignas(basic_credentials) std::array<unsigned char, sizeof(basic_credentials)> memory{};
  const std::string value = "Basic " + base64("app:not-a-real-secret-for-tests");
  const std::array lines{header{"Authorization", value}};
  auto* basic = new (memory.data()) basic_credentials(lines);
  const auto holds = [&] {
    const std::string_view bytes(reinterpret_cast<const char*>(memory.data()), memory.size());
    return bytes.find("not-a-real") != std::string_view::npos;
  };
  EXPECT_TRUE(holds());
  basic->~basic_credentials();
  EXPECT_FALSE(holds());
}

}  // namespace
