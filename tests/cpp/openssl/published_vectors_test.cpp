// Other people's vectors for the path that an assertion takes from text to signature: dissect, choose the key, verify.
#include <startgate/openssl/keys.hpp>

#include <startgate/json/assertion.hpp>
#include <startgate/json/jwk.hpp>

#include "support/data_file.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace {

using namespace startgate;
using json::node;

node public_part(node key) {
  for (const char* member : {"d", "p", "q", "dp", "dq", "qi"}) {
    const auto at = std::find(key.keys.begin(), key.keys.end(), member);
    if (at == key.keys.end()) continue;
    key.items.erase(key.items.begin() + (at - key.keys.begin()));
    key.keys.erase(at);
  }
  return key;
}

// No keys where one of them may not be registered.
std::vector<signing_key> registered(const node& key_or_set, std::optional<signature_algorithm> algorithm = std::nullopt) {
  std::vector<jwk> members;
  if (key_or_set.find("keys")) {
    auto set = json::read_jwks(key_or_set);
    if (set) members = *std::move(set);
  } else if (auto one = json::read_jwk(key_or_set)) {
    members.push_back(*std::move(one));
  }
  std::vector<signing_key> keys;
  for (const jwk& member : members) {
    auto key = openssl::make_signing_key(member, algorithm);
    if (!key) return {};
    keys.push_back(*std::move(key));
  }
  return keys;
}

bool accepts(std::vector<signing_key> keys, std::string_view jws) {
  application app;
  app.keys = std::move(keys);
  app.methods.add(client_auth_method::private_key_jwt).add(client_auth_method::client_secret_jwt);
  std::string_view payload;
  const auto a = json::dissect_jws(jws, payload);
  std::vector<std::uint8_t> bytes(payload.size());
  return detail::fault_of_assertion_header(app, a, jwt_bearer_assertion) == reason::none &&
         startgate::detail::base64url_decode(payload, bytes) && detail::verify_assertion_signature(app, a, 0).why == reason::none;
}

// Every vector on which we differ from the published result, and why. All others must agree. Each file counts from 1.
using exceptions = std::map<std::int64_t, std::string>;
const exceptions of_json_web_signature{
    {346, "RFC 7520 figure 20 is PS384 under a key registered for PS256; the registered algorithm is the only one"},
    {350, "the same with key_ops"},
    {347, "RFC 7520 figure 27 under a key whose algorithm does not exist (ES521); the key does not load"},
    {351, "the same with key_ops"},
    {367, "meant to have bad padding, but is byte for byte the valid vector 357"},
    {370, "likewise"},
    {372, "a character outside the alphabet in the header, to be passed over; we refuse it (RFC 7515 section 2)"},
    {373, "likewise in the payload"},
};
const exceptions of_json_web_crypto{
    {50, "a valid JWE; a client assertion is signed and never encrypted, so five parts are none"},
    {67, "likewise, with a key on a curve"},
};

void run_wycheproof(const std::string& file, std::size_t expected_tests, const exceptions& differing) {
  const node document = test::read_json("wycheproof/" + file + "_test.json");
  std::size_t run = 0, excepted = 0;
  for (const node& group : document.find("testGroups")->items) {
    const node* const given = group.find("public") ? group.find("public") : group.find("private");
    for (const node& one : group.find("tests")->items) {
      ++run;
      const node* const encrypted = one.find("jwe");
      const std::int64_t id = one.find("tcId")->integer;
      const bool excuse = differing.contains(id);
      excepted += excuse;
      const bool expected = (one.find("result")->text == "valid") != excuse;
      EXPECT_EQ(accepts(registered(public_part(*given)), (encrypted ? encrypted : one.find("jws"))->text), expected)
          << file << " " << one.find("comment")->text << " tcId " << id;
    }
  }
  EXPECT_EQ(run, expected_tests);
  EXPECT_EQ(excepted, differing.size());
}

TEST(published_vectors, wycheproof_json_web_signature) { run_wycheproof("json_web_signature", 401, of_json_web_signature); }
TEST(published_vectors, wycheproof_json_web_key) { run_wycheproof("json_web_key", 26, {}); }
TEST(published_vectors, wycheproof_json_web_crypto) { run_wycheproof("json_web_crypto", 83, of_json_web_crypto); }

TEST(published_vectors, rfc7515_appendix_a) {
  const node document = test::read_json("rfc7515/examples.json");
  for (const node& example : document.find("examples")->items) {
    const auto algorithm = signature_algorithm_named(example.find("alg")->text);
    const bool signed_at_all = algorithm.has_value();  // A.5 is `none`
    EXPECT_EQ(accepts(registered(*example.find("key"), algorithm), example.find("jws")->text), signed_at_all)
        << example.find("section")->text;
  }
}

TEST(published_vectors, rfc7520_section_4_and_rfc8037_appendix_a) {
  for (const char* file : {"4_1.rsa_v15_signature", "4_2.rsa-pss_signature", "4_3.ecdsa_signature",
                           "4_4.hmac-sha2_integrity_protection", "rfc8037_jws"}) {
    const node example = test::read_json("rfc7520/" + std::string(file) + ".json");
    const node* const input = example.find("input");
    const auto algorithm = signature_algorithm_named(input->find("alg")->text);
    const std::string jws = example.find("output")->find("compact")->text;
    const auto keys = registered(public_part(*input->find("key")), algorithm);
    EXPECT_TRUE(accepts(keys, jws)) << file;
    std::string changed = jws;
    changed[changed.rfind('.') + 5] ^= 1;
    EXPECT_FALSE(accepts(keys, changed)) << file;
  }
}

// RFC 7515 appendices A.6 and A.7 and RFC 7520 sections 4.6 to 4.8 exist only in the JSON serialisation, and an assertion is compact
// (RFC 7523 section 3). A.6 is A.2 and A.3 over one payload, A.7 is A.3 flattened.
TEST(published_vectors, rfc7515_appendices_a_6_and_a_7_json_serialisations_are_no_assertions) {
  const node document = test::read_json("rfc7515/examples.json");
  const node &rsa = document.find("examples")->items[1], &curve = document.find("examples")->items[2];
  struct parts {
    std::string header, payload, signature;
  };
  const auto split = [](const std::string& jws) {
    const std::size_t first = jws.find('.'), last = jws.rfind('.');
    return parts{jws.substr(0, first), jws.substr(first + 1, last - first - 1), jws.substr(last + 1)};
  };
  const parts a2 = split(rsa.find("jws")->text), a3 = split(curve.find("jws")->text);
  ASSERT_EQ(a2.payload, a3.payload);
  const auto one = [](const parts& p) { return R"("protected":")" + p.header + R"(","signature":")" + p.signature + '"'; };
  const std::string payload = R"({"payload":")" + a2.payload + R"(",)";
  const std::string a6 = payload + R"("signatures":[{)" + one(a2) + "},{" + one(a3) + "}]}", a7 = payload + one(a3) + "}";
  for (const node* example : {&rsa, &curve}) {
    const auto keys = registered(*example->find("key"), signature_algorithm_named(example->find("alg")->text));
    EXPECT_TRUE(accepts(keys, example->find("jws")->text));
    for (const std::string& json : {a6, a7}) EXPECT_FALSE(accepts(keys, json)) << json;
  }
}

// Section 4.5 is 4.4 with its payload sent elsewhere.
TEST(published_vectors, rfc7520_section_4_5_detached_content_is_no_assertion) {
  const node example = test::read_json("rfc7520/4_4.hmac-sha2_integrity_protection.json");
  const auto keys = registered(*example.find("input")->find("key"), signature_algorithm::hs256);
  const std::string jws = example.find("output")->find("compact")->text;
  EXPECT_TRUE(accepts(keys, jws));
  EXPECT_FALSE(accepts(keys, jws.substr(0, jws.find('.') + 1) + jws.substr(jws.rfind('.'))));
}

}  // namespace
