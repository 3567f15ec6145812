#include <startgate/json/attack_protection.hpp>

#include <gtest/gtest.h>

#include <string>

namespace {

using namespace startgate;

template <class Settings, class Read>
std::string problem_of(const std::string& text, Settings& out, Read read) {
  const auto parsed = json::parse(text);
  if (!parsed) return "no JSON";
  json::problems found;
  json::object_reader in(*parsed, "", found);
  read(in, out);
  in.refuse_unknown_members();
  return found.first() ? found.first()->member + ": " + found.first()->text : "";
}

std::string read(const std::string& text, suspicious_ip_throttling& out) {
  return problem_of(text, out, json::read_suspicious_ip_throttling);
}
std::string read(const std::string& text, brute_force_protection& out) {
  return problem_of(text, out, json::read_brute_force_protection);
}

TEST(attack_protection_json, reads_a_suspicious_ip_export_as_it_is) {
  suspicious_ip_throttling s;
  EXPECT_EQ(read(R"({"enabled": true, "shields": ["block", "admin_notification"], "allowlist": ["192.0.2.0/24", "2001:db8::1"],
                     "stage": {"pre-login": {"max_attempts": 20, "rate": 60000}, "pre-user-registration": {"max_attempts": 5, "rate": 1200},
                               "pre-custom-token-exchange": {"max_attempts": 10, "rate": 600000}}})",
                 s),
            "");
  EXPECT_TRUE(s.enabled && s.shields.block && s.shields.report);
  EXPECT_TRUE(s.allowlist.contains(*parse_address("192.0.2.77")));
  EXPECT_TRUE(s.allowlist.contains(*parse_address("2001:db8::1")));
  EXPECT_EQ(s.pre_login, throttling_stage(20, minute));
  EXPECT_EQ(s.pre_user_registration, throttling_stage(5, 1'200 * millisecond));
}

TEST(attack_protection_json, reads_a_brute_force_export_as_it_is) {
  brute_force_protection b;
  EXPECT_EQ(
      read(
          R"({"enabled": false, "shields": ["user_notification"], "mode": "count_per_identifier", "allowlist": [], "max_attempts": 66})",
          b),
      "");
  EXPECT_FALSE(b.enabled || b.shields.block);
  EXPECT_TRUE(b.shields.report);
  EXPECT_EQ(b.mode, brute_force_count::per_identifier);
  EXPECT_EQ(b.failures, throttling_stage(66, 30 * 24 * hour));
}

TEST(attack_protection_json, keeps_the_published_values_where_nothing_is_said) {
  suspicious_ip_throttling s;
  brute_force_protection b;
  EXPECT_EQ(read("{}", s), "");
  EXPECT_EQ(read("{}", b), "");
  EXPECT_TRUE(s.enabled && s.shields.block && b.enabled && b.shields.block);
  EXPECT_EQ(s.pre_login.window(), 24 * hour);
  EXPECT_EQ(b.failures.burst(), 10U);
  EXPECT_EQ(read(R"({"stage": {"pre-login": {"max_attempts": 7}}})", s), "");
  EXPECT_EQ(s.pre_login, throttling_stage(7, 864 * second));
}

TEST(attack_protection_json, monitors_where_no_shield_is_named) {
  suspicious_ip_throttling s;
  EXPECT_EQ(read(R"({"shields": []})", s), "");
  EXPECT_FALSE(s.shields.block || s.shields.report);
}

TEST(attack_protection_json, names_the_member_that_it_cannot_read) {
  suspicious_ip_throttling s;
  brute_force_protection b;
  EXPECT_EQ(read(R"({"shields": ["blok"]})", s), "shields: expected `block` or `admin_notification`");
  EXPECT_EQ(read(R"({"allowlist": ["192.0.2.1/24"]})", s).substr(0, 28), "allowlist: `192.0.2.1/24`: b");
  EXPECT_EQ(read(R"({"stage": {"pre-login": {"max_attempts": 0}}})", s).substr(0, 29), "stage.pre-login.max_attempts:");
  EXPECT_NE(read(R"({"stage": {"pre-log": {}}})", s).find("pre-log"), std::string::npos);
  EXPECT_EQ(read(R"({"max_attempts": 101})", b), "max_attempts: expected a whole number from 1 to 100");
  EXPECT_NE(read(R"({"mode": "count"})", b).find("count_per_identifier"), std::string::npos);
  EXPECT_NE(read(R"({"max_attempt": 1})", b).find("unknown member"), std::string::npos);
}

}  // namespace
