#include <gtest/gtest.h>

#include <startgate/log/evidence.hpp>

namespace {

using namespace startgate;
using log::evidence_trail;

constexpr instant start = 1'795'514'400ULL * second;

TEST(evidence, a_send_is_proved_when_nobody_caused_a_notice_in_the_hour_before) {
  evidence_trail trail;
  trail.send(start, std::nullopt);
  trail.send(start + hour, start);
  EXPECT_EQ(trail.seen().proved_sends, 1U) << "sixty minutes after a notice are still its hour";
  trail.send(start + hour + 1, start);
  EXPECT_EQ(trail.seen().proved_sends, 2U);
  EXPECT_EQ(trail.seen().quiet_sends, 3U) << "the notice was another application's";
}

TEST(evidence, a_notice_takes_all_proof_away_and_starts_anew) {
  evidence_trail trail;
  for (unsigned i = 0; i < 20; ++i) trail.send(start + i * 24 * hour, std::nullopt);
  EXPECT_EQ(trail.seen().proved_days, 20U);
  const instant noticed = start + 20 * 24 * hour;
  trail.notice(noticed, true);
  EXPECT_EQ(trail.seen().proved_sends, 0U);
  EXPECT_EQ(trail.seen().proved_days, 0U);
  trail.send(noticed + minute, noticed);
  EXPECT_EQ(trail.seen().quiet_sends, 0U);
  trail.send(noticed + 2 * hour, noticed);
  EXPECT_EQ(trail.seen().proved_sends, 1U);
  EXPECT_EQ(trail.seen().proved_since, noticed + 2 * hour);
  EXPECT_EQ(trail.seen().sends, 22U);
}

TEST(evidence, a_notice_that_may_be_anothers_takes_proof_away_too_but_accuses_nobody) {
  evidence_trail trail;
  trail.send(start, std::nullopt);
  trail.notice(start + hour, false);
  EXPECT_EQ(trail.seen().notices, 0U);
  EXPECT_EQ(trail.seen().possible_notices, 1U);
  EXPECT_EQ(trail.seen().proved_sends, 0U);
  EXPECT_EQ(trail.seen().noticed_hours, 0U);
}

TEST(evidence, counts_hours_not_notices_under_both_readings_of_the_throttle) {
  evidence_trail trail;
  trail.notice(start, true);
  trail.notice(start + 59 * minute, true);
  trail.notice(start + 3 * hour, true);
  trail.send(start + 3 * hour + minute, start + 3 * hour);
  trail.send(start + 5 * hour + minute, start + 5 * hour);  // under another application's notice
  trail.send(start + 5 * hour + 2 * minute, start + 5 * hour);
  EXPECT_EQ(trail.seen().notices, 3U);
  EXPECT_EQ(trail.seen().noticed_hours, 2U);
  EXPECT_EQ(trail.seen().noticed_or_hidden_hours, 3U);
}

TEST(evidence, counts_proved_days_in_utc) {
  evidence_trail trail;
  const instant midnight = start - start % (24 * hour);
  trail.send(midnight - 1, std::nullopt);
  trail.send(midnight, std::nullopt);
  trail.send(midnight + 23 * hour, std::nullopt);
  EXPECT_EQ(trail.seen().proved_days, 2U);
}

}  // namespace
