#include <gtest/gtest.h>

#include <startgate/log/evidence.hpp>

namespace {

using namespace startgate;
using log::evidence_trail;
using log::state_look;

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

TEST(evidence, is_quiet_since_the_first_send_that_no_notice_of_its_own_can_hide) {
  evidence_trail trail;
  trail.send(start, std::nullopt);
  EXPECT_EQ(trail.seen().quiet_since, start);
  trail.notice(start + hour, true);
  trail.send(start + hour + minute, start + hour);
  EXPECT_FALSE(trail.seen().quiet_since);
  trail.send(start + 3 * hour, start + hour);
  trail.send(start + 4 * hour, start + hour);
  EXPECT_EQ(trail.seen().quiet_since, start + 3 * hour);
}

TEST(evidence, finds_a_state_that_serves_longer_than_any_login_transaction) {
  evidence_trail constant, resent, fresh;
  for (std::uint64_t i = 0; i < 30; ++i) {
    // Every third send has another state: most of them are still the same.
    constant.send(start + i * hour, std::nullopt, {.look = state_look::transaction, .state = i % 3 == 0 ? i : 7});
    resent.send(start + i * minute, std::nullopt, {.look = state_look::transaction, .state = 7});
    fresh.send(start + i * hour, std::nullopt, {.look = state_look::transaction, .state = i});
  }
  EXPECT_TRUE(constant.seen().repeats_its_state);
  EXPECT_FALSE(resent.seen().repeats_its_state) << "one page, asked to send again";
  EXPECT_FALSE(fresh.seen().repeats_its_state);
}

TEST(evidence, a_send_without_a_state_repeats_none) {
  evidence_trail trail;
  for (std::uint64_t i = 0; i < 30; ++i) trail.send(start + i * hour, std::nullopt);
  EXPECT_FALSE(trail.seen().repeats_its_state);
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
