// The laws of the design that speak of bytes, by name: files and lines in, lines out. tests/cpp/laws_test.cpp has the others.
#include <startgate/service/service.hpp>

#include "support/traffic.hpp"
#include "support/world.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace {

using namespace startgate;
using ordered = nlohmann::ordered_json;
using test::start;
using test::ten_oclock;
using test::traffic;
using test::world;

// The same tenant as test::world has, as files. `mix` says in which order members and applications stand.
struct files_of_tenant {
  ordered policy = ordered::parse(
      R"({"issuer": "https://acme.example/", "enforcement": {"mode": "enforce", "applications": {"rotating": "notice"}},
      "limits": {"authentication_api": {"count": 6, "period_s": 1, "burst": 6}, "start_per_address": {"count": 5, "period_s": 3600, "burst": 5},
                 "start_per_identifier": [{"count": 9, "period_s": 3600, "burst": 9}]}})");
  ordered applications = ordered::parse(R"([
      {"client_id": "backend", "app_type": "regular_web", "client_secret": "not-a-real-secret-for-tests"},
      {"client_id": "switch-on", "app_type": "regular_web", "client_secret": "not-a-real-secret-for-tests", "is_token_endpoint_ip_header_trusted": true},
      {"client_id": "switch-off", "app_type": "regular_web", "client_secret": "not-a-real-secret-for-tests", "is_token_endpoint_ip_header_trusted": false},
      {"client_id": "rotating", "app_type": "regular_web"},
      {"client_id": "partner", "app_type": "regular_web", "is_first_party": false, "client_secret": "not-a-real-secret-for-tests"},
      {"client_id": "spa", "app_type": "spa"}])");
  ordered keys = ordered::parse(R"({"state_keys": [{"kid": "k1", "secret": "bm90LWEtcmVhbC1zdGF0ZS1rZXktZm9yLXRlc3RzLW9ubHk"}],
      "applications": {"rotating": {"secrets": [{"value": "not-a-real-secret-for-tests"},
                                                {"value": "not-a-real-secret-before-rotation", "expires_at": "2026-12-01T00:00:00Z"}]}}})");

  std::unique_ptr<service> load() const {
    auto made =
        service::load({{"policy.json", policy.dump(1)}, {"clients.json", applications.dump(1)}, {}, {"keys.json", keys.dump(1)}});
    if (!made) throw std::runtime_error(made.error());
    return std::move(*made);
  }
};

template <class Random>
ordered shuffled(const ordered& value, Random& random) {
  if (!value.is_object() && !value.is_array()) return value;
  std::vector<std::pair<std::string, ordered>> members;
  if (value.is_array()) {
    ordered out = ordered::array();
    for (const ordered& item : value) out.push_back(shuffled(item, random));
    return out;
  }
  for (const auto& [name, member] : value.items()) members.emplace_back(name, shuffled(member, random));
  std::shuffle(members.begin(), members.end(), random);
  ordered out = ordered::object();
  for (auto& [name, member] : members) out[name] = std::move(member);
  return out;
}

ordered body_of(const start& s) {
  ordered body;
  if (!s.client_id.empty()) body["client_id"] = s.client_id;
  if (!s.client_secret.empty()) body["client_secret"] = s.client_secret;
  body["connection"] = s.connection;
  body[s.connection == "sms" ? "phone_number" : "email"] = s.recipient;
  body["send"] = "code";
  if (!s.state.empty()) body["authParams"] = {{"scope", "openid"}, {"state", s.state}, {"extra", {{"b", 1}, {"a", 2}}}};
  return body;
}

ordered line_of(const start& s, int number) {
  ordered line{{"id", "r" + std::to_string(number)},
               {"at", std::string(print_instant(ten_oclock + static_cast<instant>(number) * 50 * millisecond).view())},
               {"peer", s.peer}};
  line["headers"] = ordered::array();
  for (const auto& [name, value] : s.headers) line["headers"].push_back({name, value});
  line["body"] = s.observed ? body_of(s) : ordered(nullptr);
  return line;
}

std::vector<start> calls(std::uint32_t seed, int count) {
  const world states;
  traffic random(states, seed);
  std::vector<start> out;
  for (int i = 0; i < count; ++i) out.push_back(random.call());
  return out;
}

std::vector<std::string> decide_all(service& s, const std::vector<std::string>& lines) {
  std::vector<std::string> out;
  for (const std::string& line : lines) out.push_back(s.decide_line(line, ten_oclock));
  return out;
}

std::vector<std::string> lines_of(const std::vector<start>& all) {
  std::vector<std::string> out;
  for (const start& s : all) out.push_back(line_of(s, static_cast<int>(out.size())).dump());
  return out;
}

TEST(laws, member_order_does_not_matter) {
  std::mt19937 random(8);
  const auto all = calls(8, 400);
  const files_of_tenant files;
  const auto wanted = decide_all(*files.load(), lines_of(all));
  for (int round = 0; round < 5; ++round) {
    files_of_tenant mixed{shuffled(files.policy, random), shuffled(files.applications, random), shuffled(files.keys, random)};
    std::vector<std::string> lines;
    for (std::size_t i = 0; i < all.size(); ++i) lines.push_back(shuffled(line_of(all[i], static_cast<int>(i)), random).dump());
    EXPECT_EQ(decide_all(*mixed.load(), lines), wanted);
  }
}

TEST(laws, other_applications_do_not_matter) {
  std::mt19937 random(9);
  const auto lines = lines_of(calls(9, 400));
  const files_of_tenant files;
  const auto wanted = decide_all(*files.load(), lines);
  for (int round = 0; round < 5; ++round) {
    files_of_tenant more = files;
    for (const char* id : {"back", "backend2", "Backend", "spa ", "keyed-too", "noboby"})
      more.applications.push_back(
          {{"client_id", id}, {"app_type", random() % 2 ? "spa" : "regular_web"}, {"client_secret", "not-a-real-secret-at-all"}});
    std::vector<ordered> list(more.applications.begin(), more.applications.end());
    std::shuffle(list.begin(), list.end(), random);
    more.applications = list;
    EXPECT_EQ(decide_all(*more.load(), lines), wanted);
  }
}

// Buckets are named under a seed that every process draws for itself; nothing of it shows.
TEST(laws, same_policy_empty_diff) {
  for (std::uint32_t seed = 0; seed < 5; ++seed) {
    const auto lines = lines_of(calls(100 + seed, 400));
    const files_of_tenant files;
    const auto once = files.load(), again = files.load();
    EXPECT_EQ(decide_all(*once, lines), decide_all(*again, lines));
  }
}

TEST(laws, a_reload_of_the_same_files_changes_nothing) {
  const auto lines = lines_of(calls(7, 400));
  const files_of_tenant files;
  const auto plain = files.load(), reloaded = files.load();
  for (const std::string& line : lines) {
    EXPECT_EQ(reloaded->decide_line(line, ten_oclock), plain->decide_line(line, ten_oclock));
    EXPECT_EQ(reloaded->reload({{"p", files.policy.dump()}, {"a", files.applications.dump()}, {}, {"k", files.keys.dump()}}),
              std::nullopt);
  }
}

// Whatever a call carries that nobody else may read.
std::vector<std::string> secrets_of(const start& s) {
  std::vector<std::string> all{s.client_secret, s.state, s.recipient};
  for (const auto& [name, value] : s.headers) {
    if (same_name(name, "authorization") || same_name(name, "cookie")) all.push_back(value);
    if (same_name(name, "authorization") && value.starts_with("Basic ")) all.push_back(value.substr(6));
  }
  for (const auto text : {test::right_secret, test::older_secret, test::wrong_secret, test::right_cookie}) all.emplace_back(text);
  std::erase_if(all, [](const std::string& text) { return text.size() < 6; });
  return all;
}

TEST(laws, no_secret_leaves) {
  const files_of_tenant files;
  const auto s = files.load();
  const auto all = calls(13, 1'500);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::string line = line_of(all[i], static_cast<int>(i)).dump();
    const std::string decided = s->decide_line(line, ten_oclock), explained = s->explain_line(line, ten_oclock);
    for (const std::string& secret : secrets_of(all[i])) {
      EXPECT_EQ(decided.find(secret), std::string::npos) << secret << "\n" << decided;
      EXPECT_EQ(explained.find(secret), std::string::npos) << secret << "\n" << explained;
    }
  }
}

// Files that hold secrets, damaged anywhere: what is told of them repeats none.
TEST(laws, no_secret_leaves_in_what_is_told_of_a_damaged_file) {
  std::mt19937 random(14);
  const files_of_tenant files;
  int refused = 0;
  for (int i = 0; i < 1'000; ++i) {
    service_files damaged{{"policy.json", files.policy.dump(1)},
                          {"clients.json", files.applications.dump(1)},
                          {},
                          {"keys.json", files.keys.dump(1)}};
    std::string& text = random() % 2 ? damaged.keys.text : damaged.applications.text;
    const std::size_t at = random() % text.size();
    constexpr std::string_view bytes = "\"{}[]:,x0\\\n\xff";
    if (random() % 4)
      text[at] = bytes[random() % bytes.size()];
    else
      text.resize(at);
    const auto made = service::load(damaged);
    if (made) continue;
    ++refused;
    EXPECT_EQ(made.error().find("not-a-real"), std::string::npos) << made.error();
    EXPECT_EQ(made.error().find("bm90LWEt"), std::string::npos) << made.error();
    EXPECT_EQ(made.error().find('\n'), std::string::npos) << made.error();
  }
  EXPECT_GT(refused, 300);
}

}  // namespace
