#include <startgate/instant.hpp>

#include <gtest/gtest.h>

namespace {

using startgate::parse_instant;
using startgate::print_instant;
using startgate::second;

TEST(instant, reads_rfc_3339) {
  EXPECT_EQ(parse_instant("1970-01-01T00:00:00Z"), 0U);
  EXPECT_EQ(parse_instant("2026-11-24T10:00:00Z"), 1'795'514'400ULL * second);
  EXPECT_EQ(parse_instant("2026-11-24T12:00:00.250+02:00"), 1'795'514'400ULL * second + 250'000'000);
  EXPECT_EQ(parse_instant("2024-02-29"), 1'709'164'800ULL * second);
}

TEST(instant, refuses_what_is_no_date) {
  for (const char* text :
       {"", "2026", "2026-13-01", "2026-02-29", "2026-11-24T25:00:00Z", "2026-11-24T10:00:00", "2026-11-24T10:00:00.Z",
        "2026-11-24T10:00:00Z ", "1969-12-31T23:59:59Z", "2262-01-01", "1970-01-01T00:00:00+01:00"})
    EXPECT_FALSE(parse_instant(text)) << text;
}

TEST(instant, parse_of_print_is_identity_to_the_millisecond) {
  for (std::uint64_t t = 0; t < (1ULL << 62); t += 987'654'321'000'000'000ULL / 7) {
    const auto whole = t - t % startgate::millisecond;
    EXPECT_EQ(parse_instant(print_instant(whole).view()), whole);
  }
}

}  // namespace
