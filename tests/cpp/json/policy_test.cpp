#include <startgate/json/policy.hpp>

#include <startgate/openssl/key_maker.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace {

using namespace startgate;

result<policy, json::problem> read(std::string_view text) { return json::read_policy(text, openssl::key_maker{}); }

policy good(std::string_view text) {
  const auto read_it = read(text);
  EXPECT_TRUE(read_it) << read_it.error().describe("policy.json");
  return read_it ? *read_it : policy{};
}

std::string told(std::string_view text) {
  const auto read_it = read(text);
  return read_it ? "nothing" : read_it.error().describe("policy.json");
}

void expect_same(const std::optional<limit>& a, const std::optional<limit>& b) {
  ASSERT_EQ(a.has_value(), b.has_value());
  if (!a) return;
  EXPECT_EQ(a->quota, b->quota);
  EXPECT_EQ(a->unavailable, b->unavailable);
}

void expect_same(const policy& a, const policy& b) {
  EXPECT_EQ(a.issuer, b.issuer);
  EXPECT_EQ(a.enforcement.mode, b.enforcement.mode);
  EXPECT_EQ(a.enforcement.flag, b.enforcement.flag);
  EXPECT_EQ(a.enforcement.share.has_value(), b.enforcement.share.has_value());
  EXPECT_EQ(a.enforcement.applications, b.enforcement.applications);
  EXPECT_EQ(a.enforcement.windows.size(), b.enforcement.windows.size());
  EXPECT_EQ(a.enforcement.deprecated_since, b.enforcement.deprecated_since);
  EXPECT_EQ(a.enforcement.sunset, b.enforcement.sunset);
  EXPECT_EQ(a.client_authentication.strict_method, b.client_authentication.strict_method);
  EXPECT_EQ(a.client_authentication.two_methods, b.client_authentication.two_methods);
  EXPECT_EQ(a.client_authentication.basic, b.client_authentication.basic);
  EXPECT_EQ(a.client_authentication.audience.profile, b.client_authentication.audience.profile);
  EXPECT_EQ(a.certificate_authorities, b.certificate_authorities);
  EXPECT_EQ(a.certificate_header.has_value(), b.certificate_header.has_value());
  EXPECT_EQ(a.login_state.lifetime, b.login_state.lifetime);
  EXPECT_EQ(a.login_state.max_starts, b.login_state.max_starts);
  EXPECT_EQ(a.login_state.max_recipients, b.login_state.max_recipients);
  EXPECT_EQ(a.login_state.cookie, b.login_state.cookie);
  const auto &p = a.client_address.proxies.settings(), &q = b.client_address.proxies.settings();
  EXPECT_EQ(p.trusted_proxies.size(), q.trusted_proxies.size());
  EXPECT_EQ(p.hops, q.hops);
  EXPECT_EQ(p.header, q.header);
  EXPECT_EQ(p.on_invalid, q.on_invalid);
  EXPECT_EQ(p.on_all_trusted, q.on_all_trusted);
  EXPECT_EQ(a.client_address.application_header, b.client_address.application_header);
  EXPECT_EQ(a.client_address.requires_switch, b.client_address.requires_switch);
  EXPECT_EQ(a.client_address.grouping.ipv6_prefix, b.client_address.grouping.ipv6_prefix);
  expect_same(a.limits.authentication_api, b.limits.authentication_api);
  expect_same(a.limits.start_per_address, b.limits.start_per_address);
  EXPECT_EQ(a.limits.start_per_address_applies_to, b.limits.start_per_address_applies_to);
  expect_same(a.limits.state_issue_per_address, b.limits.state_issue_per_address);
  EXPECT_EQ(a.limits.start_per_identifier.size(), b.limits.start_per_identifier.size());
  expect_same(a.limits.sms_per_country, b.limits.sms_per_country);
  expect_same(a.limits.refused_per_address, b.limits.refused_per_address);
  EXPECT_EQ(a.request.max_body_bytes, b.request.max_body_bytes);
  EXPECT_EQ(a.request.strict_members, b.request.strict_members);
  EXPECT_EQ(a.request.deny_unobserved, b.request.deny_unobserved);
  EXPECT_EQ(a.notices, b.notices);
  EXPECT_EQ(a.store.url, b.store.url);
  EXPECT_EQ(a.store.deadline_ms, b.store.deadline_ms);
  EXPECT_EQ(a.store.local_share, b.store.local_share);
  EXPECT_EQ(a.store.replay_closed, b.store.replay_closed);
}

TEST(policy, that_is_default_constructed_is_the_profile_auth0) {
  expect_same(good(""), policy{});
  expect_same(good("{}"), policy{});
  expect_same(good(R"({"profile": "auth0"})"), policy{});
}

TEST(policy, vendor_profile_auth0_is_the_published_contract) {
  const policy p = good(json::auth0_profile);
  expect_same(p, policy{});
  EXPECT_EQ(p.limits.start_per_address->quota, *quota::make(50, hour, 50));
  EXPECT_EQ(p.limits.authentication_api->quota, *quota::make(100, second, 100));
  EXPECT_EQ(p.enforcement.mode, mode::notice);
  EXPECT_EQ(p.login_state.lifetime, hour);
}

TEST(policy, hardened_differs_from_auth0_as_the_design_says) {
  policy p = good(json::hardened_profile);
  EXPECT_EQ(p.enforcement.mode, mode::enforce);
  EXPECT_EQ(p.client_authentication.two_methods, two_methods_rule::refuse);
  EXPECT_EQ(p.login_state.max_starts, 5U);
  EXPECT_EQ(p.login_state.cookie, cookie_rule::required);
  EXPECT_TRUE(p.client_address.requires_switch);
  ASSERT_EQ(p.limits.start_per_identifier.size(), 2U);
  ASSERT_EQ(p.limits.start_per_network.size(), 2U);
  EXPECT_EQ(p.limits.start_per_network[0].ipv6_prefix, 56);
  EXPECT_EQ(p.limits.start_per_network[1].by.quota, *quota::make(800, hour, 800));
  EXPECT_EQ(p.limits.start_per_identifier[0].quota, *quota::make(5, hour, 5));
  EXPECT_EQ(p.limits.start_per_identifier[1].quota, *quota::make(20, 24 * hour, 20));
  EXPECT_EQ(p.limits.sms_per_country->quota, *quota::make(1'000, hour, 200));
  ASSERT_TRUE(p.limits.start_per_application.global);
  EXPECT_EQ(p.limits.start_per_application.global->limit.quota, *quota::make(50, second, 50));
  EXPECT_EQ(p.limits.start_per_application.global->mode, application_limit_mode::block);
  EXPECT_EQ(p.limits.refused_per_address->quota, *quota::make(20, hour, 20));
  EXPECT_TRUE(p.request.deny_unobserved);
  // and in nothing else that is compared here
  const policy a;
  p.enforcement.mode = a.enforcement.mode;
  p.client_authentication.two_methods = a.client_authentication.two_methods;
  p.login_state.max_starts = a.login_state.max_starts;
  p.login_state.cookie = a.login_state.cookie;
  p.client_address.requires_switch = a.client_address.requires_switch;
  p.limits = a.limits;
  p.request.deny_unobserved = a.request.deny_unobserved;
  expect_same(p, a);
}

TEST(policy, states_what_it_wants_otherwise_and_leaves_the_rest_to_its_profile) {
  const policy p = good(R"({"profile": "hardened", "issuer": "https://acme.example/", "enforcement": {"mode": "notice"},
                            "limits": {"start_per_identifier": null, "sms_per_country": null}})");
  EXPECT_EQ(p.enforcement.mode, mode::notice);
  EXPECT_TRUE(p.limits.start_per_identifier.empty());
  EXPECT_FALSE(p.limits.sms_per_country);
  EXPECT_EQ(p.login_state.max_starts, 5U);
  EXPECT_EQ(p.login_state.allowed_origins, std::vector<std::string>{"https://acme.example"});
}

TEST(policy, null_switches_off_what_can_be_switched_off) {
  const policy p = good(R"({"limits": {"authentication_api": null, "start_per_address": null, "state_issue_per_address": null},
                            "attack_protection": {"refused_per_address": null}})");
  EXPECT_FALSE(p.limits.authentication_api || p.limits.start_per_address || p.limits.state_issue_per_address ||
               p.limits.refused_per_address);
}

TEST(policy, reads_what_each_application_may) {
  const policy p = good(R"({"limits": {"start_per_application": {
      "global": {"count": 10, "period_s": 1},
      "groups": {"shops": {"clients": ["a", "b"], "count": 5, "period_s": 60, "burst": 7, "mode": "log", "unavailable": "closed"}},
      "clients": {"b": {"count": 1, "period_s": 1}, "c": {"count": 0}}}}})");
  const application_limits& l = p.limits.start_per_application;
  const auto of = [&](std::string_view client_id) { return *l.find(client_id); };
  EXPECT_EQ(of("a").kind, "group");
  EXPECT_EQ(of("a").name, "shops");
  EXPECT_EQ(of("a").limit->limit.quota, *quota::make(5, minute, 7));
  EXPECT_EQ(of("a").limit->mode, application_limit_mode::log);
  EXPECT_EQ(of("a").limit->limit.unavailable, when_unavailable::closed);
  EXPECT_EQ(of("b").kind, "client") << "its own limit before that of its group";
  EXPECT_EQ(of("b").limit->limit.quota, *quota::make(1, second, 1));
  EXPECT_EQ(of("c").limit->limit.quota, quota::blocked());
  EXPECT_EQ(of("d").limit->limit.quota, *quota::make(10, second, 10));
  EXPECT_EQ(of("d").name, "d") << "a bucket of its own";
}

TEST(policy, keeps_the_global_limit_of_the_profile_where_only_one_client_is_named_and_drops_it_for_null) {
  const auto limits = [](const std::string& text) {
    return good(R"({"profile": "hardened", "limits": {"start_per_application": )" + text + "}}").limits.start_per_application;
  };
  EXPECT_TRUE(limits(R"({"clients": {"a": {"count": 0}}})").global);
  EXPECT_FALSE(limits(R"({"global": null, "clients": {"a": {"count": 0}}})").global);
  EXPECT_TRUE(limits("null").empty());
  EXPECT_TRUE(policy().limits.start_per_application.empty());
}

TEST(policy, takes_the_exports_of_attack_protection_as_they_are) {
  const policy p = good(R"({"attack_protection": {
      "suspicious_ip_throttling": {"enabled": true, "shields": ["admin_notification"], "allowlist": ["192.0.2.0/24"],
                                   "stage": {"pre-login": {"max_attempts": 20, "rate": 60000},
                                             "pre-user-registration": {"max_attempts": 5, "rate": 1200}}},
      "brute_force_protection": {"enabled": true, "shields": ["block", "user_notification"], "mode": "count_per_identifier",
                                 "allowlist": [], "max_attempts": 3}}})");
  const attack_policy& a = p.attack_protection;
  EXPECT_FALSE(a.suspicious_ip.shields.block);
  EXPECT_TRUE(a.suspicious_ip.allowlist.contains(*parse_address("192.0.2.9")));
  EXPECT_EQ(a.suspicious_ip.pre_login, throttling_stage(20, minute));
  EXPECT_EQ(a.brute_force.mode, brute_force_count::per_identifier);
  EXPECT_EQ(a.brute_force.failures, throttling_stage(3, 30 * 24 * hour));
}

TEST(policy, takes_the_tenants_limit_from_the_name_of_its_plan) {
  const auto limit_of = [](const std::string& text) { return *good(text).limits.authentication_api; };
  const auto plan = [&](const std::string& name) {
    return limit_of(R"({"limits": {"authentication_api": {"plan": ")" + name + "\"}}}").quota;
  };
  EXPECT_EQ(plan("free"), *quota::make(300, minute, 300));
  EXPECT_EQ(plan("essentials"), *quota::make(25, second, 25));
  EXPECT_EQ(plan("professional"), *quota::make(25, second, 25));
  EXPECT_EQ(plan("enterprise"), policy().limits.authentication_api->quota);
  EXPECT_EQ(plan("enterprise_burst_4x"), *quota::make(100, second, 400));
  EXPECT_EQ(plan("private_cloud_dev"), *quota::make(20, second, 20));
  EXPECT_EQ(plan("private_cloud_10000"), *quota::make(10'000, second, 10'000));
  EXPECT_EQ(limit_of(R"({"limits": {"authentication_api": {"plan": "free", "unavailable": "closed"}}})").unavailable,
            when_unavailable::closed);
}

TEST(policy, member_order_does_not_matter) {
  expect_same(good(R"({"enforcement": {"mode": "warn"}, "profile": "hardened", "issuer": "https://a.example/"})"),
              good(R"({"issuer": "https://a.example/", "profile": "hardened", "enforcement": {"mode": "warn"}})"));
}

struct mistake {
  const char* text;
  const char* told;
};

TEST(policy, a_mistake_is_told_in_one_line_that_names_file_line_member_and_remedy) {
  const mistake mistakes[] = {
      {"{\n\"schema\": 2}", "policy.json:2: schema: expected a whole number from 1 to 1"},
      {"[]", "policy.json:1: expected an object"},
      {"{\n\"issuer\": \"https://a.example/\",\n}", "policy.json:3: not valid JSON in UTF-8"},
      {"{\n\"issuer\": \"https://a.example/\",\n\"issuer\": \"https://b.example/\"}",
       "policy.json:3: issuer: this member stands twice"},
      {"{\n\"profile\": \"strict\"}", "policy.json:2: profile: expected `auth0` or `hardened`"},
      {"{\n\n\"issuer\": \"acme.example\"}", "policy.json:3: issuer: expected a URL such as `https://acme.example/`"},
      {"{\n\"issuer\": 7}", "policy.json:2: issuer: expected a string"},
      {"{\n\"enforcement\": \"notice\"}", "policy.json:2: enforcement: expected an object"},
      {"{\n\"enforcement\": {\n\"mode\": \"on\"}}",
       "policy.json:3: enforcement.mode: expected `off`, `notice`, `warn` or `enforce`"},
      {"{\n\"enforcement\": {\n\"share\": {\n\"percent\": 101}}}",
       "policy.json:4: enforcement.share.percent: expected a number from 0 to 100"},
      {"{\"enforcement\": {\n\"applications\": {\n\"web\": true}}}",
       "policy.json:3: enforcement.applications.web: expected `off`, `notice`, `warn` or `enforce`"},
      {"{\"enforcement\": {\n\"windows\": [{\n\"from\": \"2026-12-01\"}]}}",
       "policy.json:2: enforcement.windows: a window needs `from` and `to`"},
      {"{\"enforcement\": {\n\"windows\": [{\"from\": \"2026-12-02\", \"to\": \"2026-12-01\"}]}}",
       "policy.json:2: enforcement.windows: `from` must be before `to`"},
      {"{\"enforcement\": {\n\"sunset\": \"next year\"}}",
       "policy.json:2: enforcement.sunset: expected a date and time such as `2026-12-01T10:00:00Z`"},
      {"{\"client_authentication\": {\n\"basic\": \"loose\"}}",
       "policy.json:2: client_authentication.basic: expected `tolerant` or `strict`"},
      {"{\"client_authentication\": {\n\"strict_method\": 1}}",
       "policy.json:2: client_authentication.strict_method: expected true or false"},
      {"{\"client_authentication\": {\n\"certificate_header\": {\n\"format\": \"xfcc\"}},\n\"client_address\": "
       "{\"trusted_proxies\": [\"10.0.0.0/8\"]}}",
       "policy.json:2: client_authentication.certificate_header.name: expected the name of the header that carries the "
       "certificate"},
      {"{\"client_authentication\": {\n\"certificate_header\": {\n\"name\": \"x client: cert\"}},\n\"client_address\": "
       "{\"trusted_proxies\": [\"10.0.0.0/8\"]}}",
       "policy.json:3: client_authentication.certificate_header.name: expected the name of the header that carries the "},
      {"{\"client_authentication\": {\n\"certificate_header\": {\"name\": \"x-client-cert\"}},\n\"client_address\": "
       "{\"trusted_proxies\": [\"10.0.0.0/8\", \"128.0.0.0/1\"]}}",
       "policy.json:2: client_authentication.certificate_header: believes a certificate from all of `128.0.0.0/1`; name the "},
      {"{\"client_authentication\": {\n\"certificate_header\": {\"name\": \"x-client-cert\"}},\n\"client_address\": "
       "{\"trusted_proxies\": [\"::/0\"]}}",
       "policy.json:2: client_authentication.certificate_header: believes a certificate from all of `::/0`; name the "},
      {"{\"client_authentication\": {\n\"certificate_header\": {\"name\": \"x-client-cert\"}}}",
       "policy.json:2: client_authentication.certificate_header: believes a certificate from anybody; name the proxies in "
       "`client_address.trusted_proxies`"},
      {"{\"login_state\": {\n\"max_starts\": 0}}",
       "policy.json:2: login_state.max_starts: expected a whole number from 1 to 1000"},
      {"{\"login_state\": {\n\"lifetime_s\": 1.5}}",
       "policy.json:2: login_state.lifetime_s: expected a whole number from 1 to 86400"},
      {"{\"login_state\": {\n\"allowed_origins\": [\"https://a.example\",\n7]}}",
       "policy.json:3: login_state.allowed_origins: expected an array of strings"},
      {"{\"client_address\": {\n\"application_header\": \"\"}}", "policy.json:2: client_address.application_header: "},
      {"{\"client_address\": {\n\"application_header\": \"x forwarded:\"}}",
       "policy.json:2: client_address.application_header: "},
      {"{\"client_address\": {\n\"trusted_proxies\": [\"10.0.0.0/8\",\n\"10.0.0.1/8\"]}}",
       "policy.json:3: client_address.trusted_proxies: `10.0.0.1/8`: "},
      {"{\"client_address\": {\n\n\"header\": \"x forwarded for\"}}",
       "policy.json:3: client_address.header: the header is not a field name: letters, digits and any of "},
      {"{\"client_address\": {\n\"header\": \"x-real-ip\",\n\"hops\": 1}}",
       "policy.json:3: client_address.hops: hops counts members of x-forwarded-for or forwarded; any other header carries one "
       "address"},
      {"{\"client_address\": {\n\"hops\": 17}}", "policy.json:2: client_address.hops: expected a whole number from 1 to 16"},
      {"{\"client_address\": {\n\"ipv6_prefix\": 129}}",
       "policy.json:2: client_address.ipv6_prefix: expected a whole number from 1 to 128"},
      {"{\"limits\": {\n\"start_per_address\": {\n\"count\": 0, \"period_s\": 1}}}",
       "policy.json:3: limits.start_per_address.count: expected a whole number from 1 to 1000000000"},
      {"{\"limits\": {\n\"start_per_address\": {\"count\": 5}}}",
       "policy.json:2: limits.start_per_address: a limit needs `count` and `period_s`"},
      {"{\"limits\": {\n\"authentication_api\": {\"count\": 1, \"period_s\": 1000000, \"burst\": 1000000000}}}",
       "policy.json:2: limits.authentication_api: burst times period over count is longer than 2^62 nanoseconds (146 years)"},
      {"{\"limits\": {\n\"start_per_identifier\": []}}",
       "policy.json:2: limits.start_per_identifier: expected one or two limits"},
      {"{\"limits\": {\n\"start_per_network\": {\"count\": 5, \"period_s\": 1}}}",
       "policy.json:2: limits.start_per_network: a limit of a network needs `ipv6_prefix`, such as 56 or 48"},
      {"{\"limits\": {\n\"start_per_network\": [{\"ipv6_prefix\": 128, \"count\": 5, \"period_s\": 1}]}}",
       "policy.json:2: limits.start_per_network.ipv6_prefix: expected a whole number from 1 to 127"},
      {"{\"limits\": {\n\"start_per_network\": {\"ipv6_prefix\": 64, \"count\": 5, \"period_s\": 1}}}",
       "policy.json:2: limits.start_per_network: expected a network wider than client_address.ipv6_prefix, so a smaller number"},
      {"{\"limits\": {\n\"start_per_network\": [{\"ipv6_prefix\": 48, \"count\": 5, \"period_s\": 1},"
       "{\"ipv6_prefix\": 48, \"count\": 9, \"period_s\": 60}]}}",
       "policy.json:2: limits.start_per_network: expected two different lengths"},
      {"{\"limits\": {\n\"start_per_adress\": null}}",
       "policy.json:2: limits.start_per_adress: unknown member; expected `authentication_api`, "},
      {"{\"limits\": {\"authentication_api\": {\n\"plan\": \"gold\"}}}",
       "policy.json:2: limits.authentication_api.plan: expected `free`, `essentials`, "},
      {"{\"limits\": {\"authentication_api\": {\"plan\": \"free\",\n\"count\": 5}}}",
       "policy.json:2: limits.authentication_api.count: the plan says it; state either `plan` or numbers"},
      {"{\"limits\": {\"start_per_application\": {\n\"all\": {}}}}",
       "policy.json:2: limits.start_per_application.all: unknown member; expected `global`, `groups` or `clients`"},
      {"{\"limits\": {\"start_per_application\": {\"clients\": {\n\"web\": {\"count\": 5}}}}}",
       "policy.json:2: limits.start_per_application.clients.web: a limit needs `count` and `period_s`"},
      {"{\"limits\": {\"start_per_application\": {\"global\": {\n\"count\": -1}}}}",
       "policy.json:2: limits.start_per_application.global.count: expected a whole number from 0 to 1000000000"},
      {"{\"limits\": {\"start_per_application\": {\"global\": {\"count\": 0,\n\"mode\": \"warn\"}}}}",
       "policy.json:2: limits.start_per_application.global.mode: expected `block` or `log`"},
      {"{\"limits\": {\"start_per_application\": {\"groups\": {\n\"g\": {\"count\": 0}}}}}",
       "policy.json:2: limits.start_per_application.groups.g.clients: expected the client ids of the group"},
      {"{\"limits\": {\"start_per_application\": {\"groups\": {\"g\": {\"count\": 0, \"clients\": [\"a\"]},\n\"h\": {\"count\": "
       "0, "
       "\"clients\": [\"a\"]}}}}}",
       "policy.json:2: limits.start_per_application.groups.h.clients: `a` stands twice; which limit it is under must not be a "
       "matter of order"},
      {"{\"store\": {\n\"url\": \"http://127.0.0.1\"}}",
       "policy.json:2: store.url: expected `redis://[user[:password]@]host[:port][/database]`, `rediss://...` for TLS, or "},
      {"{\"request\": {\n\"on_unobserved\": \"refuse\"}}", "policy.json:2: request.on_unobserved: expected `allow` or `deny`"},
      {"{\"notices\": {\n\"per\": \"user\"}}", "policy.json:2: notices.per: expected `application` or `tenant`"},
      {"{\"store\": {\n\"local_share\": 2}}", "policy.json:2: store.local_share: expected a number from 0 to 1"},
      {"{\"client_address\": {\"header\":\n\"Auth0-Forwarded-For\"}}",
       "policy.json:1: client_address.application_header: the header in which proxies name the caller cannot be the one in which "
       "applications do"},
      {"{\"client_address\": {\n\"application_header\": \"X-Forwarded-For\"}}",
       "policy.json:2: client_address.application_header: the header in which proxies name the caller cannot be the one in which "
       "applications do"},
      {"{\"client_address\": {\n\"trusted_proxies\": [\"10.0.0.0/8\\u0000x\"]}}",
       "policy.json:2: client_address.trusted_proxies: `10.0.0.0/8?x`: "},
      {"{\"store\": {\n\"replay_unavailable\": \"open\"}}",
       "policy.json:2: store.replay_unavailable: expected `local` or `closed`"},
      {"{\n\"polcy\": {}}", "policy.json:2: polcy: unknown member; expected `"},
  };
  for (const mistake& m : mistakes) {
    const std::string got = told(m.text);
    EXPECT_EQ(got.substr(0, std::string_view(m.told).size()), m.told) << got;
    EXPECT_EQ(got.find('\n'), std::string::npos);
  }
}

TEST(policy, of_several_mistakes_one_is_told) {
  EXPECT_EQ(told(R"({"issuer": 7, "enforcement": 7, "limits": 7})"), "policy.json:1: issuer: expected a string");
}

}  // namespace
