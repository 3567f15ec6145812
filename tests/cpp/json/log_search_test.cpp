#include <gtest/gtest.h>

#include <startgate/json/log_search.hpp>
#include <startgate/log/query_parser.hpp>

namespace {

TEST(log_search, prints_what_it_finds_as_one_line_in_its_own_spelling) {
  startgate::json::log_search search(*startgate::log::parse_query("type:depnote AND description:*passwordless*"));
  std::string out;
  search.feed("[\n  {\n    \"type\": \"depnote\",\n    \"description\": \"x \\u0070asswordless  y\"\n  },\n{\"type\":\"s\"}]",
              true, out, [](startgate::json::log_fault f) { FAIL() << f.what; });
  EXPECT_EQ(out, "{\"type\": \"depnote\",\"description\": \"x \\u0070asswordless  y\"}\n");
  EXPECT_EQ(search.read(), 2U);
  EXPECT_EQ(search.found(), 1U);
}

}  // namespace
