#include <startgate/json/limit.hpp>

#include <gtest/gtest.h>

#include <string>

namespace {

using namespace startgate;

struct limit_lines : testing::Test {
  json::limit_lines lines{*quota::make(5, hour, 5)};

  std::string ask(const std::string& line) {
    const auto answer = lines.line(line);
    EXPECT_TRUE(answer.read) << line;
    return answer.line;
  }
  std::string refusal(const std::string& line) {
    const auto answer = lines.line(line);
    EXPECT_FALSE(answer.read) << line;
    return answer.line;
  }
};

TEST_F(limit_lines, answer_in_the_published_form) {
  EXPECT_EQ(ask(R"({"key":"a","now_ns":0,"cost":1,"op":"consume"})"),
            R"({"allowed":true,"remaining":4,"retry_after_ns":0,"reset_after_ns":720000000000})");
  EXPECT_EQ(ask(R"({"key":"a","now_ns":0,"cost":5})"),
            R"({"allowed":false,"remaining":4,"retry_after_ns":720000000000,"reset_after_ns":720000000000})");
  EXPECT_EQ(ask(R"({"key":"a","now_ns":0,"cost":6})"),
            R"({"allowed":false,"remaining":4,"retry_after_ns":"never","reset_after_ns":720000000000})");
}

TEST_F(limit_lines, leave_out_what_is_ordinary) {
  EXPECT_EQ(ask(R"({"key":"a","now_ns":7})"), ask(R"({"key":"b","now_ns":7,"cost":1,"op":"consume"})"));
  EXPECT_EQ(ask(R"({"key":"c","now_ns":7,"cost":null,"op":null})"), ask(R"({"key":"d","now_ns":7})"));
}

TEST_F(limit_lines, ignore_members_that_are_not_theirs) {
  EXPECT_EQ(ask(R"({"id":"r1","key":"a","now_ns":7})"), ask(R"({"key":"b","now_ns":7})"));
}

TEST_F(limit_lines, peek_refund_and_reset) {
  const std::string fresh = R"({"allowed":true,"remaining":5,"retry_after_ns":0,"reset_after_ns":0})";
  EXPECT_EQ(ask(R"({"key":"a","now_ns":0,"cost":0,"op":"peek"})"), fresh);
  EXPECT_EQ(ask(R"({"key":"a","now_ns":0,"cost":5,"op":"peek"})"), ask(R"({"key":"b","now_ns":0,"cost":5,"op":"consume"})"));
  EXPECT_EQ(ask(R"({"key":"a","now_ns":0,"cost":0,"op":"peek"})"), fresh) << "a peek spends nothing";
  EXPECT_EQ(ask(R"({"key":"b","now_ns":0,"cost":2,"op":"refund"})"),
            R"({"allowed":true,"remaining":2,"retry_after_ns":0,"reset_after_ns":2160000000000})");
  EXPECT_EQ(ask(R"({"key":"b","now_ns":0,"cost":99,"op":"refund"})"), fresh);
  ask(R"({"key":"b","now_ns":0,"cost":5})");
  EXPECT_EQ(ask(R"({"key":"b","now_ns":0,"op":"reset"})"), fresh);
}

TEST_F(limit_lines, keep_keys_apart) {
  for (int i = 0; i < 5; ++i) ask(R"({"key":"a","now_ns":0})");
  EXPECT_NE(ask(R"({"key":"a","now_ns":0})"), ask(R"({"key":"A","now_ns":0})"));
}

TEST_F(limit_lines, write_whole_numbers_up_to_the_largest) {
  json::limit_lines wide{*quota::make(1, 1, quota::longest_window)};
  EXPECT_EQ(wide.line(R"({"key":"a","now_ns":0,"cost":4611686018427387904})").line,
            R"({"allowed":true,"remaining":0,"retry_after_ns":0,"reset_after_ns":4611686018427387904})");
  EXPECT_EQ(wide.line(R"({"key":"a","now_ns":18446744073709551615,"cost":18446744073709551615})").line,
            R"({"allowed":false,"remaining":4611686018427387904,"retry_after_ns":"never","reset_after_ns":0})");
}

TEST_F(limit_lines, say_what_they_cannot_read_and_change_nothing) {
  EXPECT_EQ(refusal("{"), R"({"error":"the line is not one JSON object"})");
  EXPECT_EQ(refusal(R"({"now_ns":0})"), R"({"error":"key: is missing"})");
  EXPECT_EQ(refusal(R"({"key":"a"})"), R"({"error":"now_ns: is missing"})");
  EXPECT_EQ(refusal(R"({"key":"a","now_ns":-1})"), R"({"error":"now_ns: expected a whole number from 0"})");
  EXPECT_EQ(refusal(R"({"key":"a","now_ns":1.5})"), R"({"error":"now_ns: expected a whole number from 0"})");
  EXPECT_EQ(refusal(R"({"key":"a","now_ns":0,"cost":-1})"), R"({"error":"cost: expected a whole number from 0"})");
  EXPECT_EQ(refusal(R"({"key":1,"now_ns":0})"), R"({"error":"key: expected a string"})");
  EXPECT_NE(refusal(R"({"key":"a","now_ns":0,"op":"take"})").find("expected `consume`"), std::string::npos);
  EXPECT_NE(refusal(R"({"key":"a","now_ns":0,"key":"b"})").find("error"), std::string::npos);
  EXPECT_NE(refusal("[]").find("expected an object"), std::string::npos);
  EXPECT_EQ(ask(R"({"key":"a","now_ns":0,"cost":0,"op":"peek"})"),
            R"({"allowed":true,"remaining":5,"retry_after_ns":0,"reset_after_ns":0})");
}

}  // namespace
