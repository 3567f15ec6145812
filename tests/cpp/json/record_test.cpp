#include <gtest/gtest.h>

#include <startgate/json/record.hpp>
#include <startgate/log/query_parser.hpp>

namespace {

using startgate::log::event;
using startgate::log::record;

record notice() {
  return {.type = event::depnote,
          .date = *startgate::parse_instant("2026-11-24T10:00:00.250Z"),
          .log_id = "1",
          .connection = "email",
          .client_id = "app",
          .client_name = "Shop",
          .ip = "203.0.113.9",
          .user_name = "ada@example.com",
          .details = {.reason = "authentication_missing"}};
}

TEST(record, is_found_by_the_search_of_the_migration_guide) {
  EXPECT_TRUE(startgate::log::parse_query("type:depnote AND description:*passwordless*")->matches(notice()));
  EXPECT_TRUE(startgate::log::parse_query("date:2026-11-24 AND strategy_type:passwordless")->matches(notice()));
}

TEST(record, becomes_one_line_of_the_management_api_shape) {
  const auto line = nlohmann::json::parse(startgate::json::record_to_json(notice()));
  EXPECT_EQ(line["date"], "2026-11-24T10:00:00.250Z");
  EXPECT_EQ(line["type"], "depnote");
  EXPECT_EQ(line["log_id"], line["_id"]);
  EXPECT_EQ(line["user_name"], "ada@example.com");
  EXPECT_EQ(line["details"]["feature"]["name"], "Enforce client authentication for passwordless connections");
  EXPECT_EQ(line["details"]["reason"], "authentication_missing");
  EXPECT_EQ(line["details"]["path"], "/passwordless/start");
  EXPECT_FALSE(line.contains("user_agent")) << "what is not known is left out";
}

TEST(record, names_the_limit_that_was_reached) {
  const record limited{.type = event::api_limit,
                       .details = {.limit = "authentication_api", .limit_size = 100, .limit_is_global = true}};
  const auto line = nlohmann::json::parse(startgate::json::record_to_json(limited));
  EXPECT_EQ(line["details"]["limit"]["bucket"], "authentication_api");
  EXPECT_EQ(line["details"]["limit"]["size"], 100);
  EXPECT_EQ(line["details"]["limit"]["global"], true);
}

TEST(record, says_what_the_limit_of_an_application_did) {
  const record limited{
      .type = event::api_limit,
      .details = {.limit = "start_per_application", .limit_size = 5, .limit_is_global = false, .limit_action = "log"}};
  const auto line = nlohmann::json::parse(startgate::json::record_to_json(limited));
  EXPECT_EQ(line["details"]["limit"]["global"], false);
  EXPECT_EQ(line["details"]["action"], "log");
}

TEST(record, escapes_what_a_caller_wrote) {
  record hostile = notice();
  hostile.user_agent = "a\"b\\c\n\x1b[31m\x80\xff";
  const auto text = startgate::json::record_to_json(hostile);
  EXPECT_EQ(text.find('\n'), std::string::npos);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_EQ(nlohmann::json::parse(text)["user_agent"], "a\"b\\c\n\x1b[31m\xEF\xBF\xBD\xEF\xBF\xBD");
}

}  // namespace
