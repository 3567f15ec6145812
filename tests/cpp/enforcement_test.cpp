#include <startgate/enforcement.hpp>

#include <gtest/gtest.h>

#include <string>

namespace {

using namespace startgate;

mode now_for(const enforcement& e, std::string_view client_id = "app", instant now = 100) {
  return mode_for(e, client_id, "ada@example.com", now);
}

TEST(enforcement, what_stands_further_down_has_the_last_word) {
  enforcement e;
  e.mode = mode::off;
  EXPECT_EQ(now_for(e), mode::off);
  e.flag = tenant_flag::off;
  EXPECT_EQ(now_for(e), mode::notice);
  e.flag = tenant_flag::on;
  EXPECT_EQ(now_for(e), mode::enforce);
  e.share = enforcement_share{mode::warn, 100, "s"};
  EXPECT_EQ(now_for(e), mode::warn);
  e.applications = {{"zzz", mode::enforce}, {"app", mode::off}};
  e.sort_applications();
  EXPECT_EQ(now_for(e), mode::off);
  EXPECT_EQ(now_for(e, "other"), mode::warn);
  e.windows = {{mode::enforce, 100, 200}};
  EXPECT_EQ(now_for(e), mode::enforce);
}

TEST(enforcement, a_window_begins_with_its_first_moment_and_ends_before_its_last) {
  enforcement e;
  e.windows = {{mode::enforce, 100, 200}};
  EXPECT_EQ(now_for(e, "app", 99), mode::notice);
  EXPECT_EQ(now_for(e, "app", 100), mode::enforce);
  EXPECT_EQ(now_for(e, "app", 199), mode::enforce);
  EXPECT_EQ(now_for(e, "app", 200), mode::notice);
}

TEST(enforcement, a_share_is_sticky_grows_without_dropping_anybody_and_has_its_size) {
  const enforcement_share quarter{mode::enforce, 25, "2026-11"}, half{mode::enforce, 50, "2026-11"},
      other{mode::enforce, 25, "2026-12"};
  int in_quarter = 0, in_half = 0, in_both_salts = 0;
  for (int i = 0; i < 20'000; ++i) {
    const std::string who = "user" + std::to_string(i) + "@example.com";
    const bool q = in_share(quarter, "app", who), h = in_share(half, "app", who);
    EXPECT_EQ(q, in_share(quarter, "app", who));
    EXPECT_TRUE(!q || h) << who;
    in_quarter += q;
    in_half += h;
    in_both_salts += q && in_share(other, "app", who);
  }
  EXPECT_NEAR(in_quarter, 5'000, 250);
  EXPECT_NEAR(in_half, 10'000, 300);
  EXPECT_NEAR(in_both_salts, 1'250, 150);
  EXPECT_FALSE(in_share({mode::enforce, 0, "s"}, "app", "x"));
  EXPECT_TRUE(in_share({mode::enforce, 100, "s"}, "app", "x"));
}

}  // namespace
