#include <startgate/json/login_report.hpp>

#include <gtest/gtest.h>

#include <string>

namespace {

using namespace startgate;

std::string wrong(std::string_view line) {
  const auto read = json::read_login_report(line);
  return read ? "" : read.error().describe("report");
}

TEST(login_report, says_what_happened_to_whom_and_when) {
  const auto all = json::read_login_report(
      R"({"event":"sign_up","address":"::ffff:198.51.100.7","recipient":"ada@example.com","at":"2026-11-24T10:00:00Z"})");
  ASSERT_TRUE(all);
  EXPECT_EQ(all->event, json::login_event::sign_up);
  EXPECT_EQ(all->from, parse_address("198.51.100.7"));
  EXPECT_EQ(all->recipient, "ada@example.com");
  EXPECT_EQ(all->at, parse_instant("2026-11-24T10:00:00Z"));
}

TEST(login_report, may_leave_out_when_and_whom_a_failure_was_for) {
  EXPECT_EQ(json::read_login_report(R"({"event":"failed_login","address":"192.0.2.1"})")->recipient, "");
  EXPECT_EQ(json::read_login_report(R"({"event":"sign_up","address":"192.0.2.1","at":null})")->at, std::nullopt);
}

TEST(login_report, names_the_member_that_is_wrong) {
  EXPECT_EQ(wrong(R"({"event":"x","address":"192.0.2.1"})"), "report:1: event: expected `failed_login`, `login` or `sign_up`");
  EXPECT_EQ(wrong(R"({"event":"login","address":"x"})"), "report:1: address: expected the IP address that it came from");
  EXPECT_EQ(wrong(R"({"event":"failed_login","recipient":"a"})"), "report:1: address: expected the IP address that it came from");
  EXPECT_EQ(wrong(R"({"event":"sign_up","address":null})"), "report:1: address: expected the IP address that it came from");
  EXPECT_EQ(wrong(R"({"event":"login","address":"192.0.2.1","recipient":7})"), "report:1: recipient: expected a string");
  EXPECT_EQ(wrong(R"({"event":"login","address":"192.0.2.1","recipient":"a","at":"noon"})"),
            "report:1: at: expected a date and time such as `2026-12-01T10:00:00Z`");
  EXPECT_EQ(wrong(R"({"event":"login","address":"192.0.2.1"})"), "report:1: recipient: expected who it was that logged in");
  EXPECT_EQ(wrong(R"({"event":"login","event":"login","recipient":"a"})"), "report:1: event: this member stands twice");
  EXPECT_EQ(wrong("[]"), "report:1: expected an object");
  EXPECT_EQ(wrong("{"), "report:1: not valid JSON in UTF-8");
  EXPECT_NE(wrong(R"({"event":"login","address":"192.0.2.1","recipient":"a","extra":1})"), "");
}

}  // namespace
