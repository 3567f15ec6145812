#include <startgate/json/document.hpp>

#include <gtest/gtest.h>

#include <string>

namespace {

using namespace startgate::json;

fault fault_of(std::string_view text) {
  const auto parsed = parse(text);
  EXPECT_FALSE(parsed) << text;
  return parsed ? fault{} : parsed.error().what;
}

TEST(document, reads_every_kind_of_value) {
  const auto doc = parse(R"({"n": null, "b": true, "i": -7, "f": 1.5, "s": "x\u00e9", "a": [1, 2], "o": {"k": {}}})");
  ASSERT_TRUE(doc);
  EXPECT_TRUE(doc->find("n")->is(kind::null));
  EXPECT_TRUE(doc->find("b")->flag);
  EXPECT_EQ(doc->find("i")->integer, -7);
  EXPECT_TRUE(doc->find("f")->is(kind::number));
  EXPECT_EQ(doc->find("s")->text, "x\xC3\xA9");
  EXPECT_EQ(doc->find("a")->items.size(), 2U);
  EXPECT_TRUE(doc->find("o")->find("k")->is(kind::object));
  EXPECT_EQ(doc->find("missing"), nullptr);
}

TEST(document, knows_the_line_of_every_value) {
  const auto doc = parse("{\n  \"a\": 1,\n  \"b\": \"two\",\n\n  \"c\": [\n    3\n  ]\n}");
  ASSERT_TRUE(doc);
  EXPECT_EQ(doc->find("a")->line, 2U);
  EXPECT_EQ(doc->find("b")->line, 3U);
  EXPECT_EQ(doc->find("c")->items[0].line, 6U);
}

TEST(document, cve_2017_12635_rfc8259_4_refuses_a_member_that_stands_twice_also_by_an_escaped_spelling) {
  EXPECT_EQ(fault_of(R"({"client_id": "a", "client_id": "b"})"), fault::duplicate_member);
  EXPECT_EQ(fault_of(R"({"email": "a", "\u0065mail": "b"})"), fault::duplicate_member);
  EXPECT_EQ(fault_of(R"({"authParams": {"state": "a", "state": "b"}})"), fault::duplicate_member);
  EXPECT_TRUE(parse(R"([{"a": 1}, {"a": 2}])"));
}

TEST(document, names_the_line_of_a_fault) {
  const auto parsed = parse("{\n\"a\": 1,\n\"a\": 2}");
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().line, 3U);
  EXPECT_EQ(parsed.error().member, "a");
  EXPECT_EQ(parse("{\n\"a\": 1,\n\n}").error().line, 4U);
}

TEST(document, refuses_what_hides_behind_a_nul_byte) {
  EXPECT_EQ(fault_of(std::string_view("{}\0{\"a\":1}", 10)), fault::malformed);
}

TEST(document, refuses_bytes_that_are_not_utf_8) {
  for (const char* text : {"\"\xFF\"", "\"\xC0\xAF\"", "\"\xED\xA0\x80\"", "\"\xF4\x90\x80\x80\"", "\"\\ud800\""})
    EXPECT_EQ(fault_of(text), fault::malformed) << text;
}

TEST(document, refuses_nesting_over_sixteen_levels) {
  EXPECT_TRUE(parse(std::string(16, '[') + std::string(16, ']')));
  EXPECT_EQ(fault_of(std::string(17, '[') + std::string(17, ']')), fault::too_deep);
  EXPECT_EQ(fault_of(std::string(100'000, '[')), fault::too_deep);
}

TEST(document, refuses_what_is_not_one_json_text) {
  for (const char* text :
       {"", " ", "{", "{}x", "{} {}", "{'a':1}", "[1,]", "{\"a\":1,}", "NaN", "01", "\"\t\"", "1e999", "// c\n1"})
    EXPECT_EQ(fault_of(text), fault::malformed) << text;
}

}  // namespace
