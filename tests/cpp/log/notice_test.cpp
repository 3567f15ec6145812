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
  EXPECT_FALSE(is_notice_of_this_feature("depnote", notice_description, "oauth_ro", "oauth/ro passwordless"));
  EXPECT_FALSE(is_notice_of_this_feature("cls", notice_description, "", ""));
}

}  // namespace
