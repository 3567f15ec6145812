// Client assertions under test: made from a complete one by changing members, and judged as the gate would.
#pragma once

#include <startgate/assertion.hpp>
#include <startgate/json/assertion.hpp>
#include <startgate/openssl/keys.hpp>

#include "fake_replay_memory.hpp"
#include "signer.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <string_view>

namespace startgate::test {

inline constexpr std::int64_t seconds_now = 1'795'514'400;
inline constexpr instant now = static_cast<instant>(seconds_now) * second;
inline constexpr std::string_view shared_secret = "not-a-real-secret-for-tests-but-long-enough-for-hmac-with-sha-512-too";

// Members as JSON text, so that a test may put anything in their place; an empty text leaves the member out.
using members = std::map<std::string, std::string>;

inline std::string object(const members& m) {
  std::string text;
  for (const auto& [name, value] : m)
    if (!value.empty()) text += (text.empty() ? "{" : ",") + ("\"" + name + "\":" + value);
  return text.empty() ? "{}" : text + "}";
}

class assertion_test : public testing::Test {
 protected:
  assertion_test() {
    app.client_id = "app";
    app.methods.add(client_auth_method::private_key_jwt);
    policy.issuer = "https://acme.example/";
    register_key(signature_algorithm::es256);
  }

  void register_key(signature_algorithm a, std::string kid = "key-1") {
    app.keys.clear();
    auto key = is_mac(a) ? openssl::make_signing_key(shared_secret, a, kid)
                         : openssl::make_signing_key_from_pem(public_pem(private_key(a)), a, kid);
    ASSERT_TRUE(key) << key.error();
    app.keys.push_back(*key);
  }

  std::string make(const members& claim_changes = {}, const members& header_changes = {},
                   signature_algorithm a = signature_algorithm::es256) const {
    members header{{"alg", "\"" + std::string(name_of(a)) + "\""}, {"kid", "\"key-1\""}, {"typ", "\"JWT\""}};
    members claims{{"iss", "\"app\""},
                   {"sub", "\"app\""},
                   {"aud", "\"https://acme.example/\""},
                   {"jti", "\"id-1\""},
                   {"exp", std::to_string(seconds_now + 60)},
                   {"iat", std::to_string(seconds_now)}};
    for (const auto& [name, value] : header_changes) header[name] = value;
    for (const auto& [name, value] : claim_changes) claims[name] = value;
    return jws(a, object(header), object(claims), shared_secret);
  }

  assertion_check check_whole(const std::string& text, std::string_view type = jwt_bearer_assertion, instant at = now) {
    return check_assertion(app, json::dissect_assertion(text), type, policy, at, memory);
  }
  reason check(const std::string& text, std::string_view type = jwt_bearer_assertion, instant at = now) {
    return check_whole(text, type, at).why;
  }
  reason check_claims(const members& changes) { return check(make(changes)); }
  reason check_header(const members& changes) { return check(make({}, changes)); }

  application app;
  audience_policy policy;
  fake_replay_memory memory;
};

}  // namespace startgate::test
