#include <startgate/client_ip.hpp>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <new>
#include <random>
#include <string>
#include <vector>

namespace {

using namespace startgate;
using nlohmann::json;

const json& vectors() {
  static const json all = json::parse(std::ifstream(STARTGATE_SOURCE_DIR "/tests/vectors/client_ip.json"));
  return all;
}

proxy_trust trust_of(const json& settings) {
  proxy_trust_settings s;
  for (const auto& text : settings.value("trusted_proxies", json::array()))
    s.trusted_proxies.push_back(*parse_prefix(text.get<std::string>()));
  if (settings.contains("hops")) s.hops = settings["hops"].get<unsigned>();
  s.header = settings.value("header", s.header);
  const auto invalid = settings.value("on_invalid", "last_hop");
  const auto all_trusted = settings.value("on_all_trusted", "leftmost");
  s.on_invalid = invalid == "peer" ? on_invalid::peer : invalid == "error" ? on_invalid::error : on_invalid::last_hop;
  s.on_all_trusted = all_trusted == "peer"    ? on_all_trusted::peer
                     : all_trusted == "error" ? on_all_trusted::error
                                              : on_all_trusted::leftmost;
  return *proxy_trust::make(s);
}

// Header lines with the memory behind their views.
struct owned_headers {
  std::vector<std::pair<std::string, std::string>> lines;
  std::vector<header> views;

  explicit owned_headers(std::vector<std::pair<std::string, std::string>> from) : lines(std::move(from)) {
    for (const auto& [name, value] : lines) views.push_back({name, value});
  }
  owned_headers(const owned_headers&) = delete;
};

std::vector<std::pair<std::string, std::string>> lines_of(const json& headers) {
  std::vector<std::pair<std::string, std::string>> lines;
  for (const auto& h : headers) lines.emplace_back(h[0], h[1]);
  return lines;
}

json spelled(const std::optional<address>& a) { return a ? json(print_address(*a).view()) : json(); }

json answer_of(const transport_address& t) {
  return {{"address", spelled(t.address)}, {"source", name_of(t.source)}, {"reason", name_of(t.reason)}};
}

transport_address resolved(const json& vector) {
  const owned_headers headers(lines_of(vector["headers"]));
  return resolve_transport(trust_of(vector["settings"]), *parse_address(vector["peer"].get<std::string>()), headers.views);
}

// Every vector whose name contains `part`.
void expect_vectors(std::string_view part) {
  int seen = 0;
  for (const auto& vector : vectors()["transport"]) {
    if (vector["name"].get<std::string>().find(part) == std::string::npos) continue;
    EXPECT_EQ(answer_of(resolved(vector)), vector["expect"]) << vector.dump();
    ++seen;
  }
  EXPECT_GT(seen, 0) << part;
}

TEST(client_ip, answers_every_transport_vector) {
  EXPECT_GE(vectors()["transport"].size(), 300U);
  expect_vectors("");
}

TEST(client_ip, answers_every_application_header_vector) {
  constexpr std::string_view states[] = {"absent", "unusable", "usable"};
  for (const auto& vector : vectors()["application"]) {
    const owned_headers headers(lines_of(vector["headers"]));
    const auto read = read_application_header(headers.views, vector["application_header"].get<std::string>());
    const json answer{
        {"state", states[static_cast<int>(read.state)]}, {"address", spelled(read.address)}, {"reason", name_of(read.reason)}};
    EXPECT_EQ(answer, vector["expect"]) << vector.dump();
  }
}

// The advisories, by number; what each taught is the name.
TEST(client_ip, cve_2020_28483_a_header_from_anyone_is_not_believed) { expect_vectors("CVE-2020-28483"); }
TEST(client_ip, cve_2022_23556_the_peer_is_checked_first) { expect_vectors("CVE-2022-23556"); }
TEST(client_ip, cve_2023_36456_a_header_from_outside_the_proxies_is_ignored) { expect_vectors("CVE-2023-36456"); }
TEST(client_ip, cve_2024_47070_an_unreadable_header_leaves_an_address) { expect_vectors("CVE-2024-47070"); }
TEST(client_ip, cve_2025_51663_a_caller_cannot_pick_its_limit_key) { expect_vectors("CVE-2025-51663"); }
TEST(client_ip, cve_2024_45806_ghsa_ffhv_fvxq_r6mf_private_is_not_trusted) { expect_vectors("CVE-2024-45806"); }
TEST(client_ip, cve_2022_31813_a_missing_header_is_no_proof_of_a_local_call) { expect_vectors("CVE-2022-31813"); }
TEST(client_ip, cve_2024_45410_ghsa_62c8_mh53_4cqv_a_header_named_in_connection) {
  expect_vectors("CVE-2024-45410 GHSA-62c8-mh53-4cqv");
}
TEST(client_ip, ghsa_6384_m2mw_rf54_a_header_named_in_connection) { expect_vectors("GHSA-6384-m2mw-rf54"); }
TEST(client_ip, cve_2023_28708_forwarded_scheme_and_host_change_nothing) { expect_vectors("CVE-2023-28708"); }
TEST(client_ip, cve_2024_24790_mapped_addresses_are_folded_before_they_are_judged) { expect_vectors("CVE-2024-24790"); }
TEST(client_ip, cve_2026_90711_ghsa_jqcg_44mw_7w3h_a_mapped_prefix_holds_its_ipv4_network_only) {
  expect_vectors("CVE-2026-90711");
}
TEST(client_ip, ghsa_3fxj_6jh8_hvhx_the_leftmost_member_is_not_the_caller) { expect_vectors("GHSA-3fxj-6jh8-hvhx"); }
TEST(client_ip, ghsa_9g5q_2w5x_hmxf_other_header_names_are_not_tried) { expect_vectors("GHSA-9g5q-2w5x-hmxf"); }
TEST(client_ip, ghsa_rjr7_jggh_pgcp_other_header_names_are_no_fallback) { expect_vectors("GHSA-rjr7-jggh-pgcp"); }
TEST(client_ip, ghsa_gcfq_8gqf_4876_a_second_line_of_a_single_header_is_an_error) { expect_vectors("GHSA-gcfq-8gqf-4876"); }
TEST(client_ip, cve_2021_29921_cve_2021_29922_cve_2021_29923_leading_zeros_stop_the_walk) {
  for (const char* id : {"CVE-2021-29921", "CVE-2021-29922", "CVE-2021-29923"}) expect_vectors(id);
}
TEST(client_ip, cve_2021_28918_cve_2021_29418_cve_2021_29424_cve_2021_4456_leading_zeros_stop_the_walk) {
  for (const char* id : {"CVE-2021-28918", "CVE-2021-29418", "CVE-2021-29424", "CVE-2021-4456"}) expect_vectors(id);
}
TEST(client_ip, cve_2023_42282_cve_2024_29415_short_and_hexadecimal_forms_stop_the_walk) {
  for (const char* id : {"CVE-2023-42282", "CVE-2024-29415"}) expect_vectors(id);
}

// What follows holds for every header, so it is tried with made-up ones.
const char* const fragments[] = {"6.6.6.6",
                                 "10.0.0.9",
                                 "10.0.0.1",
                                 "unknown",
                                 "",
                                 ",",
                                 ", ",
                                 "\"",
                                 "\\",
                                 "\\\"",
                                 ";",
                                 "=",
                                 "for=6.6.6.6",
                                 "for=\"6.6.6.6",
                                 "for=10.0.0.9",
                                 "x=\"",
                                 "[2001:db8::6]",
                                 "for=\"[2001:db8::6]:80\"",
                                 " ",
                                 "\t",
                                 "a",
                                 "for=",
                                 "\x01",
                                 "\xff",
                                 "::ffff:10.0.0.3"};

std::string made_up(std::mt19937_64& random) {
  std::string text;
  for (auto n = random() % 12; n-- > 0;) text += fragments[random() % std::size(fragments)];
  return text;
}

proxy_trust proxies_in_ten(std::string header_name) {
  return *proxy_trust::make({.trusted_proxies = {*parse_prefix("10.0.0.0/8")}, .header = std::move(header_name)});
}

TEST(client_ip, nothing_that_an_untrusted_party_writes_on_the_left_changes_the_answer) {
  std::mt19937_64 random(11);
  const address peer = *parse_address("10.0.0.1"), caller = *parse_address("198.51.100.7");
  struct {
    std::string name;
    std::vector<std::string> written;
  } const kinds[] = {
      {"x-forwarded-for", {"198.51.100.7", "198.51.100.7, 10.0.0.2", "198.51.100.7:99,10.0.0.3, [::ffff:10.0.0.2]:1"}},
      {"forwarded",
       {"for=198.51.100.7", "for=\"198.51.100.7:99\";host=\"a,\\\"b\", for=10.0.0.2;by=\"_x\"",
        "proto=http;for=198.51.100.7,for=\"10.0.0.2\""}}};
  for (const auto& [name, written] : kinds) {
    const auto trust = proxies_in_ten(name);
    for (int i = 0; i < 60'000; ++i) {
      std::vector<std::pair<std::string, std::string>> lines;
      for (auto n = random() % 3; n-- > 0;) lines.emplace_back(name, made_up(random));
      const auto& ours = written[random() % written.size()];
      if (random() % 2 == 0)
        lines.emplace_back(name, ours);
      else
        lines.emplace_back(name, made_up(random) + (random() % 2 == 0 ? "," : ", ") + ours);
      const owned_headers headers(std::move(lines));
      const auto answer = resolve_transport(trust, peer, headers.views);
      ASSERT_EQ(answer.address, caller) << name << ": " << headers.lines.back().second;
      ASSERT_EQ(answer.reason, reason::address_forwarded);
    }
  }
}

TEST(client_ip, headers_from_an_untrusted_peer_change_nothing) {
  std::mt19937_64 random(12);
  const char* const names[] = {"x-forwarded-for", "forwarded", "x-real-ip", "Forwarded", "connection", "auth0-forwarded-for"};
  for (int i = 0; i < 30'000; ++i) {
    const auto trust = proxies_in_ten(names[random() % 3]);
    const address peer =
        i % 2 == 0 ? address::v4(static_cast<std::uint32_t>(random() | 0x8000'0000)) : address{random() | 1, random()};
    std::vector<std::pair<std::string, std::string>> lines;
    for (auto n = random() % 5; n-- > 0;) lines.emplace_back(names[random() % std::size(names)], made_up(random));
    const owned_headers headers(std::move(lines));
    ASSERT_EQ(resolve_transport(trust, peer, headers.views),
              (transport_address{peer, address_source::peer, reason::address_peer}));
  }
}

// Every answer is the peer or an address that stands in the part that trusted proxies wrote.
TEST(client_ip, without_a_valid_member_the_answer_is_the_peer) {
  std::mt19937_64 random(13);
  const address peer = *parse_address("10.0.0.1");
  for (const char* name : {"x-forwarded-for", "forwarded", "x-real-ip"}) {
    const auto trust = proxies_in_ten(name);
    for (int i = 0; i < 20'000; ++i) {
      const owned_headers headers({{name, made_up(random) + "\x7f"}});
      ASSERT_EQ(resolve_transport(trust, peer, headers.views).address, peer);
    }
  }
}

TEST(client_ip, the_walk_shows_every_hop) {
  const auto trust = proxies_in_ten("x-forwarded-for");
  const header headers[] = {{"x-forwarded-for", "6.6.6.6, 198.51.100.7:80 , 10.0.0.2"}};
  std::vector<std::string> seen;
  const auto answer = resolve_transport(trust, *parse_address("10.0.0.1"), headers, [&](const hop& h) {
    seen.push_back(std::to_string(h.number) + " " + std::string(h.said) + " " +
                   (h.address ? std::string(print_address(*h.address).view()) : "-") + " " + std::string(name_of(h.verdict)));
  });
  EXPECT_EQ(seen, (std::vector<std::string>{"0  10.0.0.1 trusted", "1 10.0.0.2 10.0.0.2 trusted",
                                            "2 198.51.100.7:80 198.51.100.7 caller"}));
  EXPECT_EQ(answer, resolve_transport(trust, *parse_address("10.0.0.1"), headers));
}

TEST(client_ip, the_last_hop_shown_says_why_the_walk_stopped) {
  const auto last = [](const proxy_trust& trust, std::string_view peer, std::string_view value) {
    hop_verdict verdict{};
    const header headers[] = {{"x-forwarded-for", value}};
    resolve_transport(trust, *parse_address(peer), headers, [&](const hop& h) noexcept { verdict = h.verdict; });
    return verdict;
  };
  const auto trust = proxies_in_ten("x-forwarded-for");
  EXPECT_EQ(last(trust, "192.0.2.1", "6.6.6.6"), hop_verdict::caller);
  EXPECT_EQ(last(trust, "10.0.0.1", "unknown"), hop_verdict::unusable);
  EXPECT_EQ(last(trust, "10.0.0.1", "10.0.0.2"), hop_verdict::trusted);
  EXPECT_EQ(last(*proxy_trust::make({.hops = 1}), "10.0.0.1", "10.0.0.2"), hop_verdict::beyond_hops);
  EXPECT_EQ(
      last(trust, "10.0.0.1",
           "10.0.0.2,10.0.0.2,10.0.0.2,10.0.0.2,10.0.0.2,10.0.0.2,10.0.0.2,10.0.0.2,10.0.0.2,10.0.0.2,10.0.0.2,10.0.0.2,10.0.0.2,"
           "10.0.0.2,10.0.0.2,10.0.0.2"),
      hop_verdict::beyond_cap);
}

TEST(client_ip, the_headers_that_were_there_and_not_read_can_be_named) {
  const header headers[] = {{"host", "a"},
                            {"X-Real-IP", "6.6.6.6"},
                            {"x-forwarded-for", "198.51.100.7"},
                            {"Forwarded", "for=6.6.6.6"},
                            {"true-client-ip", "6"}};
  const auto ignored = [&](const proxy_trust& trust, std::string_view peer) {
    std::string names;
    for_each_ignored_header(trust, *parse_address(peer), headers, [&](const header& h) { names += std::string(h.name) + " "; });
    return names;
  };
  EXPECT_EQ(ignored(proxies_in_ten("x-forwarded-for"), "10.0.0.1"), "X-Real-IP Forwarded true-client-ip ");
  EXPECT_EQ(ignored(proxies_in_ten("forwarded"), "10.0.0.1"), "X-Real-IP x-forwarded-for true-client-ip ");
  EXPECT_EQ(ignored(proxies_in_ten("x-forwarded-for"), "192.0.2.1"), "X-Real-IP x-forwarded-for Forwarded true-client-ip ");
  EXPECT_EQ(ignored(proxies_in_ten("x-caller"), "10.0.0.1"), "X-Real-IP x-forwarded-for Forwarded true-client-ip ");
}

TEST(client_ip, sixty_four_kibibytes_of_junk_give_the_same_answer) {
  const address peer = *parse_address("10.0.0.1");
  for (const char c : {'a', ',', '"', '\\', ' ', ';', '='}) {
    const std::string junk(65'536, c);
    for (const char* name : {"x-forwarded-for", "forwarded", "x-real-ip"}) {
      const owned_headers alone({{name, junk}});
      EXPECT_EQ(resolve_transport(proxies_in_ten(name), peer, alone.views),
                (transport_address{peer, address_source::peer, reason::address_header_invalid}))
          << name << c;
    }
    const owned_headers xff({{"x-forwarded-for", junk + ", 198.51.100.7"}}),
        forwarded({{"forwarded", junk + ", for=198.51.100.7"}});
    EXPECT_EQ(resolve_transport(proxies_in_ten("x-forwarded-for"), peer, xff.views).address, parse_address("198.51.100.7")) << c;
    EXPECT_EQ(resolve_transport(proxies_in_ten("forwarded"), peer, forwarded.views).address, parse_address("198.51.100.7")) << c;
  }
}

}  // namespace
