#include <startgate/http_date.hpp>

#include <gtest/gtest.h>

namespace {

using namespace startgate;

TEST(http_date, is_the_fixed_form_in_gmt) {
  EXPECT_EQ(http_date(784'111'777 * second).view(), "Sun, 06 Nov 1994 08:49:37 GMT");  // the example of RFC 9110
  EXPECT_EQ(http_date(0).view(), "Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(http_date(*parse_instant("2027-02-01")).view(), "Mon, 01 Feb 2027 00:00:00 GMT");
}

TEST(http_date, a_deprecation_date_is_a_structured_field_date) {
  EXPECT_EQ(deprecation_date(1'688'169'599 * second).view(), "@1688169599");  // the example of RFC 9745
}

}  // namespace
