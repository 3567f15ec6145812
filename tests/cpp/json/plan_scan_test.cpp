#include <gtest/gtest.h>

#include <startgate/json/plan_scan.hpp>
#include <startgate/log/plan_fold.hpp>
#include <startgate/store/sorted_spill.hpp>
#include <string>
#include <vector>

namespace {

using namespace startgate;

std::string record(std::string_view type, std::string_view date, std::string_view id, std::string_view rest) {
  return R"({"type":")" + std::string(type) + R"(","date":")" + std::string(date) + R"(","log_id":")" + std::string(id) + "\"," +
         std::string(rest) + "}\n";
}

constexpr std::string_view ours =
    R"("client_id":"app","client_name":"Shop","description":"Enforce client authentication for passwordless connections: x")";

struct scanned {
  json::plan_scan<store::sorted_spill<log::plan_event>> scan;
  std::vector<json::log_fault> faults;
  log::attribution whose;
  log::plan_fold fold;

  scanned(std::string_view text, std::size_t memory = 1000)
      : scan(store::sorted_spill<log::plan_event>(memory)),
        whose(read(text)),
        fold(whose, *quota::make(50, hour, 50), *quota::make(100, second, 100), scan.coverage()) {
    EXPECT_TRUE(scan.events().drain([&](const log::plan_event& e) { fold.add(e); }));
    fold.finish();
  }
  const log::evidence& app() const { return fold.rows()[0].trail.seen(); }

 private:
  log::attribution read(std::string_view text) {
    EXPECT_TRUE(scan.feed(text, true, [&](json::log_fault f) { faults.push_back(std::move(f)); }));
    return log::attribution({{"app", "Shop"}}, scan.subjects());
  }
};

TEST(plan_scan, keeps_sends_and_notices_of_this_feature_only) {
  const scanned s(
      record("cls", "2026-11-01T10:00:00.000Z", "1", R"("client_id":"app")") +
      record("depnote", "2026-11-02T10:00:00.000Z", "2", ours) +
      record("depnote", "2026-11-03T10:00:00.000Z", "3", R"("client_id":"app","description":"oauth/ro passwordless: This")") +
      record("s", "2026-11-04T10:00:00.000Z", "4", R"("client_id":"app")"));
  EXPECT_EQ(s.app().sends, 1U);
  EXPECT_EQ(s.app().notices, 1U);
  EXPECT_EQ(s.scan.coverage().records, 4U);
  EXPECT_EQ(s.scan.coverage().types.at("depnote"), 2U);
  EXPECT_EQ(s.scan.coverage().other_notices.at("oauth/ro passwordless"), 1U);
  EXPECT_EQ(print_instant(*s.scan.coverage().last).view(), "2026-11-04T10:00:00.000Z");
}

TEST(plan_scan, order_duplicates_and_memory_change_nothing) {
  std::string text, reversed;
  for (int day = 10; day < 25; ++day)
    for (int hour = 10; hour < 20; ++hour) {
      const auto when = "2026-11-" + std::to_string(day) + "T" + std::to_string(hour) + ":00:00.000Z";
      const auto id = std::to_string(day * 100 + hour);
      const auto line =
          day < 15 && hour == 10 ? record("depnote", when, id, ours) : record("cs", when, id, R"("client_id":"app")");
      text += line;
      reversed = line + reversed;
    }
  text += record("s", "2026-11-25T10:00:00.000Z", "login", R"("client_id":"app")");
  const scanned once(text);
  scanned twice(reversed + text, 7);
  EXPECT_EQ(twice.scan.events().duplicates(), 150U);
  EXPECT_EQ(once.app().sends, twice.app().sends);
  EXPECT_EQ(once.app().proved_sends, 108U) << "on the last day of notices the hour after the notice proves nothing";
  EXPECT_EQ(twice.app().proved_sends, 108U);
  EXPECT_EQ(twice.app().proved_days, 11U);
}

TEST(plan_scan, takes_a_duplicate_in_the_other_shape_for_the_same_record) {
  const auto plain = record("cls", "2026-11-01T10:00:00.000Z", "1", R"("client_id":"app")");
  const scanned s(plain + R"({"log_id":"1","data":)" + plain.substr(0, plain.size() - 1) + "}\n");
  EXPECT_EQ(s.app().sends, 1U);
}

TEST(plan_scan, the_first_hour_of_the_log_and_after_a_gap_proves_nothing) {
  std::string text = record("s", "2026-11-01T10:10:00.000Z", "first", R"("client_id":"app")") +
                     record("s", "2026-11-01T19:50:00.000Z", "last", R"("client_id":"app")");
  for (int h = 10; h < 20; ++h)
    for (int m = 10; m < 50 && (h < 12 || h > 15); ++m)
      text += record("cls", "2026-11-01T" + std::to_string(h) + ":" + std::to_string(m) + ":00.000Z", std::to_string(h * 100 + m),
                     R"("client_id":"app")");
  const scanned s(text);
  ASSERT_EQ(log::gaps_of(s.scan.coverage()).size(), 1U);
  EXPECT_EQ(s.app().sends, 240U);
  EXPECT_EQ(s.app().proved_sends, 39U + 120U) << "the first at 10:10, so 11:10 is still within the hour; the gap ends at 16:00";
}

TEST(plan_scan, reads_the_sdk_out_of_a_header_that_was_logged_as_it_came) {
  for (const char* header :
       {"eyJuYW1lIjoibm9kZS1hdXRoMCIsInZlcnNpb24iOiIyLjQ0LjEifQ", "eyJuYW1lIjoibm9kZS1hdXRoMCIsInZlcnNpb24iOiIyLjQ0LjEifQ=="}) {
    const scanned s(
        record("cls", "2026-11-01T10:00:00.000Z", "1", R"("client_id":"app","auth0_client":")" + std::string(header) + '"'));
    EXPECT_EQ(s.scan.sdks().text_of(s.fold.rows()[0].send_sdk), "node-auth0 2.44.1") << header;
  }
  for (const char* nonsense : {R"("***")", R"("")", "17", "null", R"("W10=")", R"("e30")", R"("eyJuYW1lIjo")"}) {
    const scanned s(
        record("cls", "2026-11-01T10:00:00.000Z", "1", R"("client_id":"app","auth0_client":)" + std::string(nonsense)));
    EXPECT_TRUE(s.faults.empty()) << nonsense;
    EXPECT_EQ(s.fold.rows()[0].send_sdk, 0U) << nonsense;
  }
}

TEST(plan_scan, says_which_record_has_no_date) {
  const scanned s(record("s", "2026-11-01T10:00:00.000Z", "1", R"("a":1)") + R"({"type":"cls","log_id":"2"})");
  ASSERT_EQ(s.faults.size(), 1U);
  EXPECT_EQ(s.faults[0].line, 2U);
}

TEST(plan_scan, sees_state_browsers_and_masked_fields) {
  const scanned s(
      record(
          "cls", "2026-11-01T10:00:00.000Z", "1",
          R"("client_id":"app","ip":"5f2a","user_name":"9e8d","user_agent":"Mozilla/5.0","details":{"body":{"authParams":{"scope":"a","state":"hKFo2SBhLXN0YXRlLW9mLWEtbG9naW4tdHJhbnNhY3Rpb24"}}})") +
      record(
          "cls", "2026-11-01T10:00:01.000Z", "2",
          R"("client_id":"app","ip":"2001:db8::1","user_name":"a@example.com","details":{"body":{"authParams":{"state":"invented.by.auth0.js~000000001.."}}})") +
      record("cls", "2026-11-01T10:00:02.000Z", "3", R"("client_id":"app","ip":"2001:db8::ffff")"));
  EXPECT_EQ(s.app().sends_with_login_state, 1U);
  EXPECT_EQ(s.app().sends_from_browsers, 1U);
  EXPECT_EQ(s.scan.coverage().masked_addresses, 1U);
  EXPECT_EQ(s.scan.coverage().masked_recipients, 1U);
  EXPECT_EQ(s.fold.rows()[0].addresses.size(), 2U) << "one IPv6 customer has a /64";
}

TEST(text_numbers, keep_so_many_texts_and_own_up_to_the_rest) {
  json::text_numbers texts{2};
  EXPECT_EQ(texts.number_of("a"), 1U);
  EXPECT_EQ(texts.number_of("b"), 2U);
  EXPECT_EQ(texts.number_of("a"), 1U);
  EXPECT_EQ(texts.number_of(""), 0U);
  EXPECT_FALSE(texts.overflowed());
  EXPECT_EQ(texts.number_of("c"), 0U);
  EXPECT_TRUE(texts.overflowed());
  EXPECT_EQ(texts.text_of(2), "b");
  EXPECT_EQ(texts.text_of(0), "");
}

TEST(plan_fold, rehearses_the_limit_per_address) {
  std::string text;
  for (int i = 0; i < 60; ++i)
    text += record("cls", "2026-11-01T10:" + std::string(i < 10 ? "0" : "") + std::to_string(i) + ":00.000Z", std::to_string(i),
                   R"("client_id":"app","ip":"203.0.113.9")");
  const scanned s(text + record("cls", "2026-11-01T10:59:59.000Z", "x", R"("client_id":"app","ip":"203.0.113.10")"));
  EXPECT_EQ(s.fold.addresses().at(1).peak, 60U);
  EXPECT_EQ(s.fold.addresses().at(1).refused, 0U) << "sixty in an hour, but 49 came back meanwhile";
  EXPECT_EQ(s.fold.tenant_limit().calls, 61U);
  EXPECT_EQ(s.fold.tenant_limit().peak, 1U);
}

}  // namespace
