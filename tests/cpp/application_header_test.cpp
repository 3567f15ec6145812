#include <startgate/application_header.hpp>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace startgate;
using nlohmann::json;

// Every vector whose name contains `part`.
void expect_vectors(std::string_view part) {
  static const auto all = json::parse(std::ifstream(STARTGATE_SOURCE_DIR "/tests/vectors/client_ip.json"));
  int seen = 0;
  for (const auto& vector : all["application"]) {
    if (vector["name"].get<std::string>().find(part) == std::string::npos) continue;
    ++seen;
    std::vector<header> headers;
    for (const auto& h : vector["headers"])
      headers.push_back({h[0].get_ref<const std::string&>(), h[1].get_ref<const std::string&>()});
    const auto read = read_application_header(headers, vector["application_header"].get<std::string>());
    const char* const state = !read.present ? "absent" : read.address ? "usable" : "unusable";
    EXPECT_EQ(state, vector["expect"]["state"]) << vector.dump();
    EXPECT_EQ(read.address ? json(print_address(*read.address).view()) : json(), vector["expect"]["address"]) << vector.dump();
  }
  EXPECT_GT(seen, 0) << part;
}

TEST(application_header, answers_every_vector) { expect_vectors(""); }

TEST(application_header, ghsa_6384_m2mw_rf54_holds_one_address_or_none_is_believed) { expect_vectors("GHSA-6384-m2mw-rf54"); }

}  // namespace
