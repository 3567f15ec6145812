#include <startgate/recipient.hpp>

#include <gtest/gtest.h>

#include <string>

namespace {

using namespace startgate;

TEST(country_prefix, is_the_calling_code_that_e164_assigns) {
  EXPECT_EQ(country_prefix("+12025550123"), "+1");
  EXPECT_EQ(country_prefix("+74951234567"), "+7");
  EXPECT_EQ(country_prefix("+4915112345678"), "+49");
  EXPECT_EQ(country_prefix("+33612345678"), "+33");
  EXPECT_EQ(country_prefix("+98912345678"), "+98");
  EXPECT_EQ(country_prefix("+35312345678"), "+353");
  EXPECT_EQ(country_prefix("+8801712345678"), "+880");
  EXPECT_EQ(country_prefix("+99991234567"), "+999");
}

TEST(country_prefix, of_every_two_digit_code_is_one_bucket_and_of_every_other_pair_ten) {
  int two = 0, three = 0;
  for (char a = '2'; a <= '9'; ++a) {
    if (a == '7') continue;
    for (char b = '0'; b <= '9'; ++b) {
      const std::string code{'+', a, b};
      const bool is_two = country_prefix(code + "0123456") == code;
      for (char c = '0'; c <= '9'; ++c) EXPECT_EQ(country_prefix(code + c + "123456").size(), is_two ? 3U : 4U) << code << c;
      ++(is_two ? two : three);
    }
  }
  EXPECT_EQ(two, 44);
  EXPECT_EQ(three, 26);
}

TEST(country_prefix, of_a_number_that_is_too_short_is_the_number) {
  EXPECT_EQ(country_prefix("+1"), "+1");
  EXPECT_EQ(country_prefix("+4"), "+4");
  EXPECT_EQ(country_prefix("+35"), "+35");
}

}  // namespace
