#include <gtest/gtest.h>

#include <startgate/plan_remarks.hpp>

namespace {

using namespace startgate;
using plan::address_spread;
using plan::forwarded_for_counts;
using plan::holds;
using plan::remark;

log::evidence sent(std::uint64_t sends) {
  log::evidence e;
  e.sends = sends;
  return e;
}

TEST(plan_remarks, the_forwarded_header_shows_in_the_addresses_of_a_backend) {
  const auto confidential = standing::confidential;
  EXPECT_EQ(forwarded_for_counts(confidential, sent(12), {.distinct = 12, .sends = 12, .busiest = 1}), true);
  EXPECT_EQ(forwarded_for_counts(confidential, sent(12), {.distinct = 1, .sends = 12, .busiest = 12}), false);
  EXPECT_EQ(forwarded_for_counts(confidential, sent(12), {.distinct = 1, .sends = 12, .busiest = 12, .not_global = 12}), true)
      << "a constant 127.0.0.1 is believed as well";
  EXPECT_EQ(forwarded_for_counts(confidential, sent(9), {.distinct = 9, .sends = 9, .busiest = 1}), std::nullopt);
  EXPECT_EQ(forwarded_for_counts(confidential, sent(12), {}), std::nullopt) << "no address was logged";
  EXPECT_EQ(forwarded_for_counts(standing::public_client, sent(12), {.distinct = 12, .sends = 12, .busiest = 1}), std::nullopt);
  auto browsers = sent(12);
  browsers.sends_from_browsers = 7;
  EXPECT_EQ(forwarded_for_counts(confidential, browsers, {.distinct = 12, .sends = 12, .busiest = 1}), std::nullopt);
}

TEST(plan_remarks, says_what_the_export_lacks_only_of_what_calls) {
  EXPECT_TRUE(holds(remark::not_in_export, {.exported = false}, {}, {}));
  EXPECT_TRUE(holds(remark::passwordless_grant_missing, {.has_passwordless_grant = false}, sent(1), {}));
  EXPECT_FALSE(holds(remark::passwordless_grant_missing, {.has_passwordless_grant = false}, {}, {}));
  EXPECT_TRUE(holds(remark::forwarded_for_switched_off, {.forwarded_for = trust_switch::off}, sent(1), {}));
  EXPECT_FALSE(holds(remark::forwarded_for_switched_off, {}, sent(1), {}));
  EXPECT_TRUE(holds(remark::forwarded_for_not_public, {}, sent(3), {.not_global = 2}));
}

TEST(plan_remarks, says_of_a_state_what_took_its_place) {
  auto e = sent(20);
  e.repeats_its_state = true;
  EXPECT_TRUE(holds(remark::state_repeats, {}, e, {}));
  EXPECT_FALSE(holds(remark::state_is_a_path, {}, e, {}));
  e.sends_with_path_state = 11;
  EXPECT_TRUE(holds(remark::state_is_a_path, {}, e, {}));
  EXPECT_FALSE(holds(remark::state_repeats, {}, e, {})) << "that it is a path says it already";
}

TEST(plan_remarks, nothing_is_remarkable_about_an_application_that_was_not_seen) {
  for (const plan::remark_row& r : plan::remarks) EXPECT_FALSE(holds(r.code, {}, {}, {})) << r.name;
}

}  // namespace
