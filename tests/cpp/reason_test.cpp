#include <startgate/reason.hpp>

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace {

TEST(reason, every_code_has_one_name_and_one_sentence) {
  std::set<std::string_view> names, sentences;
  for (std::size_t i = 0; i < startgate::reasons.size(); ++i) {
    const auto& row = startgate::reasons[i];
    EXPECT_EQ(static_cast<std::size_t>(row.code), i);
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_TRUE(sentences.insert(row.sentence).second) << row.name;
    EXPECT_EQ(startgate::reason_named(row.name), row.code);
  }
}

TEST(reason, every_code_is_named_after_its_area) {
  const std::set<std::string> areas{"request", "application", "authentication", "assertion", "state",
                                    "address", "limit",       "attack",         "allowed"};
  for (const auto& row : startgate::reasons) {
    if (row.code == startgate::reason::none) continue;
    EXPECT_TRUE(areas.contains(std::string(row.name.substr(0, row.name.find('_'))))) << row.name;
  }
}

}  // namespace
