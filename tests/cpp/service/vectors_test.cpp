// The shared vectors of tests/vectors/decisions, decided by the service that Python and the HTTP demo use as well; their README says
// what the files hold. With STARTGATE_WRITE_DECISIONS set the golden decision lines are written instead of compared.
#include <startgate/service/service.hpp>

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <ostream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace {

using namespace startgate;
using ordered = nlohmann::ordered_json;
namespace fs = std::filesystem;

const fs::path directory = fs::path(STARTGATE_SOURCE_DIR) / "tests/vectors/decisions";
constexpr instant clock_of_tests = 1'795'514'400ULL * second;  // for lines without a time

std::string read(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::vector<std::string> names_of_sets() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(directory))
    if (entry.path().extension() == ".json") names.push_back(entry.path().stem().string());
  std::sort(names.begin(), names.end());
  return names;
}

struct vector_set {
  explicit vector_set(const std::string& name)
      : document(ordered::parse(read(directory / (name + ".json")))), golden_file(directory / (name + ".decisions.ndjson")) {
    const auto file = [&](const char* member) {
      const ordered& content = document.at(member);
      return config_file{std::string(member) + ".json", content.is_null() ? std::string() : content.dump()};
    };
    auto loaded = service::load({file("policy"), file("applications"), file("tenant"), file("keys")});
    if (!loaded) throw std::runtime_error(loaded.error());
    for (const ordered& c : document.at("cases"))
      decisions.push_back((*loaded)->decide_line(c.at("line").is_string() ? c.at("line").get<std::string>() : c.at("line").dump(),
                                                 clock_of_tests));
  }

  ordered document;
  fs::path golden_file;
  std::vector<std::string> decisions;  // in order, buckets kept
};

// The path of the first thing that `expected` says and `actual` does not; empty where there is none. An object may say less.
std::string difference(const ordered& expected, const ordered& actual, const std::string& path = "") {
  if (expected.is_object() && actual.is_object()) {
    for (const auto& [name, value] : expected.items()) {
      if (!actual.contains(name)) return path + "/" + name + ": missing";
      if (auto found = difference(value, actual.at(name), path + "/" + name); !found.empty()) return found;
    }
    return {};
  }
  if (expected.is_array() && actual.is_array() && expected.size() == actual.size()) {
    for (std::size_t i = 0; i < expected.size(); ++i)
      if (auto found = difference(expected[i], actual[i], path + "/" + std::to_string(i)); !found.empty()) return found;
    return {};
  }
  return expected == actual ? std::string() : path + ": expected " + expected.dump() + ", got " + actual.dump();
}

class vectors : public testing::TestWithParam<std::string> {};

TEST_P(vectors, are_decided_as_each_case_expects) {
  const vector_set set(GetParam());
  ASSERT_FALSE(set.decisions.empty());
  for (std::size_t i = 0; i < set.decisions.size(); ++i) {
    const ordered& c = set.document.at("cases")[i];
    EXPECT_EQ(difference(c.at("expect"), ordered::parse(set.decisions[i])), "") << c.at("name") << "\n  " << set.decisions[i];
  }
}

TEST_P(vectors, are_decided_byte_for_byte_as_written_down) {
  const vector_set set(GetParam());
  std::string all;
  for (const std::string& line : set.decisions) all += line + '\n';
  if (std::getenv("STARTGATE_WRITE_DECISIONS")) {
    std::ofstream(set.golden_file, std::ios::binary) << all;
    return;
  }
  std::istringstream golden(read(set.golden_file));
  std::string line;
  for (const std::string& decided : set.decisions) {
    ASSERT_TRUE(std::getline(golden, line)) << "no golden line for " << decided;
    EXPECT_EQ(decided, line);
  }
  EXPECT_FALSE(std::getline(golden, line)) << "one golden line too many: " << line;
}

INSTANTIATE_TEST_SUITE_P(decisions, vectors, testing::ValuesIn(names_of_sets()), [](const auto& p) { return p.param; });

// ---- nothing is left out -------------------------------------------------------------------------------------------------------------------

// What these vectors cannot reach, with the reason why.
const std::set<std::string> out_of_reach = {
    "authentication_busy",                   // needs slow checks at the same time; client_auth_test.cpp has it
    "assertion_replay_memory_full",          // needs thousands of assertions; assertion_test.cpp has it
    "assertion_replay_memory_out_of_reach",  // needs a shared store that is away; service/redis_shared_store_test.cpp has it
    "finding assertion_remembered_here_only",
    "attack_suspicious_ip",  // failed logins are told by whoever embeds the gate; attack_protection_test.cpp has them
    "attack_brute_force",
    "event limit_wc",
    "state_accepted_elsewhere",       // needs a callback of the server; login_state_test.cpp has it
    "state_not_issued_here",          // told as a finding
    "state_not_in_auth_params",       // told as a finding
    "limit_state_issue_per_address",  // opening a transaction is no start; charges_test.cpp has it
    "rotate_leaked_secret",
    "make_one_call",
    "gather_evidence",
    "tell_names_apart",
    "export_notices_too",
    "mend_log",
    "upgrade_sdk",                     // the plan's, over many calls
    "register_client_authentication",  // an export always leaves a confidential application some method; explain_test.cpp has it
};
std::set<std::string> every_code_decided() {
  std::set<std::string> seen;
  for (const std::string& name : names_of_sets())
    for (const std::string& line : vector_set(name).decisions) {
      const ordered d = ordered::parse(line);
      seen.insert(d.at("reason"));
      seen.insert(d.at("authentication").at("reason"));
      seen.insert(d.at("client_ip").at("reason"));
      for (const ordered& f : d.at("findings")) seen.insert("finding " + f.get<std::string>());
      for (const ordered& e : d.at("events")) seen.insert("event " + e.at("type").get<std::string>());
      if (d.at("fix").is_object()) seen.insert(d.at("fix").at("code"));
    }
  return seen;
}

TEST(vectors_together, have_every_reason_fix_finding_and_event) {
  const auto seen = every_code_decided();
  std::vector<std::string> wanted;
  for (const reason_row& r : reasons) wanted.emplace_back(r.name);
  for (const fix_row& f : fixes) wanted.emplace_back(f.name);
  for (const finding_row& f : finding_rows) wanted.push_back("finding " + std::string(f.name));
  for (int e = 0; e <= int(log::event::limit_wc); ++e) wanted.push_back("event " + std::string(log::name_of(log::event(e))));
  for (const std::string& code : wanted) {
    if (code == "none") continue;
    EXPECT_EQ(seen.contains(code), !out_of_reach.contains(code)) << code;
  }
}

}  // namespace
