#include <startgate/log/coverage.hpp>

#include <gtest/gtest.h>

namespace {

using namespace startgate;

TEST(coverage, reports_hours_without_a_record_in_a_busy_log) {
  log::coverage c;
  for (unsigned h = 0; h < 48; ++h)
    for (unsigned i = 0; i < 20; ++i)
      if (h < 10 || h >= 13) c.saw(h * hour + i * minute, "s");
  EXPECT_EQ(log::gaps_of(c), (std::vector<log::gap>{{10 * hour, 13 * hour}}));
  EXPECT_EQ(c.types.at("s"), 900U);
}

TEST(coverage, sees_no_gap_in_a_night_because_the_log_was_read_twice) {
  log::coverage c;
  for (unsigned times = 0; times < 100; ++times)
    for (unsigned day = 0; day < 10; ++day) c.saw(day * 24 * hour, "s");
  EXPECT_TRUE(log::gaps_of(c).empty());
}

TEST(coverage, takes_a_quiet_night_for_a_night) {
  log::coverage c;
  for (unsigned day = 0; day < 10; ++day) c.saw(day * 24 * hour, "cls");
  EXPECT_TRUE(log::gaps_of(c).empty());
}

TEST(coverage, keeps_no_more_names_than_it_can_show) {
  log::counts names;
  for (int i = 0; i < 1000; ++i) log::coverage::count(names, std::to_string(i));
  EXPECT_EQ(names.size(), log::coverage::most_names);
}

TEST(coverage, speaks_from_the_first_to_the_last_record_that_is_no_send) {
  log::coverage c;
  c.saw(1 * hour, "cls");
  EXPECT_FALSE(c.would_show_a_notice(1 * hour)) << "sends alone";
  c.saw(5 * hour, "s");
  c.saw(3 * hour, "depnote");
  c.saw(9 * hour, "cs");
  EXPECT_FALSE(c.would_show_a_notice(3 * hour - 1));
  EXPECT_TRUE(c.would_show_a_notice(3 * hour));
  EXPECT_TRUE(c.would_show_a_notice(5 * hour));
  EXPECT_FALSE(c.would_show_a_notice(5 * hour + 1));
}

}  // namespace
