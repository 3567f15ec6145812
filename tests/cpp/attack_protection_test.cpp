#include <startgate/attack_protection.hpp>

#include <startgate/identifier.hpp>
#include <startgate/store/memory.hpp>

#include <gtest/gtest.h>

#include <string>

namespace {

using namespace startgate;

constexpr instant t0 = 1'795'514'400 * second;

address at(std::string_view text) { return *parse_address(text); }

struct attack_protection : testing::Test {
  memory_store store{{.configuration = 64, .addresses = 1'024, .identifiers = 1'024, .assertions = 64}};
  attack_policy rules;
  attack_plan plan{rules, bucket_keys(store.seed())};

  const address attacker = at("198.51.100.7"), proxy = at("203.0.113.9"), somebody = at("192.0.2.1");

  attack_verdict look(const address& from, std::string_view recipient = "ada@example.com", instant now = t0) {
    return look_for_attack(store, plan, {from, recipient}, now);
  }
  void fail(const address& from, int times, std::string_view recipient = "ada@example.com", instant now = t0) {
    for (int i = 0; i < times; ++i) report_failed_login(store, plan, {from, recipient}, now);
  }
  void fail_for_many(const address& from, int times) {
    for (int i = 0; i < times; ++i) fail(from, 1, "user" + std::to_string(i) + "@example.com");
  }
};

TEST_F(attack_protection, holds_a_forwarded_address_back_and_not_its_proxy) {
  fail_for_many(attacker, 100);
  EXPECT_TRUE(look(attacker).held_back);
  EXPECT_EQ(look(attacker).why, reason::attack_suspicious_ip);
  EXPECT_FALSE(look(proxy).held_back);
  EXPECT_FALSE(look(somebody).held_back);
}

TEST_F(attack_protection, holds_an_address_back_from_the_hundredth_failure_on_and_gives_one_back_in_864_seconds) {
  fail_for_many(attacker, 99);
  EXPECT_FALSE(look(attacker).held_back);
  fail_for_many(attacker, 1);
  const auto held = look(attacker);
  EXPECT_TRUE(held.held_back);
  EXPECT_EQ(held.answer.retry_after, wait_time(864 * second));
  EXPECT_FALSE(look(attacker, "ada@example.com", t0 + 864 * second).held_back);
}

TEST_F(attack_protection, counts_sign_ups_apart_from_failed_logins) {
  for (int i = 0; i < 50; ++i) report_sign_up(store, plan, {attacker, {}}, t0);
  EXPECT_TRUE(look(attacker).held_back);
  EXPECT_EQ(look(attacker).answer.retry_after, wait_time(1'200 * millisecond));
  EXPECT_FALSE(look(attacker, "ada@example.com", t0 + 1'200 * millisecond).held_back);
}

TEST_F(attack_protection, lets_an_allowlisted_address_pass) {
  const prefix allowed = *parse_prefix("198.51.100.0/24");
  rules.suspicious_ip.allowlist = rules.brute_force.allowlist = prefix_set({&allowed, 1});
  fail(attacker, 1'000);
  EXPECT_FALSE(look(attacker).held_back);
  EXPECT_EQ(look(attacker).why, reason::none);
  fail(somebody, 10);
  EXPECT_TRUE(look(somebody).held_back);
}

TEST_F(attack_protection, blocks_one_recipient_from_one_address_and_nobody_else) {
  fail(attacker, 10);
  const auto held = look(attacker);
  EXPECT_TRUE(held.held_back);
  EXPECT_EQ(held.why, reason::attack_brute_force);
  EXPECT_FALSE(look(attacker, "grace@example.com").held_back) << "other users of the same address";
  EXPECT_FALSE(look(somebody).held_back) << "the user, from elsewhere: a stranger locks nobody out";
}

// One IPv6 /48 can name as many addresses, and any recipients: who finds the table full shares a bucket with all of them.
TEST_F(attack_protection, holds_nobody_back_for_what_a_flood_of_others_did) {
  memory_store small({.addresses = 64, .pairs = 64});
  const attack_plan flooded(rules, bucket_keys(small.seed()));
  for (int i = 0; i < 10; ++i) report_failed_login(small, flooded, {attacker, "ada@example.com"}, t0);
  for (std::uint64_t i = 0; i < 20'000; ++i)
    report_failed_login(small, flooded, {address{0x2001'0db8'0000'0000 | i, 1}, "user" + std::to_string(i)}, t0);
  EXPECT_GT(small.overflowed(key_origin::pair), 10'000U);
  for (int i = 0; i < 500; ++i) {
    const std::string innocent = "innocent" + std::to_string(i) + "@example.com";
    const auto v = look_for_attack(small, flooded, {address::v4(0xc000'0200 + static_cast<std::uint32_t>(i)), innocent}, t0);
    ASSERT_FALSE(v.held_back || v.report) << i;
  }
  EXPECT_TRUE(look_for_attack(small, flooded, {attacker, "ada@example.com"}, t0).held_back) << "whose bucket is its own";
}

TEST_F(attack_protection, blocks_a_recipient_from_everywhere_where_that_is_asked_for) {
  rules.brute_force.mode = brute_force_count::per_identifier;
  for (int i = 0; i < 10; ++i) fail(at("198.51.100." + std::to_string(i)), 1);  // rubygems GHSA-c55g: an address rotator
  EXPECT_EQ(look(somebody).why, reason::attack_brute_force);
  EXPECT_TRUE(look_for_attack(store, plan, {std::nullopt, "ada@example.com"}, t0).held_back);
}

TEST_F(attack_protection, ends_a_block_thirty_days_after_the_last_failure) {
  fail(attacker, 10);
  EXPECT_TRUE(look(attacker, "ada@example.com", t0 + 30 * 24 * hour - 1).held_back);
  EXPECT_FALSE(look(attacker, "ada@example.com", t0 + 30 * 24 * hour).held_back);
}

TEST_F(attack_protection, ends_a_block_with_a_login_or_by_hand) {
  fail(attacker, 10);
  report_login(store, plan, {attacker, "ada@example.com"});
  EXPECT_FALSE(look(attacker).held_back);
}

TEST_F(attack_protection, ends_a_block_where_the_threshold_is_raised) {
  fail(attacker, 10);
  EXPECT_TRUE(look(attacker).held_back);
  rules.brute_force.failures = throttling_stage(20, 30 * 24 * hour);
  EXPECT_FALSE(look(attacker).held_back);
}

TEST_F(attack_protection, only_reports_where_nothing_blocks) {
  rules.brute_force.shields.block = false;
  fail(attacker, 10);
  const auto seen = look(attacker);
  EXPECT_FALSE(seen.held_back);
  EXPECT_TRUE(seen.report);
  EXPECT_EQ(seen.why, reason::attack_brute_force);
}

TEST_F(attack_protection, names_the_feature_that_blocks_before_one_that_reports) {
  rules.brute_force.shields.block = false;
  fail(attacker, 10);
  fail_for_many(attacker, 100);
  EXPECT_EQ(look(attacker).why, reason::attack_suspicious_ip);
  EXPECT_TRUE(look(attacker).held_back);
}

TEST_F(attack_protection, does_nothing_where_it_is_switched_off) {
  rules.suspicious_ip.enabled = rules.brute_force.enabled = false;
  fail(attacker, 1'000);
  EXPECT_FALSE(look(attacker).held_back);
  EXPECT_TRUE(plan.watched({attacker, "ada@example.com"}).empty());
}

TEST_F(attack_protection, looks_without_counting) {
  for (int i = 0; i < 1'000; ++i) EXPECT_FALSE(look(attacker).held_back);
}

TEST_F(attack_protection, a_64_and_the_48_that_begins_alike_count_the_failures_of_an_identifier_apart) {
  const suspect who{at("2001:db8::1"), "ada@example.com"};
  const attack_plan wider{rules, bucket_keys(store.seed()), {.ipv6_prefix = 48}};
  ASSERT_TRUE(plan.brute_force_key(who));
  EXPECT_NE(plan.brute_force_key(who), wider.brute_force_key(who));
}

TEST_F(attack_protection, holds_all_of_an_ipv6_network_back) {  // CVE-2026-45364: rotation inside one /64
  for (int i = 0; i < 100; ++i) fail(at("2001:db8::" + std::to_string(i)), 1, std::to_string(i));
  EXPECT_TRUE(look(at("2001:db8::abcd")).held_back);
  EXPECT_FALSE(look(at("2001:db8:0:1::1")).held_back);
}

TEST_F(attack_protection, counts_every_spelling_of_a_recipient_together) {  // CVE-2026-47203
  for (const char* spelling :
       {"john@example.com", "John@Example.com", " john@example.com ", "john@example.com.", "JOHN@EXAMPLE.COM"})
    fail(attacker, 2, normalise(spelling).view());
  EXPECT_TRUE(look(attacker, "john@example.com").held_back);
}

TEST_F(attack_protection,
       counts_every_unicode_spelling_of_a_recipient_as_one) {  // CVE-2019-19844: the form counts and never delivers
  fail(attacker, 10, normalise("mike@example.org").view());
  for (const char* spelling : {"m\xC4\xB1ke@example.org",
                               "mi\xE2\x84\xAA"
                               "e@example.org",
                               "\xEF\xBD\x8Dike@example.org"})
    EXPECT_TRUE(look(attacker, normalise(spelling).view()).held_back) << spelling;
  EXPECT_FALSE(look(attacker, normalise("mika@example.org").view()).held_back);
}

}  // namespace
