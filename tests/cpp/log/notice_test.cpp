#include <gtest/gtest.h>

#include <startgate/log/notice.hpp>

namespace {

using namespace startgate::log;

TEST(notice, is_told_by_its_feature) {
  EXPECT_TRUE(is_notice_of_this_feature("depnote", notice_description, "", ""));
  EXPECT_TRUE(is_notice_of_this_feature("depnote", "", "", feature_name));
  EXPECT_TRUE(is_notice_of_this_feature("depnote", "", feature_id, ""));
}

TEST(notice, of_another_feature_that_mentions_passwordless_is_not_ours) {
  EXPECT_FALSE(is_notice_of_this_feature("depnote", "oauth/ro passwordless: This feature is being deprecated.", "", ""));
  EXPECT_FALSE(is_notice_of_this_feature("depnote", "", "oauth_ro", "oauth/ro passwordless"));
  EXPECT_FALSE(is_notice_of_this_feature("cls", notice_description, "", ""));
}

TEST(notice, is_ours_by_its_description_whatever_its_feature_is_called) {
  EXPECT_TRUE(is_notice_of_this_feature("depnote", notice_description, "not_published", "also not published"));
}

TEST(notice, that_names_no_feature_may_be_of_any) {
  EXPECT_TRUE(may_be_of_any_feature("", "", ""));
  EXPECT_FALSE(may_be_of_any_feature("oauth/ro passwordless: This feature is being deprecated.", "", ""));
}

}  // namespace
