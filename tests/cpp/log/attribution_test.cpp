#include <gtest/gtest.h>

#include <startgate/log/attribution.hpp>

namespace {

using startgate::log::attribution;
using rows = std::vector<std::size_t>;

TEST(attribution, goes_by_client_id_and_by_a_name_that_only_one_has) {
  const attribution a({{"id1", "Shop"}, {"id2", "Club"}}, {{"id2", "Old club"}, {"", "Shop"}, {"", "Old club"}});
  EXPECT_EQ(a.owners(0), rows{1});
  EXPECT_EQ(a.owners(1), rows{0});
  EXPECT_EQ(a.owners(2), rows{1}) << "the log itself says whose older name this is";
}

TEST(attribution, leaves_a_shared_name_to_all_who_have_it) {
  const attribution a({{"id1", "Kiosk"}, {"id2", "Kiosk"}}, {{"", "Kiosk"}});
  EXPECT_EQ(a.owners(0), (rows{0, 1}));
  EXPECT_TRUE(a.shares_its_name(0));
}

TEST(attribution, makes_rows_for_what_only_the_log_knows) {
  const attribution a({{"id1", "Shop"}}, {{"gone", "Deleted"}, {"", "Nobody's"}});
  EXPECT_EQ(a.owners(0), rows{1});
  EXPECT_EQ(a.owners(1), rows{2});
  EXPECT_FALSE(a.is_exported(1));
  EXPECT_EQ(a.rows()[2].name, "Nobody's");
}

TEST(attribution, suspects_everybody_of_a_record_that_names_nobody) {
  const attribution a({{"id1", "Shop"}, {"id2", "Club"}}, {{"", ""}});
  EXPECT_EQ(a.owners(0), (rows{0, 1}));
}

}  // namespace
