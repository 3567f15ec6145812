#include <startgate/client_ip.hpp>

#include "support/walk.hpp"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace startgate;
using nlohmann::json;
using test::owned_headers;
using test::proxies_in_ten;
using test::tell;

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

std::vector<std::pair<std::string, std::string>> lines_of(const json& headers) {
  std::vector<std::pair<std::string, std::string>> lines;
  for (const auto& h : headers) lines.emplace_back(h[0], h[1]);
  return lines;
}

json spelled(const std::optional<address>& a) { return a ? json(print_address(*a).view()) : json(); }

json answered(const json& vector) {
  const owned_headers headers(lines_of(vector["headers"]));
  const auto trust = trust_of(vector["settings"]);
  const auto t = resolve_transport(trust, *parse_address(vector["peer"].get<std::string>()), headers.views);
  return {
      {"address", spelled(t.address)}, {"source", name_of(t.source, trust.settings().header, {})}, {"reason", name_of(t.reason)}};
}

// Every vector whose name contains `part`.
void expect_vectors(std::string_view part) {
  int seen = 0;
  for (const auto& vector : vectors()["transport"]) {
    if (vector["name"].get<std::string>().find(part) == std::string::npos) continue;
    EXPECT_EQ(answered(vector), vector["expect"]) << vector.dump();
    ++seen;
  }
  EXPECT_GT(seen, 0) << part;
}

TEST(client_ip, answers_every_transport_vector) {
  EXPECT_GE(vectors()["transport"].size(), 300U);
  expect_vectors("");
}

// The advisories, by number; what each taught is the name.
TEST(client_ip, cve_2020_28483_a_header_from_anyone_is_not_believed) { expect_vectors("CVE-2020-28483"); }
TEST(client_ip, cve_2022_23556_the_peer_is_checked_first) { expect_vectors("CVE-2022-23556"); }
TEST(client_ip, cve_2023_36456_rfc9700_4_13_a_header_from_outside_the_proxies_is_ignored) { expect_vectors("CVE-2023-36456"); }
TEST(client_ip, cve_2024_47070_an_unreadable_header_leaves_an_address) { expect_vectors("CVE-2024-47070"); }
TEST(client_ip, cve_2025_51663_a_caller_cannot_pick_its_limit_key) { expect_vectors("CVE-2025-51663"); }
TEST(client_ip, cve_2024_45806_ghsa_ffhv_fvxq_r6mf_private_is_not_trusted) { expect_vectors("CVE-2024-45806"); }
TEST(client_ip, cve_2022_31813_a_missing_header_is_no_proof_of_a_local_call) { expect_vectors("CVE-2022-31813"); }
TEST(client_ip, cve_2024_45410_ghsa_62c8_mh53_4cqv_a_header_named_in_connection) {
  expect_vectors("CVE-2024-45410 GHSA-62c8-mh53-4cqv");
}
TEST(client_ip, ghsa_6384_m2mw_rf54_a_header_named_in_connection) { expect_vectors("GHSA-6384-m2mw-rf54"); }
TEST(client_ip, uvicorn_1d5dda9_ipv6_without_brackets_is_not_cut_at_its_last_colon) { expect_vectors("uvicorn 1d5dda9"); }
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

TEST(client_ip, every_duplicate_of_a_single_header_is_shown_as_unusable) {
  const auto shown = tell(proxies_in_ten("x-real-ip"), *parse_address("10.0.0.1"),
                          owned_headers({{"x-real-ip", " 198.51.100.7 "}, {"host", "a"}, {"X-Real-IP", "6.6.6.6"}}));
  EXPECT_EQ(shown.hops, "0  trusted\n1 6.6.6.6 unusable\n2 198.51.100.7 unusable\n");
  EXPECT_EQ(shown.answer.reason, reason::address_header_duplicated);
}

TEST(client_ip, a_source_is_called_as_the_settings_name_it) {
  EXPECT_EQ(name_of(address_source::peer, "x-real-ip", "x-caller"), "peer");
  EXPECT_EQ(name_of(address_source::header, "x-real-ip", "x-caller"), "x-real-ip");
  EXPECT_EQ(name_of(address_source::application_header, "x-real-ip", "x-caller"), "x-caller");
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

// Text of which only the last page can be read: whoever reads further left ends the test.
class guarded_text {
 public:
  explicit guarded_text(std::string_view end) {
    page_ = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    size_ = (65'536 / page_ + 1) * page_;
    start_ = static_cast<char*>(mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    char* const last = start_ + size_ - page_;
    for (std::size_t i = 0; i < page_; ++i) last[i] = end[end.size() - 1 - (page_ - 1 - i) % end.size()];
    mprotect(start_, size_ - page_, PROT_NONE);
  }
  guarded_text(const guarded_text&) = delete;
  ~guarded_text() { munmap(start_, size_); }

  std::string_view view() const { return {start_, size_}; }

 private:
  char* start_;
  std::size_t size_, page_;
};

TEST(client_ip, sixty_four_kibibytes_of_junk_are_not_read_to_their_beginning) {
  const address peer = *parse_address("10.0.0.1");
  for (const char* end :
       {"a", " ", "\t", ",", "1", "1.", "::", "10.0.0.2,", ", 10.0.0.2", "6.6.6.6 ", "10.0.0.2:80 ,", "[::ffff:10.0.0.2]:1,"}) {
    const guarded_text text(end);
    int hops = 0;
    const header headers[] = {{"x-forwarded-for", text.view()}};
    resolve_transport(proxies_in_ten("x-forwarded-for"), peer, headers, [&](const hop&) { ++hops; });
    EXPECT_LE(hops, static_cast<int>(max_hops) + 1) << end;
  }
  // An element of Forwarded may be of any length, so junk is read once; what stands left of the answer is not.
  const guarded_text text("; , for=198.51.100.7, for=10.0.0.2");
  const header headers[] = {{"forwarded", text.view()}};
  EXPECT_EQ(resolve_transport(proxies_in_ten("forwarded"), peer, headers).address, parse_address("198.51.100.7"));
}

TEST(client_ip, ten_thousand_lines_cost_no_longer_walk) {
  const address peer = *parse_address("10.0.0.1");
  const std::vector<header> lists(10'000, {"x-forwarded-for", "10.0.0.2"}), singles(10'000, {"x-real-ip", "10.0.0.2"});
  int hops = 0;
  const auto count = [&](const hop&) { ++hops; };
  EXPECT_EQ(resolve_transport(proxies_in_ten("x-forwarded-for"), peer, lists, count).reason, reason::address_walk_capped);
  EXPECT_EQ(resolve_transport(proxies_in_ten("x-real-ip"), peer, singles, count).reason, reason::address_header_duplicated);
  EXPECT_EQ(hops, 2 * (static_cast<int>(max_hops) + 1));
}

}  // namespace
