#include <startgate/facts_cover.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <random>
#include <vector>

namespace {

using namespace startgate;

std::vector<facts> everything() {
  std::vector<facts> all;
  for_all_facts([&](const facts& f) { return all.push_back(f), true; });
  return all;
}

bool holds(const facts_line& line, const facts& f) {
  const facts_line one(f);
  for (std::size_t i = 0; i < one.values.size(); ++i)
    if ((line.values[i] & one.values[i]) == 0) return false;
  return true;
}

TEST(facts_cover, is_nothing_for_nothing_and_one_line_for_everything) {
  EXPECT_TRUE(cover({}).empty());
  ASSERT_EQ(cover(everything()).size(), 1U);
  EXPECT_EQ(cover(everything()).front().values, facts_line::all);
}

TEST(facts_cover, holds_each_combination_in_one_line_and_no_other_in_any) {
  std::mt19937 chance(7);
  for (const int share : {1, 5, 20, 50, 90}) {
    std::vector<facts> set;
    for (const facts& f : everything())
      if (static_cast<int>(chance() % 100) < share) set.push_back(f);
    const auto lines = cover(set);
    for (const facts& f : everything()) {
      const auto found = std::count_if(lines.begin(), lines.end(), [&](const facts_line& l) { return holds(l, f); });
      EXPECT_EQ(found, std::count(set.begin(), set.end(), f));
    }
    for (std::size_t a = 0; a < lines.size(); ++a)
      for (std::size_t b = 0; b < a; ++b)
        for (std::size_t fact = 0; fact < facts_line::names.size(); ++fact)
          EXPECT_FALSE(lines[a].joins(lines[b], fact)) << "no two could be one";
  }
}

}  // namespace
