#pragma once

#include <startgate/json/document.hpp>

#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

namespace startgate::test {

inline std::string read_file(const std::string& path_below_tests_data) {
  const std::string path = std::string(STARTGATE_SOURCE_DIR "/tests/data/") + path_below_tests_data;
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline json::node read_json(const std::string& path_below_tests_data) {
  auto parsed = json::parse(read_file(path_below_tests_data));
  if (!parsed) throw std::runtime_error("not JSON: " + path_below_tests_data);
  return *std::move(parsed);
}

}  // namespace startgate::test
