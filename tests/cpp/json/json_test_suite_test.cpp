// JSONTestSuite: y_ files must be read, n_ files must be refused, i_ files may go either way but must not harm.
#include <startgate/json/document.hpp>

#include "support/data_file.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>

namespace {

using namespace startgate;

// Where we are stricter than RFC 8259 demands, on purpose.
const std::map<std::string, std::string> exceptions{
    {"y_object_duplicated_key.json",
     "section 4: names SHOULD be unique; two readers could understand two requests, so we refuse"},
    {"y_object_duplicated_key_and_value.json", "the same"},
};

TEST(json_test_suite, every_file_is_read_or_refused_as_it_must_be) {
  std::size_t must_read = 0, must_refuse = 0, either = 0, excepted = 0;
  for (const auto& entry : std::filesystem::directory_iterator(STARTGATE_SOURCE_DIR "/tests/data/json_test_suite")) {
    const std::string name = entry.path().filename();
    if (!name.ends_with(".json")) continue;
    const bool read = json::parse(test::read_file("json_test_suite/" + name)).has_value();
    const bool excuse = exceptions.contains(name);
    excepted += excuse;
    must_read += name.starts_with("y_");
    must_refuse += name.starts_with("n_");
    either += name.starts_with("i_");
    if (name.starts_with("y_")) {
      EXPECT_EQ(read, !excuse) << name;
    }
    if (name.starts_with("n_")) {
      EXPECT_FALSE(read) << name;
    }
  }
  EXPECT_EQ(must_read, 95U);
  EXPECT_EQ(must_refuse, 188U);
  EXPECT_EQ(either, 35U);
  EXPECT_EQ(excepted, exceptions.size());
}

}  // namespace
