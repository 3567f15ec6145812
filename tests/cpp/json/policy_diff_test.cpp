#include <startgate/json/policy_diff.hpp>

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace {

using namespace startgate;
using json::diff_verdicts;

TEST(policy_diff, same_policy_empty_diff) { EXPECT_TRUE(diff_verdicts({}, {}).empty()); }

TEST(policy_diff, enforcing_flips_every_call_without_a_valid_proof_and_nothing_else) {
  policy notice, enforced;
  enforced.enforcement.mode = mode::enforce;
  int combinations = 0;
  std::set<std::string> causes;
  for (const auto& group : diff_verdicts(notice, enforced)) {
    EXPECT_EQ(group["before"]["outcome"], "notice");
    EXPECT_EQ(group["after"]["outcome"], "deny");
    EXPECT_NE(group["example"]["application"], "public");
    EXPECT_TRUE(causes.insert(group["cause"].get<std::string>()).second);
    combinations += group["combinations"].get<int>();
  }
  // For every header and switch: of a confidential application absent and the three refused proofs, of none the refused ones.
  EXPECT_EQ(combinations, (4 + 3) * 3 * 3);
  EXPECT_EQ(causes, (std::set<std::string>{"credential_refused", "methods_refused", "proof_missing", "state_refused"}));
}

TEST(policy_diff, a_required_switch_changes_whose_word_about_addresses_counts) {
  policy before, after;
  after.client_address.requires_switch = true;
  const auto groups = diff_verdicts(before, after);
  ASSERT_EQ(groups.size(), 1U);
  EXPECT_EQ(groups[0]["before"]["address"], "application_header");
  EXPECT_EQ(groups[0]["after"]["address"], "transport");
  EXPECT_EQ(groups[0]["combinations"], 1);
  EXPECT_EQ(groups[0]["example"]["trust_switch"], "not_stated");
}

TEST(policy_diff, lists_every_member_that_differs_outside_the_facts) {
  const auto members = json::diff_members("", R"({"enforcement": {"mode": "enforce"},
      "limits": {"start_per_address": {"count": 10, "period_s": 3600}}})");
  ASSERT_EQ(members.size(), 2U) << "the mode is within the facts";
  EXPECT_EQ(members[0]["member"], "limits.start_per_address.burst");
  EXPECT_EQ(members[0]["after"], 10);
  EXPECT_EQ(members[1]["member"], "limits.start_per_address.count");
  EXPECT_EQ(members[1]["before"], 50);
}

TEST(policy_diff, a_file_that_states_what_its_profile_says_differs_in_no_member) {
  for (const auto profile : {json::auth0_profile, json::hardened_profile}) {
    const std::string name = profile == json::auth0_profile ? R"({"profile": "auth0"})" : R"({"profile": "hardened"})";
    EXPECT_EQ(json::diff_members(name, profile), nlohmann::ordered_json::array()) << name;
  }
}

}  // namespace
