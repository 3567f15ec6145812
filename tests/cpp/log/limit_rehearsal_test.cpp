#include <startgate/log/limit_rehearsal.hpp>

#include <gtest/gtest.h>

namespace {

using startgate::hour;
using startgate::instant;
using startgate::minute;
using startgate::quota;
using startgate::second;
using startgate::log::limit_rehearsal;

const quota fifty = *quota::make(50, hour, 50);

TEST(limit_rehearsal, counts_the_busiest_hour_wherever_it_begins) {
  limit_rehearsal r;
  for (instant i = 0; i < 60; ++i) r.call(fifty, 10 * hour - 5 * minute + i * 10 * second);
  EXPECT_EQ(r.calls, 60U);
  EXPECT_EQ(r.peak, 60U) << "thirty on either side of a full hour";
  EXPECT_EQ(r.peak_at, 10 * hour - 5 * minute + 590 * second);
}

TEST(limit_rehearsal, forgets_what_is_an_hour_old) {
  limit_rehearsal r;
  for (int i = 0; i < 3; ++i) r.call(fifty, 10 * hour);
  r.call(fifty, 11 * hour - 1);
  EXPECT_EQ(r.peak, 4U);
  for (int i = 0; i < 2; ++i) r.call(fifty, 11 * hour);
  EXPECT_EQ(r.peak, 4U);
}

TEST(limit_rehearsal, remembers_the_first_call_past_the_limit) {
  limit_rehearsal r;
  for (instant i = 0; i < 53; ++i) r.call(fifty, hour + i * second);
  EXPECT_EQ(r.refused, 3U);
  EXPECT_EQ(r.first_refusal, hour + 50 * second);
}

}  // namespace
