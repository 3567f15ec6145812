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

TEST(sdk, knows_the_first_version_with_which_a_fix_can_work) {
  using startgate::fix;
  EXPECT_EQ(first_version_for(fix::send_client_secret, find_sdk("Auth0.Net")), "7.0.5");
  EXPECT_EQ(first_version_for(fix::upgrade_sdk, find_sdk("auth0-java")), "1.23.0");
  EXPECT_EQ(first_version_for(fix::sign_client_assertion, find_sdk("go-auth0")), "1.0.1");
  EXPECT_EQ(first_version_for(fix::sign_client_assertion, find_sdk("ruby-auth0")), "") << "not known, so not said";
  EXPECT_EQ(first_version_for(fix::upgrade_sdk, find_sdk("curl")), "");
  EXPECT_EQ(first_version_for(fix::forward_page_state, find_sdk("node-auth0")), "");
}

TEST(sdk, every_backend_sdk_has_a_first_version_that_sends_the_secret) {
  for (const sdk_row& row : sdk_rows) EXPECT_EQ(row.place == sdk_place::backend, !row.sends_secret_from.empty()) << row.name;
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
