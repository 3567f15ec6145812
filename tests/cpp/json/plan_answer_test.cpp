#include <startgate/json/plan_answer.hpp>
#include <startgate/store/sorted_spill.hpp>

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace startgate;
using events = store::sorted_spill<log::plan_event>;

nlohmann::ordered_json answer_of(std::string_view log, const std::vector<application>& exported, bool enforced = false) {
  json::plan_scan<events> scan{events(100)};
  EXPECT_TRUE(scan.feed(log, true, [](const json::log_fault& f) { ADD_FAILURE() << f.line << ": " << f.what; }));
  const json::plan_cases<events> cases(scan, exported, {.tenant_enforces = enforced});
  EXPECT_TRUE(cases.read_back());
  return json::plan_answer(cases);
}

application named(std::string client_id) {
  application a;
  a.client_id = std::move(client_id);
  a.name = "Shop";
  a.has_passwordless_grant = true;
  return a;
}

constexpr std::string_view noticed =
    R"({"type":"depnote","date":"2026-11-01T10:00:00.000Z","log_id":"1","client_id":"shop","ip":"203.0.113.9",
        "auth0_client":{"name":"Auth0.Net","version":"7.0.4"},"description":"Enforce client authentication for passwordless connections: x"})";

TEST(plan_answer, tells_of_an_application_what_it_is_what_was_seen_and_what_to_do) {
  const auto plan = answer_of(noticed, {named("shop")});
  ASSERT_EQ(plan["applications"].size(), 1U);
  const auto& shop = plan["applications"][0];
  EXPECT_EQ(shop["verdict"], "breaks");
  EXPECT_EQ(shop["reason"], "sdk_too_old");
  EXPECT_EQ(shop["fix"]["code"], "upgrade_sdk");
  EXPECT_EQ(shop["fix"]["first_version"], "7.0.5");
  EXPECT_EQ(shop["evidence"]["notice_sdk"]["version"], "7.0.4");
  EXPECT_EQ(shop["evidence"]["last_notice"], "2026-11-01T10:00:00.000Z");
  EXPECT_TRUE(shop["evidence"]["quiet_since"].is_null());
  EXPECT_EQ(shop["holds_back"], true);
  EXPECT_EQ(shop["may_be_enforced"], false);
  EXPECT_EQ(plan["window"]["last_notice"], "2026-11-01T10:00:00.000Z");
}

TEST(plan_answer, has_a_row_for_what_only_the_log_knows) {
  const auto plan = answer_of(noticed, {named("other")});
  ASSERT_EQ(plan["applications"].size(), 2U);
  EXPECT_EQ(plan["applications"][0]["reason"], "never_seen");
  EXPECT_EQ(plan["applications"][1]["client_id"], "shop");
  EXPECT_EQ(plan["applications"][1]["findings"], nlohmann::ordered_json{"not_in_export"});
}

TEST(plan_answer, of_a_tenant_that_enforces_nothing_changes) {
  EXPECT_EQ(answer_of("[]", {named("shop")}, true)["applications"][0]["reason"], "tenant_already_enforced");
}

TEST(plan_answer, names_the_callers_of_an_address_that_comes_near_the_limit) {
  std::string log;
  for (int i = 0; i < 45; ++i)
    log += R"({"type":"cls","client_id":"shop","ip":"203.0.113.9","date":"2026-11-01T10:00:)" + std::to_string(10 + i) +
           R"(.000Z","log_id":")" + std::to_string(i) + "\"}\n";
  const auto plan = answer_of(log, {named("shop"), named("other")});
  ASSERT_EQ(plan["limits"]["start_per_address"].size(), 1U);
  const auto& address = plan["limits"]["start_per_address"][0];
  EXPECT_EQ(address["peak"], 45);
  EXPECT_EQ(address["applications"], nlohmann::ordered_json{"Shop"});
  EXPECT_TRUE(address["first_refusal"].is_null());
  EXPECT_EQ(plan["limits"]["authentication_api"]["calls"], 45);
}

std::string record(std::string_view type, std::string_view date, std::string_view rest) {
  return R"({"type":")" + std::string(type) + R"(","date":"2026-11-)" + std::string(date) + R"(","log_id":")" +
         std::string(type) + std::string(date.substr(0, 8)) + "\"," + std::string(rest) + "}\n";
}

// A notice and five calls after it, in whichever columns an export had.
std::string tail_of(std::string_view of_notice, std::string_view of_send, std::string_view fraction = ".000Z") {
  std::string text = record("depnote", "01T12:30:00" + std::string(fraction), of_notice);
  for (int hour = 13; hour < 18; ++hour)
    text += record("cls", "01T" + std::to_string(hour) + ":00:00" + std::string(fraction), of_send);
  return text;
}

constexpr std::string_view whole =
    R"("client_id":"shop","ip":"203.0.113.9","description":"Enforce client authentication for passwordless connections: x")";

TEST(plan_answer, does_not_depend_on_which_of_two_shapes_of_a_record_was_read_first) {
  const std::string rich = tail_of(whole, R"("client_id":"shop","ip":"203.0.113.9")");
  const std::vector<application> exported{named("shop"), named("other")};
  const auto alone = answer_of(rich, exported)["applications"];
  ASSERT_EQ(alone[0]["verdict"], "breaks");
  for (const char* poor : {R"("client_name":"Shop")", R"("client_name":"Shop","description":"")", R"("ip":"203.0.113.9")"})
    for (const char* fraction : {".000Z", ".500Z", "Z"}) {
      const std::string copy = tail_of(poor, poor, fraction);
      EXPECT_EQ(answer_of(rich + copy, exported)["applications"], alone) << poor << fraction;
      EXPECT_EQ(answer_of(copy + rich, exported)["applications"], alone) << poor << fraction;
      EXPECT_EQ(answer_of(copy + rich + copy + rich, exported)["window"]["duplicates"], 18) << poor << fraction;
    }
}

TEST(plan_answer, puts_together_what_two_shapes_of_a_record_say) {
  const std::string one = tail_of(R"("client_id":"shop","ip":"203.0.113.9")", R"("client_id":"shop")");
  const std::string other = tail_of(whole.substr(whole.find("\"description")), R"("ip":"203.0.113.9")");
  const auto first = answer_of(one + other, {named("shop")}), second = answer_of(other + one, {named("shop")});
  EXPECT_EQ(first["applications"], second["applications"]);
  EXPECT_EQ(first["applications"][0]["verdict"], "breaks");
  EXPECT_EQ(first["applications"][0]["evidence"]["notices"], 1);
  EXPECT_EQ(first["applications"][0]["evidence"]["addresses"]["distinct"], 1);
}

// Logins and calls over four days: enough to be safe.
std::string proof() {
  std::string text;
  for (int day = 1; day < 5; ++day)
    for (int hour = 10; hour < 20; ++hour) {
      const std::string when = "0" + std::to_string(day) + "T" + std::to_string(hour) + ":00:00.000Z";
      text += record("s", when, R"("client_id":"shop")") + record("cls", when, R"("client_id":"shop")");
    }
  return text;
}

TEST(plan_answer, calls_nothing_safe_while_a_part_of_the_log_is_unread) {
  const auto shop = [](std::string_view text, bool damaged = false) {
    json::plan_scan<events> scan{events(100)};
    EXPECT_TRUE(scan.feed(text, true, [](const json::log_fault&) {}));
    if (damaged) scan.note_unread();
    return json::plan_answer(json::plan_cases<events>(scan, {named("shop")}, {}))["applications"][0];
  };
  const std::string notice = record("depnote", "05T10:00:00.000Z", whole);
  const auto at = notice.find("\"2026");
  const std::string unreadable = notice.substr(0, at) + "1700000000000" + notice.substr(notice.find(',', at));
  EXPECT_EQ(shop(proof())["verdict"], "safe");
  for (const std::string& rest : {unreadable, notice.substr(0, 60), std::string("oops\n")}) {
    EXPECT_EQ(shop(proof() + rest)["reason"], "partly_unread") << rest;
    EXPECT_EQ(shop(rest + proof())["verdict"], "cannot_tell") << rest;
    EXPECT_EQ(shop(proof() + rest)["holds_back"], true) << rest;
    EXPECT_EQ(shop(proof() + rest)["may_be_enforced"], false) << rest;
  }
  EXPECT_EQ(shop(proof(), true)["reason"], "partly_unread") << "a damaged archive";
}

TEST(plan_answer, a_login_elsewhere_does_not_make_a_filtered_log_speak) {
  std::string sends;
  for (int day = 10; day < 20; ++day)
    for (int hour = 10; hour < 13; ++hour)
      sends += record("cls", std::to_string(day) + "T" + std::to_string(hour) + ":00:00.000Z", R"("client_id":"shop")");
  const std::string before = record("s", "02T10:00:00.000Z", R"("client_id":"shop")");
  const std::string after = record("s", "28T10:00:00.000Z", R"("client_id":"shop")");
  const auto shop = [&](std::string_view text) { return answer_of(text, {named("shop")})["applications"][0]; };
  EXPECT_EQ(shop(before + sends + after)["verdict"], "safe");
  for (const std::string& text : {sends, before + sends, sends + after}) {
    EXPECT_EQ(shop(text)["reason"], "notices_left_out");
    EXPECT_EQ(shop(text)["evidence"]["proved_sends"], 0);
    EXPECT_EQ(shop(text)["evidence"]["quiet_sends"], 0);
  }
  EXPECT_EQ(shop(record("depnote", "01T10:00:00.000Z", whole) + before + sends)["verdict"], "breaks") << "nothing heard since";
}

}  // namespace
