#include <gtest/gtest.h>

#include <cstdlib>
#include <random>
#include <startgate/store/sorted_spill.hpp>
#include <string>

namespace {

struct value {
  std::uint64_t key;
  bool operator<(const value& other) const { return key < other.key; }
  bool same(const value& other) const { return key == other.key; }
};

TEST(sorted_spill, gives_every_value_once_and_in_order_however_little_memory_it_has) {
  for (const std::size_t memory : {1UL, 7UL, 10'000UL, 1'000'000UL}) {
    startgate::store::sorted_spill<value> spill(memory);
    std::mt19937_64 random(3);
    const std::uint64_t n = memory == 1 ? 200 : 30'000;
    for (std::uint64_t i = 0; i < n; ++i) ASSERT_TRUE(spill.add({random() % (n / 2)}));
    std::uint64_t previous = 0, count = 0;
    ASSERT_TRUE(spill.drain([&](const value& v) {
      if (count++ > 0) {
        ASSERT_LT(previous, v.key);
      }
      previous = v.key;
    }));
    EXPECT_EQ(count + spill.duplicates(), n);
    EXPECT_GT(spill.duplicates(), 0U);
  }
}

TEST(sorted_spill, writes_to_the_folder_that_tmpdir_names_and_says_when_it_cannot) {
  const char* const before = std::getenv("TMPDIR");
  const std::string kept = before != nullptr ? before : "";
  ::setenv("TMPDIR", "/nowhere/at/all", 1);
  startgate::store::sorted_spill<value> spill(2);
  EXPECT_TRUE(spill.add({1}));
  EXPECT_FALSE(spill.add({2}));
  before != nullptr ? ::setenv("TMPDIR", kept.c_str(), 1) : ::unsetenv("TMPDIR");
}

TEST(sorted_spill, is_empty_when_nothing_was_added) {
  startgate::store::sorted_spill<value> spill;
  EXPECT_TRUE(spill.drain([](const value&) { FAIL(); }));
}

}  // namespace
