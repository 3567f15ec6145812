#include <startgate/client_auth.hpp>

#include <startgate/json/assertion.hpp>
#include <startgate/openssl/keys.hpp>

#include "support/base64.hpp"
#include "support/counting_verifier.hpp"
#include "support/fake_replay_memory.hpp"
#include "support/signer.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace {

using namespace startgate;
using enum authentication_result;
using enum client_auth_method;

constexpr instant now = 1'795'514'400ULL * second;
constexpr std::string_view right_secret = "not-a-real-secret-for-tests";

secret hashed(std::string_view text, std::optional<instant> deadline = std::nullopt) {
  return {*openssl::sha256(text), deadline};
}

application web_application() {
  application app;
  app.client_id = "app";
  app.methods.add(client_secret_post);
  app.secrets.push_back(hashed(right_secret));
  return app;
}

struct with_basic {
  explicit with_basic(std::string_view pair)
      : value("Basic " + test::base64(pair)), lines{header{"Authorization", value}}, basic(lines) {}
  std::string value;
  std::array<header, 1> lines;
  basic_credentials basic;
  credentials sent(std::string_view client_id = {}) const { return {.client_id = client_id, .basic = &basic}; }
};

class client_auth : public testing::Test {
 protected:
  authentication decide(const application* who, const credentials& sent) {
    return authenticate(who, sent, policy, now, v, memory);
  }

  application app = web_application();
  client_auth_policy policy;
  test::counting_verifier v;
  test::fake_replay_memory memory;
};

TEST_F(client_auth, a_right_secret_in_the_body_proves_the_application) {
  const auto a = decide(&app, {.client_id = "app", .client_secret = right_secret});
  EXPECT_EQ(a.result, proved);
  EXPECT_EQ(a.method, client_secret_post);
  EXPECT_EQ(a.why, reason::authentication_secret_matched);
  EXPECT_FALSE(a.used_header);
}

TEST_F(client_auth, a_wrong_secret_is_refused) {
  for (const char* wrong : {"not-a-real-secret-for-test", "not-a-real-secret-for-tests ", "NOT-A-REAL-SECRET-FOR-TESTS", "x"}) {
    const auto a = decide(&app, {.client_id = "app", .client_secret = wrong});
    EXPECT_EQ(a.result, refused);
    EXPECT_EQ(a.why, reason::authentication_secret_wrong);
  }
}

TEST_F(client_auth, nothing_sent_is_absent_not_refused) {
  const auto a = decide(&app, {.client_id = "app"});
  EXPECT_EQ(a.result, absent);
  EXPECT_EQ(a.method, std::nullopt);
  EXPECT_EQ(a.why, reason::authentication_missing);
}

// RFC 6749 section 3.2: a value that is empty counts as omitted; a type without an assertion is no credential either.
TEST_F(client_auth, rfc6749_3_2_empty_values_are_omitted) {
  const auto a = decide(&app, {.client_id = "app", .client_secret = "", .client_assertion_type = jwt_bearer_assertion});
  EXPECT_EQ(a.result, absent);
}

TEST_F(client_auth, unobserved_is_not_absent) {
  const auto a = decide(nullptr, {.body_observed = false});
  EXPECT_EQ(a.result, unobserved);
  EXPECT_EQ(a.why, reason::authentication_unobserved);
}

TEST_F(client_auth, a_header_proves_although_the_body_was_not_observed) {
  const with_basic b("app:not-a-real-secret-for-tests");
  auto sent = b.sent();
  sent.body_observed = false;
  EXPECT_EQ(named_client_id(sent), "app");
  EXPECT_EQ(decide(&app, sent).result, proved);
}

TEST_F(client_auth, the_older_secret_is_reported_until_its_deadline) {
  app.secrets = {hashed("the-new-one"), hashed(right_secret, now + 1)};
  const credentials sent{.client_id = "app", .client_secret = right_secret};
  EXPECT_EQ(decide(&app, sent).why, reason::authentication_previous_secret_matched);
  EXPECT_EQ(decide(&app, {.client_id = "app", .client_secret = "the-new-one"}).why, reason::authentication_secret_matched);
  app.secrets[1] = hashed(right_secret, now);
  EXPECT_EQ(decide(&app, sent).result, refused);
  EXPECT_EQ(decide(&app, sent).why, reason::authentication_secret_expired);
}

TEST_F(client_auth, a_secret_that_is_in_force_counts_beside_an_expired_equal_one) {
  const credentials sent{.client_id = "app", .client_secret = right_secret};
  app.secrets = {hashed(right_secret), hashed(right_secret, now)};
  EXPECT_EQ(decide(&app, sent).why, reason::authentication_secret_matched);
  app.secrets = {hashed(right_secret, now), hashed(right_secret)};  // the second is the one on its way out
  EXPECT_EQ(decide(&app, sent).why, reason::authentication_previous_secret_matched);
}

TEST_F(client_auth, tells_an_application_without_a_known_secret_from_a_wrong_one) {
  app.secrets.clear();
  const auto a = decide(&app, {.client_id = "app", .client_secret = right_secret});
  EXPECT_EQ(a.result, refused);
  EXPECT_EQ(a.why, reason::authentication_secret_not_known);
}

TEST_F(client_auth, a_public_application_needs_and_gets_no_proof) {
  app.kind = application_kind::public_client;
  app.methods = {};
  for (const char* text : {"", "x", right_secret.data()}) {
    const auto a = decide(&app, {.client_id = "app", .client_secret = text});
    EXPECT_EQ(a.result, not_required);
    EXPECT_EQ(a.why, reason::authentication_not_required);
    EXPECT_EQ(a.secret_seen, *text != '\0');
  }
  EXPECT_EQ(v.count, test::tally{});
}

TEST_F(client_auth, rfc6749_2_3_1_basic_proves_an_application_registered_for_the_body) {
  const with_basic b("app:not-a-real-secret-for-tests");
  const auto a = decide(&app, b.sent());
  EXPECT_EQ(a.result, proved);
  EXPECT_EQ(a.method, client_secret_basic);
  EXPECT_TRUE(a.used_header);
}

TEST_F(client_auth, rfc6749_2_3_strict_method_takes_only_the_registered_way) {
  policy.strict_method = true;
  const with_basic b("app:not-a-real-secret-for-tests");
  EXPECT_EQ(decide(&app, b.sent()).why, reason::authentication_method_not_registered);
  EXPECT_EQ(decide(&app, {.client_id = "app", .client_secret = right_secret}).result, proved);
}

TEST_F(client_auth, rfc6749_2_3_2_a_secret_no_longer_counts_where_a_key_is_registered) {
  app.methods = client_auth_methods{}.add(private_key_jwt);
  const auto a = decide(&app, {.client_id = "app", .client_secret = right_secret});
  EXPECT_EQ(a.result, refused);
  EXPECT_EQ(a.why, reason::authentication_method_not_registered);
}

TEST_F(client_auth, rfc6749_appendix_b_tolerant_basic_reads_a_secret_in_either_encoding) {
  app.secrets = {hashed("a+b%2B")};
  const with_basic undecoded("app:a+b%2B"), encoded("app:a%2Bb%252B");
  EXPECT_EQ(decide(&app, undecoded.sent()).result, proved);
  EXPECT_EQ(decide(&app, encoded.sent()).result, proved);
  policy.basic = basic_form::strict;
  EXPECT_EQ(decide(&app, undecoded.sent()).why, reason::authentication_secret_wrong);
  EXPECT_EQ(decide(&app, encoded.sent()).result, proved);
}

TEST_F(client_auth, rfc6749_appendix_b_strict_basic_names_a_broken_encoding) {
  app.secrets = {hashed("100%")};
  const with_basic b("app:100%");
  EXPECT_EQ(decide(&app, b.sent("app")).result, proved);
  policy.basic = basic_form::strict;
  EXPECT_EQ(decide(&app, b.sent("app")).why, reason::authentication_basic_malformed);
}

TEST_F(client_auth, rfc6749_5_2_remembers_that_the_header_was_used_also_where_it_is_malformed) {
  const std::array lines{header{"Authorization", "Basic !"}};
  const basic_credentials basic(lines);
  const auto a = decide(&app, {.client_id = "app", .basic = &basic});
  EXPECT_EQ(a.result, refused);
  EXPECT_EQ(a.why, reason::authentication_basic_malformed);
  EXPECT_TRUE(a.used_header);
}

TEST_F(client_auth, refuses_a_basic_user_other_than_the_body_names) {
  const with_basic b("other:not-a-real-secret-for-tests");
  const auto a = decide(&app, b.sent("app"));
  EXPECT_EQ(a.result, refused);
  EXPECT_EQ(a.why, reason::authentication_client_id_mismatch);
}

TEST_F(client_auth, rfc7521_4_2_refuses_an_assertion_of_another_client_than_the_body_names) {
  client_assertion assertion;
  assertion.subject = assertion.issuer = "other";
  const auto a = decide(&app, {.client_id = "app", .client_assertion_type = jwt_bearer_assertion, .assertion = &assertion});
  EXPECT_EQ(a.why, reason::authentication_client_id_mismatch);
  EXPECT_EQ(memory.calls, 0);
}

TEST_F(client_auth, names_the_application_from_the_body_then_basic_then_the_assertion) {
  const with_basic b("by%2Dbasic:x");
  client_assertion assertion;
  assertion.subject = "by-assertion";
  EXPECT_EQ(named_client_id({.client_id = "by-body", .basic = &b.basic, .assertion = &assertion}), "by-body");
  EXPECT_EQ(named_client_id({.basic = &b.basic, .assertion = &assertion}), "by-basic");
  EXPECT_EQ(named_client_id({.assertion = &assertion}), "by-assertion");
  EXPECT_EQ(named_client_id({}), "");
}

TEST_F(client_auth, rfc6749_2_3_two_credentials_are_reported_and_the_header_outranks_the_body) {
  const with_basic wrong("app:wrong");
  auto sent = wrong.sent("app");
  sent.client_secret = right_secret;
  const auto a = decide(&app, sent);
  EXPECT_TRUE(a.two_methods_seen);
  EXPECT_EQ(a.method, client_secret_basic);
  EXPECT_EQ(a.result, refused);
}

TEST_F(client_auth, rfc6749_2_3_two_credentials_are_refused_where_the_policy_says_so) {
  policy.two_methods = two_methods_rule::refuse;
  const with_basic b("app:not-a-real-secret-for-tests");
  auto sent = b.sent("app");
  sent.client_secret = right_secret;
  const auto a = decide(&app, sent);
  EXPECT_EQ(a.result, refused);
  EXPECT_EQ(a.why, reason::authentication_two_methods);
  EXPECT_TRUE(a.two_methods_seen);
}

TEST_F(client_auth, an_assertion_wins_over_a_secret_also_where_it_fails) {
  client_assertion assertion;
  assertion.fault = reason::assertion_malformed;
  const auto a = decide(&app, {.client_id = "app",
                               .client_secret = right_secret,
                               .client_assertion_type = jwt_bearer_assertion,
                               .assertion = &assertion});
  EXPECT_EQ(a.result, refused);
  EXPECT_TRUE(a.two_methods_seen);
}

TEST_F(client_auth, a_certificate_is_no_second_credential_of_an_application_that_registered_none) {
  policy.two_methods = two_methods_rule::refuse;
  const auto a = decide(&app, {.client_id = "app", .client_secret = right_secret, .certificate = "not even PEM"});
  EXPECT_EQ(a.result, proved);
  EXPECT_FALSE(a.two_methods_seen);
}

// Law 11. Registry lookup excluded; what is counted is what the rule asks of the library.
TEST_F(client_auth, ghsa_w6m9_39cv_2fwp_cve_2026_23996_unknown_wrong_and_expired_cost_the_same) {
  const auto work = [&](const application* who, const credentials& sent) {
    v.count = {};
    const auto a = decide(who, sent);
    EXPECT_EQ(a.result, refused);
    return v.count;
  };
  const with_basic plain("app:wrong"), encoded("app:wr%6Fng");
  application expired = app, two = app, none = app, keys_only = app;
  expired.secrets = {hashed("wrong", now)};
  two.secrets = {hashed("a"), hashed("b", now + 1)};
  none.secrets.clear();
  keys_only.methods = client_auth_methods{}.add(private_key_jwt);
  const credentials in_body{.client_id = "app", .client_secret = "wrong"};
  for (const credentials& sent : {in_body, plain.sent(), encoded.sent()}) {
    const auto unknown = work(nullptr, sent);
    EXPECT_GT(unknown.digests, 0);
    EXPECT_GT(unknown.compares, 0);
    for (const application* known : {&app, &expired, &two, &none, &keys_only}) EXPECT_EQ(work(known, sent), unknown);
  }
}

// However near a guess comes: what is compared is all of a digest, never a text.
TEST_F(client_auth, ghsa_92vm_wfm5_mxvv_cve_2024_52307_where_a_digest_first_differs_costs_nothing_less) {
  const digest256 right = *openssl::sha256(right_secret);
  const credentials sent{.client_id = "app", .client_secret = right_secret};
  app.secrets = {secret(digest256{})};
  v.count = {};
  EXPECT_EQ(decide(&app, sent).result, refused);
  const auto nothing_alike = v.count;
  EXPECT_EQ(nothing_alike, (test::tally{.digests = 1, .compares = 2}));
  for (std::size_t at = 0; at < right.size(); ++at) {
    digest256 near = right;
    near[at] ^= 1;
    app.secrets = {secret(near)};
    v.count = {};
    EXPECT_EQ(decide(&app, sent).result, refused) << at;
    EXPECT_EQ(v.count, nothing_alike) << at;
  }
}

TEST_F(client_auth, cve_2026_23996_unknown_wrong_and_expired_cost_the_same_also_with_slow_secrets) {
  derivation how{.form = secret_form::pbkdf2, .cost = 1'000, .salt_size = 8};
  application slow = app, both = app, expired = app;
  const auto derived = [&](std::string_view text, std::optional<instant> deadline = std::nullopt) {
    return secret(*openssl::derive(how, text), how, deadline);
  };
  slow.secrets = {derived(right_secret)};
  both.secrets = {derived("a"), derived("b")};
  expired.secrets = {derived("wrong", now)};
  for (const application* known : {&app, &slow, &both, &expired}) policy.decoys.cover(known->secrets);
  const credentials sent{.client_id = "app", .client_secret = "wrong"};
  decide(nullptr, sent);
  const auto unknown = v.count;
  EXPECT_EQ(unknown.derivations, 2);
  for (const application* known : {&app, &slow, &both, &expired}) {
    v.count = {};
    EXPECT_EQ(decide(known, sent).result, refused);
    EXPECT_EQ(v.count, unknown);
  }
  EXPECT_EQ(decide(&slow, {.client_id = "app", .client_secret = right_secret}).why, reason::authentication_secret_matched);
}

TEST_F(client_auth, cve_2026_23996_unknown_and_wrong_cost_the_same_also_where_slow_secrets_differ_in_cost) {
  application cheap = app, dear = app, mixed = app;
  const auto derived = [&](std::uint32_t cost) {
    const derivation how{.form = secret_form::pbkdf2, .cost = cost, .salt_size = 8};
    return secret(*openssl::derive(how, right_secret), how);
  };
  cheap.secrets = {derived(1'000)};
  dear.secrets = {derived(4'000)};
  mixed.secrets = {derived(4'000), derived(1'000)};
  for (const application* known : {&cheap, &dear, &mixed}) policy.decoys.cover(known->secrets);
  const auto work = [&](const application* who) {
    v.count = {};
    EXPECT_EQ(decide(who, {.client_id = "app", .client_secret = "wrong"}).result, refused);
    return v.count;
  };
  const auto unknown = work(nullptr);
  EXPECT_EQ(unknown.derivations, 2);
  EXPECT_EQ(unknown.iterations, 5'000);
  for (const application* known : {&app, &cheap, &dear, &mixed}) EXPECT_EQ(work(known), unknown);
}

TEST_F(client_auth, rfc6749_2_3_1_an_empty_secret_proves_nothing_whatever_is_registered) {
  app.secrets = {hashed("")};
  const with_basic empty("app:");
  EXPECT_EQ(decide(&app, empty.sent()).why, reason::authentication_secret_wrong);
  EXPECT_EQ(decide(&app, {.client_id = "app"}).result, absent);
}

TEST_F(client_auth, an_assertion_signed_with_the_older_secret_says_so) {
  const std::string old = "not-a-real-secret-for-tests-1234567890", current = "not-a-real-secret-for-tests-0987654321";
  app.methods.add(client_secret_jwt);
  for (const std::string& text : {old, current}) {
    app.keys.push_back(*openssl::make_signing_key(text, signature_algorithm::hs256));
    app.keys.back().previous_secret = text == old;
  }
  policy.audience.issuer = "https://acme.example/";
  for (const std::string& text : {old, current}) {
    const std::string claims = R"({"iss":"app","sub":"app","aud":"https://acme.example/","jti":")" + text + R"(","exp":)" +
                               std::to_string(epoch_seconds(now) + 60) + "}";
    const std::string jws = test::jws(signature_algorithm::hs256, R"({"alg":"HS256"})", claims, text);
    const auto assertion = json::dissect_assertion(jws);
    const auto a = decide(&app, {.client_id = "app", .client_assertion_type = jwt_bearer_assertion, .assertion = &assertion});
    EXPECT_EQ(a.why, reason::assertion_valid);
    EXPECT_EQ(a.previous_secret, text == old);
  }
}

TEST_F(client_auth, a_slow_check_over_the_cap_is_busy_for_known_and_unknown_alike) {
  const test::counting_verifier full(0);
  app.secrets = {
      secret({}, derivation{.form = secret_form::scrypt, .cost = 10, .block_size = 8, .parallelism = 1, .salt_size = 8})};
  policy.decoys.cover(app.secrets);
  const credentials sent{.client_id = "app", .client_secret = "wrong"};
  for (const application* who : {static_cast<const application*>(nullptr), static_cast<const application*>(&app)})
    EXPECT_EQ(authenticate(who, sent, policy, now, full, memory).why, reason::authentication_busy);
}

// Law 7 over every pair of credentials: making one of them worse never turns a refusal into a proof.
TEST_F(client_auth, a_fault_never_helps) {
  const with_basic good("app:not-a-real-secret-for-tests"), bad("app:wrong");
  for (const auto rule : {two_methods_rule::assertion_wins, two_methods_rule::refuse}) {
    policy.two_methods = rule;
    for (const std::string_view body : {std::string_view{}, right_secret, std::string_view("wrong")}) {
      auto better = good.sent("app"), worse = bad.sent("app");
      better.client_secret = worse.client_secret = body;
      EXPECT_LE(decide(&app, worse).proved(), decide(&app, better).proved());
    }
    for (const with_basic* header : {&good, &bad}) {
      auto better = header->sent("app"), worse = header->sent("app");
      better.client_secret = right_secret;
      worse.client_secret = "wrong";
      EXPECT_LE(decide(&app, worse).proved(), decide(&app, better).proved());
    }
  }
}

}  // namespace
