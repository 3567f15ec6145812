#include <gtest/gtest.h>

#include <startgate/plan.hpp>

namespace {

using namespace startgate;
using log::evidence;
using plan::assess;
using plan::reason;
using plan::subject;
using plan::verdict;

constexpr instant some_day = 1'795'514'400ULL * second;

evidence proved(std::uint64_t sends, std::uint32_t days) {
  evidence e;
  e.sends = e.quiet_sends = e.proved_sends = sends;
  e.proved_days = days;
  return e;
}

evidence noticed() {
  evidence e;
  e.sends = 100;
  e.notices = 9;
  e.last_notice = some_day;
  return e;
}

client_auth_methods methods(std::initializer_list<client_auth_method> list) {
  client_auth_methods m;
  for (const auto each : list) m.add(each);
  return m;
}

TEST(plan, is_safe_only_after_ten_proved_sends_on_three_days) {
  EXPECT_EQ(assess({}, proved(10, 3)).verdict, verdict::safe);
  EXPECT_EQ(assess({}, proved(9, 3)).verdict, verdict::cannot_tell);
  EXPECT_EQ(assess({}, proved(1000, 2)).verdict, verdict::cannot_tell);
  EXPECT_EQ(assess({}, proved(10, 3)).reason, reason::authenticated);
  EXPECT_EQ(assess({}, proved(9, 3)).reason, reason::too_little_evidence);
}

TEST(plan, silence_is_a_class_of_its_own) {
  const plan::finding silent{verdict::cannot_tell, reason::never_seen, fix::make_one_call};
  EXPECT_EQ(assess({}, {}), silent);
  evidence e;
  e.possible_notices = 1;
  EXPECT_EQ(assess({}, e), silent) << "a notice that named nobody shows no call of anybody";
}

TEST(plan, what_caused_a_notice_breaks_until_something_speaks_for_it) {
  evidence e = noticed();
  EXPECT_EQ(assess({}, e).verdict, verdict::breaks);
  e.quiet_sends = 9;
  e.proved_sends = 9;
  e.proved_days = 3;
  EXPECT_EQ(assess({}, e).verdict, verdict::breaks);
  e.quiet_sends = 50;
  e.proved_sends = 0;
  EXPECT_EQ(assess({}, e).verdict, verdict::breaks) << "others' notices hid all of it: nothing has proved a cure";
  e.proved_sends = 1;
  EXPECT_EQ(assess({}, e).verdict, verdict::cannot_tell);
  e.proved_sends = 10;
  EXPECT_EQ(assess({}, e), (plan::finding{verdict::safe, reason::fixed_since, fix::none}));
}

TEST(plan, public_and_third_party_applications_are_not_affected) {
  EXPECT_EQ(assess({.standing = standing::public_client}, {}).reason, reason::public_unaffected);
  EXPECT_EQ(assess({.standing = standing::third_party}, {}).verdict, verdict::safe);
  EXPECT_EQ(assess({.standing = standing::public_client}, noticed()).verdict, verdict::breaks) << "a notice outweighs the export";
}

TEST(plan, an_application_that_the_export_lacks_is_judged_as_confidential) {
  EXPECT_EQ(assess({.standing = standing::unknown}, noticed()).verdict, verdict::breaks);
  EXPECT_EQ(assess({.standing = standing::unknown}, proved(10, 3)).verdict, verdict::safe);
}

TEST(plan, under_enforcement_nothing_changes_but_what_broke_stays_broken) {
  EXPECT_EQ(assess({.tenant_enforces = true}, {}).reason, reason::tenant_already_enforced);
  EXPECT_EQ(assess({.tenant_enforces = true}, {}).verdict, verdict::safe);
  EXPECT_EQ(assess({.tenant_enforces = true}, noticed()).verdict, verdict::breaks);
}

TEST(plan, a_shared_name_accuses_nobody) {
  evidence e = proved(4, 1);
  e.possible_notices = 3;
  EXPECT_EQ(assess({.name_is_shared = true}, e),
            (plan::finding{verdict::cannot_tell, reason::ambiguous_name, fix::tell_names_apart}));
}

TEST(plan, calls_nothing_safe_by_a_log_without_notices) {
  evidence e;
  e.sends = e.unheard_sends = 100;
  EXPECT_EQ(assess({}, e), (plan::finding{verdict::cannot_tell, reason::notices_left_out, fix::export_notices_too}));
}

TEST(plan, what_could_not_be_read_is_no_silence) {
  EXPECT_EQ(assess({.partly_unread = true}, proved(100, 9)),
            (plan::finding{verdict::cannot_tell, reason::partly_unread, fix::mend_log}));
  EXPECT_EQ(assess({.partly_unread = true}, proved(4, 1)).reason, reason::too_little_evidence);
  EXPECT_EQ(assess({.partly_unread = true}, noticed()).verdict, verdict::breaks);
  EXPECT_EQ(assess({.standing = standing::public_client, .partly_unread = true}, {}).verdict, verdict::safe);
  EXPECT_EQ(assess({.partly_unread = true, .tenant_enforces = true}, proved(100, 9)).reason, reason::tenant_already_enforced);
}

TEST(plan, names_the_cause) {
  const auto cause = [](subject s, std::uint64_t browsers = 0) {
    evidence e = noticed();
    e.sends_from_browsers = browsers;
    return assess(s, e).reason;
  };
  const auto cert = methods({client_auth_method::tls_client_auth, client_auth_method::self_signed_tls_client_auth});
  const auto key = methods({client_auth_method::private_key_jwt});
  const auto secret = methods({client_auth_method::client_secret_post});
  EXPECT_EQ(cause({.methods = secret}), reason::backend_without_secret);
  EXPECT_EQ(cause({.methods = cert, .notice_sdk = "node-auth0", .notice_sdk_version = "4.37.1"}), reason::certificate_client);
  EXPECT_EQ(cause({.methods = key, .notice_sdk = "node-auth0", .notice_sdk_version = "2.44.1"}), reason::assertion_client);
  EXPECT_EQ(cause({.methods = secret, .notice_sdk = "node-auth0", .notice_sdk_version = "2.23.0"}), reason::sdk_too_old);
  EXPECT_EQ(cause({.methods = secret, .notice_sdk = "node-auth0", .notice_sdk_version = "4.37.1"}),
            reason::backend_without_secret);
  EXPECT_EQ(cause({.methods = secret, .notice_sdk = "auth0.js", .notice_sdk_version = "9.32.0"}), reason::browser_call);
  EXPECT_EQ(cause({.methods = secret, .notice_sdk = "lock.js-ulp"}), reason::login_page_lost_state);
  EXPECT_EQ(cause({.methods = secret}, 51), reason::browser_call) << "no SDK, but browsers all the same";
}

TEST(plan, finds_a_secret_that_leaked_into_a_page) {
  evidence e = proved(20, 5);
  const subject page{.send_sdk = "auth0.js"};
  EXPECT_EQ(assess(page, e), (plan::finding{verdict::safe, reason::secret_in_browser, fix::rotate_leaked_secret}));
  e.sends_with_login_state = 20;
  EXPECT_EQ(assess(page, e).reason, reason::authenticated) << "a login page that forwards its state";
  e.repeats_its_state = true;
  EXPECT_EQ(assess(page, e).reason, reason::secret_in_browser) << "a constant proves nothing, so something else did";
  e.sends_with_login_state = 0;
  EXPECT_EQ(assess({.send_sdk = "lock.js-ulp"}, e).reason, reason::authenticated);
}

TEST(plan, the_toggle_waits_for_whatever_is_not_safe_but_for_what_cannot_log_anybody_in) {
  const plan::finding unseen = assess({}, {});
  EXPECT_TRUE(holds_back(unseen, true));
  EXPECT_FALSE(holds_back(unseen, false));
  EXPECT_TRUE(holds_back(assess({}, noticed()), false));
  EXPECT_FALSE(holds_back(assess({}, proved(10, 3)), true));
}

TEST(plan, only_what_has_proved_itself_is_enforced_ahead) {
  EXPECT_TRUE(may_be_enforced(assess({}, proved(10, 3))));
  EXPECT_FALSE(may_be_enforced(assess({.standing = standing::public_client}, {})));
  EXPECT_FALSE(may_be_enforced(assess({.send_sdk = "auth0.js"}, proved(10, 3)))) << "its secret has leaked";
  EXPECT_FALSE(may_be_enforced(assess({}, noticed())));
}

TEST(plan, every_reason_has_a_sentence_of_its_own) {
  for (std::size_t i = 0; i < plan::reasons.size(); ++i) {
    EXPECT_EQ(static_cast<std::size_t>(plan::reasons[i].code), i);
    EXPECT_FALSE(plan::reasons[i].sentence.empty());
  }
}

// More evidence against an application never helps it, and more for it never harms.
TEST(plan, verdicts_are_monotone) {
  for (std::uint64_t notices : {0U, 1U, 5U})
    for (std::uint64_t quiet : {0U, 9U, 10U, 50U})
      for (std::uint64_t sends : {0U, 1U, 9U, 10U, 50U})
        for (std::uint32_t days : {0U, 2U, 3U}) {
          evidence e;
          e.notices = notices;
          e.quiet_sends = quiet;
          e.proved_sends = sends;
          e.proved_days = days;
          const auto now = assess({}, e).verdict;
          evidence worse = e, better = e;
          worse.notices += 1;
          better.quiet_sends += 10, better.proved_sends += 10, better.proved_days += 3;
          EXPECT_LE(assess({}, worse).verdict, now);
          EXPECT_GE(assess({}, better).verdict, now);
        }
}

}  // namespace
