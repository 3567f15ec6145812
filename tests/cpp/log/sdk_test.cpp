#include <gtest/gtest.h>

#include <startgate/log/sdk.hpp>

namespace {

using namespace startgate::log;

TEST(sdk, versions_compare_as_numbers) {
  EXPECT_LT(parse_sdk_version("2.9.0"), parse_sdk_version("2.24.0"));
  EXPECT_EQ(parse_sdk_version("4"), parse_sdk_version("4.0.0-beta.1"));
  EXPECT_EQ(parse_sdk_version("99999999999999999999.1").minor, 0U) << "nonsense stays small";
}

TEST(sdk, node_sends_the_secret_since_2_24) {
  EXPECT_TRUE(is_too_old("2.23.0", find_sdk("node-auth0")->sends_secret_from));
  EXPECT_FALSE(is_too_old("2.24.0", find_sdk("node-auth0")->sends_secret_from));
  EXPECT_FALSE(is_too_old("", find_sdk("node-auth0")->sends_secret_from)) << "an unknown version is not called old";
}

TEST(sdk, knows_pages_from_login_pages) {
  EXPECT_EQ(place_of("auth0.js"), sdk_place::page);
  EXPECT_EQ(place_of("lock.js-ulp"), sdk_place::login_page);
  EXPECT_EQ(place_of("AUTH0-PHP"), sdk_place::backend);
  EXPECT_EQ(place_of("curl"), sdk_place::unknown);
}

TEST(sdk, knows_browsers_in_both_spellings_of_a_user_agent) {
  EXPECT_TRUE(is_browser("Chrome Mobile 142.0.0 / Android 15.0.0"));
  EXPECT_TRUE(is_browser("Mozilla/5.0 (X11; Linux x86_64)"));
  EXPECT_FALSE(is_browser("Other 0.0.0 / Other 0.0.0"));
  EXPECT_FALSE(is_browser("node.js/20.20.2"));
}

}  // namespace
