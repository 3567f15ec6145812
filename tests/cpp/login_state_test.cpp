#include <startgate/login_state.hpp>

#include <startgate/openssl/verifier.hpp>

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace {

using namespace startgate;
using enum reason;

constexpr instant now = 1'795'514'400ULL * second;

class login_state : public testing::Test {
 protected:
  login_state() {
    keys = {{"2026-11", v.make_mac_key("not-a-real-key-for-tests-number-one")},
            {"2026-10", v.make_mac_key("not-a-real-key-for-tests-number-two")}};
    policy.issuer = "https://acme.example/";
    policy.allowed_origins = origins;
  }

  std::string issue(instant at = now, std::string_view client = "app", std::string_view issuer = "https://acme.example/",
                    std::string_view browser = "cookie-of-this-browser") {
    const auto text = issue_state(keys, issuer, client, browser, transaction, at, v);
    return text ? std::string(text->view()) : "";
  }
  reason check(std::string_view state, std::string_view client = "app", std::vector<header> headers = {}, instant at = now) {
    return check_state(keys, policy, state, client, headers, at, v).why;
  }

  openssl::verifier v;
  state_keys keys;
  login_state_policy policy;
  transaction_id transaction{1, 2, 3};
  std::array<std::string, 2> origins{"https://acme.example", "https://login.acme.example"};
};

TEST_F(login_state, what_was_issued_is_valid_and_names_its_transaction) {
  const auto answer = check_state(keys, policy, issue(), "app", {}, now, v);
  EXPECT_EQ(answer.why, state_valid);
  EXPECT_TRUE(answer.proved());
  EXPECT_EQ(answer.transaction, transaction);
  EXPECT_EQ(answer.issued_at, now);
}

TEST_F(login_state, rfc6749_a_5_fits_into_json_and_urls_without_escapes) {
  const auto text = issue();
  EXPECT_EQ(text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."), std::string::npos);
  EXPECT_LE(text.size(), 192U);
}

TEST_F(login_state, a_state_that_is_not_ours_is_no_fault) {
  for (const char* text : {"", "x", "hKFo2SA1c3RhdGUtb2YtYXV0aDA", "SGS1.a.b.c", "sgs1", "sgs2.2026-11.x.y"}) {
    const auto answer = check_state(keys, policy, text, "app", {}, now, v);
    EXPECT_EQ(answer.why, state_not_issued_here) << text;
    EXPECT_TRUE(answer.foreign());
    EXPECT_FALSE(answer.proved());
  }
}

TEST_F(login_state, an_identity_provider_may_vouch_for_states_of_its_own) {
  const auto accepts = [](void* context, std::string_view state, std::string_view client, header_list) noexcept {
    return state == *static_cast<std::string*>(context) && client == "app";
  };
  std::string theirs = "opaque-1";
  const opaque_states elsewhere{accepts, &theirs};
  const auto yes = check_state(keys, policy, "opaque-1", "app", {}, now, v, elsewhere);
  EXPECT_EQ(yes.why, state_accepted_elsewhere);
  EXPECT_TRUE(yes.proved());
  EXPECT_NE(yes.transaction, transaction_id{});
  EXPECT_EQ(check_state(keys, policy, "opaque-2", "app", {}, now, v, elsewhere).why, state_not_issued_here);
  EXPECT_EQ(check_state(keys, policy, "opaque-1", "other", {}, now, v, elsewhere).why, state_not_issued_here);
  // What looks like ours is never theirs to accept.
  theirs = issue() + "x";
  EXPECT_EQ(check_state(keys, policy, theirs, "app", {}, now, v, elsewhere).why, state_signature_wrong);
}

TEST_F(login_state, a_state_that_is_vouched_for_elsewhere_keeps_the_rules_of_the_page_it_comes_from) {
  const auto of_its_browser = [](void*, std::string_view, std::string_view, header_list headers) noexcept {
    const single_header cookie = find_single(headers, "cookie");
    return cookie.found != nullptr && cookie.found->value == "theirs=1";
  };
  const opaque_states elsewhere{of_its_browser};
  const auto from = [&](std::vector<header> headers) {
    return check_state(keys, policy, "opaque-1", "app", headers, now, v, elsewhere).why;
  };
  EXPECT_EQ(from({{"cookie", "theirs=1"}}), state_accepted_elsewhere);
  EXPECT_EQ(from({{"cookie", "theirs=2"}}), state_not_issued_here);
  EXPECT_EQ(from({{"cookie", "theirs=1"}, {"origin", "https://evil.example"}}), state_other_origin);
}

TEST_F(login_state, every_changed_character_breaks_it) {
  const auto good = issue();
  for (std::size_t i = 0; i < good.size(); ++i) {
    auto bad = good;
    bad[i] = bad[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(check_state(keys, policy, bad, "app", {}, now, v).proved()) << i;
  }
  for (std::size_t size = 0; size < good.size(); ++size)
    EXPECT_FALSE(check_state(keys, policy, good.substr(0, size), "app", {}, now, v).proved());
  EXPECT_EQ(check(good + "A"), state_signature_wrong);
  EXPECT_EQ(check(good + "."), state_signature_wrong);
}

TEST_F(login_state, keys_rotate_by_id) {
  const auto old = issue();
  keys.insert(keys.begin(), {"2026-12", v.make_mac_key("not-a-real-key-for-tests-number-three")});
  EXPECT_EQ(check(old), state_valid);
  EXPECT_TRUE(issue().starts_with("sgs1.2026-12."));
  keys.erase(keys.begin() + 1);
  EXPECT_EQ(check(old), state_key_unknown);
}

TEST_F(login_state, one_key_does_not_vouch_under_the_id_of_another) {
  auto text = issue();
  text.replace(text.find("2026-11"), 7, "2026-10");
  EXPECT_EQ(check(text), state_signature_wrong);
}

TEST_F(login_state, cve_2023_31999_an_expired_state_is_refused) {
  const auto text = issue();
  EXPECT_EQ(check(text, "app", {}, now + hour), state_valid);
  EXPECT_EQ(check(text, "app", {}, now + hour + 1), state_expired);
}

TEST_F(login_state, forgives_a_clock_that_is_ten_seconds_behind) {
  const auto text = issue(now + state_clock_skew);
  EXPECT_EQ(check(text), state_valid);
  EXPECT_EQ(check(issue(now + state_clock_skew + 1)), state_not_yet_valid);
}

TEST_F(login_state, cve_2023_2585_refuses_a_state_issued_for_another_application) {
  EXPECT_EQ(check(issue(now, "other")), state_other_application);
}

TEST_F(login_state, cve_2023_31999_refuses_a_state_issued_by_another_tenant) {
  EXPECT_EQ(check(issue(now, "app", "https://other.example/")), state_other_tenant);
}

TEST_F(login_state, cve_2023_31999_two_transactions_have_two_states) {
  const auto first = issue();
  transaction[15] = 1;
  EXPECT_NE(issue(), first);
}

TEST_F(login_state, cve_2025_68481_rfc6749_10_12_rfc9700_4_7_refuses_a_state_of_another_browser) {
  EXPECT_EQ(check(issue(), "app", {{"Cookie", "startgate_transaction=cookie-of-this-browser"}}), state_valid);
  EXPECT_EQ(check(issue(), "app", {{"Cookie", "startgate_transaction=cookie-of-another"}}), state_other_browser);
}

TEST_F(login_state, finds_its_cookie_among_others) {
  EXPECT_EQ(check(issue(), "app", {{"cookie", "a=1; startgate_transaction=\"cookie-of-this-browser\" ; b=2"}}), state_valid);
  EXPECT_EQ(check(issue(), "app", {{"cookie", "a=1"}, {"cookie", "startgate_transaction=cookie-of-this-browser"}}), state_valid);
  EXPECT_EQ(check(issue(), "app", {{"cookie", "startgate_transaction=x; startgate_transaction=cookie-of-this-browser"}}),
            state_valid);
  EXPECT_EQ(check(issue(), "app", {{"cookie", "a=1; xstartgate_transaction=x; startgate_transaction; startgate_transaction="}}),
            state_valid);
  std::string many;
  for (int i = 0; i < 9; ++i) many += "startgate_transaction=x;";
  EXPECT_EQ(check(issue(), "app", {{"cookie", many + "startgate_transaction=cookie-of-this-browser"}}), state_other_browser);
}

TEST_F(login_state, the_cookie_may_be_required) {
  policy.cookie = cookie_rule::required;
  EXPECT_EQ(check(issue()), state_cookie_missing);
  EXPECT_EQ(check(issue(), "app", {{"Cookie", "startgate_transaction=cookie-of-this-browser"}}), state_valid);
}

TEST_F(login_state, refuses_the_page_of_another_origin) {
  EXPECT_EQ(check(issue(), "app", {{"Origin", "https://login.acme.example"}}), state_valid);
  for (const char* origin :
       {"https://evil.example", "null", "", "https://acme.example.evil.example", "http://acme.example", "https://acme.example/"})
    EXPECT_EQ(check(issue(), "app", {{"Origin", origin}}), state_other_origin) << origin;
  EXPECT_EQ(check(issue(), "app", {{"Origin", "https://acme.example"}, {"Origin", "https://acme.example"}}), state_other_origin);
}

TEST_F(login_state, checks_in_a_fixed_order) {
  const std::vector<header> elsewhere{{"Cookie", "startgate_transaction=x"}, {"Origin", "https://evil.example"}};
  const auto text = issue(now, "app", "https://other.example/");
  EXPECT_EQ(check(text, "other", elsewhere, now + 2 * hour), state_other_tenant);
  EXPECT_EQ(check(issue(), "other", elsewhere, now + 2 * hour), state_other_application);
  EXPECT_EQ(check(issue(), "app", elsewhere, now + 2 * hour), state_expired);
  EXPECT_EQ(check(issue(), "app", elsewhere), state_other_browser);
}

TEST_F(login_state, is_not_issued_without_a_key_a_cookie_or_a_writable_key_id) {
  EXPECT_EQ(issue(now, "app", "https://acme.example/", ""), "");
  keys.front().kid = "has.dot";
  EXPECT_EQ(issue(), "");
  keys.clear();
  EXPECT_EQ(issue(), "");
}

TEST_F(login_state, everyday_failures_are_told_from_misuse) {
  for (const reason everyday :
       {state_expired, state_not_issued_here, state_key_unknown, state_cookie_missing, state_not_yet_valid})
    EXPECT_FALSE(is_state_misuse(everyday));
  for (const reason misuse :
       {state_signature_wrong, state_other_application, state_other_tenant, state_other_browser, state_other_origin})
    EXPECT_TRUE(is_state_misuse(misuse));
}

TEST_F(login_state, a_key_that_could_not_be_made_is_none) {
  const std::string signed_before = issue();
  keys.front().key = v.make_mac_key("too short");
  ASSERT_EQ(keys.front().key, nullptr);
  EXPECT_EQ(issue(), "");
  EXPECT_EQ(check(signed_before), state_key_unknown);
}

}  // namespace
