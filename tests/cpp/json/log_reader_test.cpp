#include <gtest/gtest.h>

#include <startgate/json/log_reader.hpp>
#include <string>
#include <vector>

namespace {

using startgate::json::log_fault;
using startgate::json::log_line;
using startgate::json::log_reader;
using startgate::log::field;

struct reading {
  std::vector<std::string> ids;
  std::vector<log_fault> faults;
  std::string first_text;
};

reading read(std::string_view text, std::size_t chunk = 1U << 20U) {
  reading out;
  log_reader reader;
  const auto on_record = [&](const log_line& r) {
    if (out.ids.empty()) out.first_text = r.text;
    out.ids.emplace_back(r.get(field::log_id));
  };
  const auto on_fault = [&](log_fault f) { out.faults.push_back(std::move(f)); };
  for (std::size_t at = 0; at < text.size(); at += chunk) reader.feed(text.substr(at, chunk), false, on_record, on_fault);
  reader.feed({}, true, on_record, on_fault);
  return out;
}

using ids = std::vector<std::string>;

TEST(log_reader, reads_lines_arrays_pages_and_pretty_printed_objects) {
  EXPECT_EQ(read("{\"type\":\"s\",\"log_id\":\"1\"}\n{\"type\":\"s\",\"log_id\":\"2\"}\n").ids, (ids{"1", "2"}));
  EXPECT_EQ(read("[{\"type\":\"s\",\"log_id\":\"1\"},{\"type\":\"s\",\"log_id\":\"2\"}]").ids, (ids{"1", "2"}));
  EXPECT_EQ(
      read("[\n  {\n    \"type\": \"s\",\n    \"log_id\": \"1\"\n  },\n  {\n    \"type\": \"s\", \"_id\": \"2\"\n  }\n]\n").ids,
      (ids{"1", "2"}));
  EXPECT_EQ(read(R"({"start":0,"limit":2,"logs":[{"type":"s","log_id":"1"},{"type":"s","log_id":"2"}],"total":2})").ids,
            (ids{"1", "2"}));
  EXPECT_EQ(read("\xEF\xBB\xBF{\"type\":\"s\",\"log_id\":\"1\"}\r\n").ids, ids{"1"});
  EXPECT_EQ(read("").ids, ids{});
}

TEST(log_reader, unwraps_log_streams_and_event_bridge) {
  EXPECT_EQ(read(R"({"log_id":"1","data":{"type":"s","log_id":"1"}})").ids, ids{"1"});
  EXPECT_EQ(read(R"({"version":"0","detail-type":"Auth0 log","detail":{"log_id":"1","data":{"type":"s","log_id":"1"}}})").ids,
            ids{"1"});
  EXPECT_EQ(read(R"([{"log_id":"1","data":{"type":"s","log_id":"1"}},{"log_id":"2","data":{"type":"s","log_id":"2"}}])").ids,
            (ids{"1", "2"}));
  EXPECT_EQ(read(R"({"log_id":"outer \u0031","data":{"type":"s\n","description":"x\u0032"}})").ids, ids{"outer 1"})
      << "a wrapper's log_id is the record's";
  EXPECT_EQ(read(R"({"time":1,"event":{"log_id":"1","data":{"type":"s","log_id":"1"}}})").first_text,
            R"({"type":"s","log_id":"1"})");
}

TEST(log_reader, reads_the_same_whatever_the_chunks_are) {
  const std::string text =
      "{\"type\":\"s\",\"log_id\":\"1\",\"description\":\"a\\u00e9\\n\"}\n[{\"type\":\"s\",\"log_id\":\"2\"},\n{\"type\":\"s\","
      "\"log_id\":\"3\"}]\n"
      "oops "
      "{\"type\":\"s\",\"log_id\":\"x\"}\n{\"type\":\"s\",\"log_id\":\"4\"\n{\"log_id\":\"5\",\"data\":{\"type\":\"s\",\"log_"
      "id\":\"5\"}}\n{\"type\":";
  const auto whole = read(text);
  EXPECT_EQ(whole.ids, (ids{"1", "2", "3", "5"}));
  ASSERT_EQ(whole.faults.size(), 3U);
  for (std::size_t chunk = 1; chunk < 40; ++chunk) {
    const auto parts = read(text, chunk);
    EXPECT_EQ(parts.ids, whole.ids) << chunk;
    ASSERT_EQ(parts.faults.size(), 3U) << chunk;
    for (std::size_t i = 0; i < 3; ++i) {
      EXPECT_EQ(parts.faults[i].line, whole.faults[i].line) << chunk;
      EXPECT_EQ(parts.faults[i].what, whole.faults[i].what) << chunk;
    }
  }
}

TEST(log_reader, takes_a_byte_order_mark_at_the_very_beginning_only) {
  for (std::size_t chunk = 1; chunk < 8; ++chunk) {
    EXPECT_EQ(read("\xEF\xBB\xBF{\"type\":\"s\",\"log_id\":\"1\"}", chunk).ids, ids{"1"}) << chunk;
    EXPECT_EQ(read("[\xEF\xBB\xBF{\"type\":\"s\",\"log_id\":\"1\"}]", chunk).ids, ids{}) << chunk;
  }
}

TEST(log_reader, goes_on_after_a_fault_at_a_record_whose_line_begins_with_a_comma) {
  const std::string text = "[{\"type\":oops}\n,{\"type\":\"s\",\"log_id\":\"2\"}\n]";
  for (std::size_t chunk = 1; chunk < 40; ++chunk) EXPECT_EQ(read(text, chunk).ids, ids{"2"}) << chunk;
}

TEST(log_reader, names_the_line_that_it_cannot_read_and_goes_on) {
  const auto cut = read("{\"type\":\"s\",\"log_id\":\"1\"}\n{\"type\":\"s\",\"log_id\":\"2\n{\"type\":\"s\",\"log_id\":\"3\"}\n");
  EXPECT_EQ(cut.ids, (ids{"1", "3"}));
  ASSERT_EQ(cut.faults.size(), 1U);
  EXPECT_EQ(cut.faults[0].line, 2U);
  EXPECT_EQ(cut.faults[0].what, "expected the rest of the string");

  const auto last = read("{\"type\":\"s\",\"log_id\":\"1\"}\n\n{\"type\":\"s\"");
  ASSERT_EQ(last.faults.size(), 1U);
  EXPECT_EQ(last.faults[0].line, 3U);
  EXPECT_EQ(last.faults[0].what, "the record is cut off: expected `}`");

  EXPECT_EQ(read("type,date\ns,2026\nf,2026\n").faults.size(), 1U) << "one complaint for a file that is no JSON";
  EXPECT_EQ(read("{\"hello\":1}\n").faults[0].what, "expected a log record with a `type`");
  EXPECT_EQ(read("[{\"type\":\"s\",\"log_id\":\"1\"}\n").faults[0].what, "the array is never closed");
}

TEST(log_reader, resynchronises_inside_an_array_of_many_lines) {
  const auto broken = read(
      "[\n  {\n    \"type\": \"s\",\n    \"log_id\": oops\n  },\n  {\n    \"type\": \"s\",\n    \"log_id\": \"2\"\n  }\n]\n");
  EXPECT_EQ(broken.ids, ids{"2"});
  ASSERT_EQ(broken.faults.size(), 1U);
  EXPECT_EQ(broken.faults[0].line, 2U);
}

TEST(log_reader, reads_the_fields_of_both_published_shapes) {
  log_reader reader;
  std::string sdk, feature, name;
  reader.feed(R"({"type":"depnote","client_name":"Caf\u00e9","details":{"feature":{"id":"f","name":"n","extra":[1]},"path":"/"},)"
              R"("auth0_client":{"name":"node-auth0","version":"2.0.0","env":{"node":"20"}},"connection":null,"isMobile":false})",
              true,
              [&](const log_line& r) {
                sdk = std::string(r.sdk_name) + "@" + std::string(r.sdk_version);
                feature = std::string(r.feature_id) + r.feature_name.data()[0];
                name = r.get(field::client_name);
                EXPECT_TRUE(r.get(field::connection).empty());
              },
              [](log_fault f) { FAIL() << f.what; });
  EXPECT_EQ(sdk, "node-auth0@2.0.0");
  EXPECT_EQ(feature, "fn");
  EXPECT_EQ(name, "Café");
}

}  // namespace
