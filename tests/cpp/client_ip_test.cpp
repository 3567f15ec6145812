#include <startgate/client_ip.hpp>

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <utility>
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
TEST(client_ip, cve_2023_36456_a_header_from_outside_the_proxies_is_ignored) { expect_vectors("CVE-2023-36456"); }
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

// What follows holds for every header, so it is tried with made-up ones.
const std::string fragments[] = {"6.6.6.6",
                                 "10.0.0.9",
                                 "10.0.0.1",
                                 "2001:db8::6",
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
                                 "::ffff:10.0.0.3",
                                 std::string(130, ' '),
                                 std::string(300, ' '),
                                 std::string(300, 'a'),
                                 std::string(100, ',')};

std::string made_up(std::mt19937_64& random) {
  std::string text;
  for (auto n = random() % 12; n-- > 0;) text += fragments[random() % std::size(fragments)];
  return text;
}

proxy_trust proxies_in_ten(std::string header_name) {
  return *proxy_trust::make({.trusted_proxies = {*parse_prefix("10.0.0.0/8")}, .header = std::move(header_name)});
}

proxy_trust_settings drawn_settings(std::mt19937_64& random) {
  constexpr const char* names[] = {"x-forwarded-for", "forwarded", "x-real-ip"};
  proxy_trust_settings s{.header = names[random() % 3]};
  if (random() % 4 > 0) s.trusted_proxies = {*parse_prefix("10.0.0.0/8"), *parse_prefix("2001:db8:a::/48")};
  if (s.header != "x-real-ip" && random() % 2 == 0) s.hops = static_cast<unsigned>(1 + random() % (random() % 3 > 0 ? 4 : 16));
  s.on_invalid = on_invalid(random() % 3);
  s.on_all_trusted = on_all_trusted(random() % 3);
  return s;
}

// What an honest proxy may have written: names of callers and of proxies, and of nobody.
std::string honest_list(std::string_view header_name, std::mt19937_64& random) {
  static const std::vector<std::string> plain{
      "198.51.100.7", "10.0.0.2",      "[::ffff:10.0.0.2]:1",
      "2001:db8::7",  "2001:db8:a::1", "10.0.0.3:99",
      "unknown",      "_hidden",       "",
      "10.0.0.4",     "10.0.0.5",      std::string(200, ' ') + "10.0.0.6",
  };
  static const std::vector<std::string> elements{
      "for=198.51.100.7",
      "for=10.0.0.2",
      "for=\"198.51.100.7:99\";host=\"a,\\\"b\"",
      "proto=http;for=10.0.0.3",
      "for=\"[2001:db8::7]\"",
      "for=10.0.0.4;by=\"_x\"",
      "for=unknown",
      "for=_hidden;by=10.0.0.1",
      "proto=https",
  };
  if (random() % 8 == 0) {  // long enough to come to the end of the longest walk
    std::string proxies = header_name == "forwarded" ? "for=10.0.0.2" : "10.0.0.2";
    const std::string one = ", " + proxies;
    for (auto n = 11 + random() % 8; n-- > 0;) proxies += one;
    return proxies;
  }
  const auto& choice = header_name == "forwarded" ? elements : plain;
  std::string text = choice[random() % choice.size()];
  for (auto n = random() % 20; n-- > 0;) text += (random() % 2 == 0 ? "," : ", ") + choice[random() % choice.size()];
  return text;
}

struct told {
  transport_address answer;
  std::string hops;
};

told tell(const proxy_trust& trust, const address& peer, const owned_headers& headers) {
  told out;
  out.answer = resolve_transport(trust, peer, headers.views, [&](const hop& h) {
    out.hops += std::to_string(h.number) + ' ' + std::string(h.said) + ' ' + std::string(name_of(h.verdict)) + '\n';
  });
  return out;
}

// Where the walk ends within what the trusted proxies wrote. Where it does not, they vouch for what stands further left.
bool decided_by_proxies(reason why) {
  return why == reason::address_forwarded || why == reason::address_hops || why == reason::address_header_invalid ||
         why == reason::address_walk_capped;
}

TEST(client_ip, nothing_that_an_untrusted_party_writes_on_the_left_changes_the_answer) {
  std::mt19937_64 random(11);
  const address peer = *parse_address("10.0.0.1");
  int compared = 0;
  for (int i = 0; i < 120'000; ++i) {
    const auto trust = *proxy_trust::make(drawn_settings(random));
    const std::string name = trust.settings().header;
    if (trust.kind() == forwarding_header::single) continue;
    const std::string ours = honest_list(name, random);
    const told alone = tell(trust, peer, owned_headers({{name, ours}}));
    if (!decided_by_proxies(alone.answer.reason)) continue;
    std::vector<std::pair<std::string, std::string>> lines;
    for (auto n = random() % 3; n-- > 0;) lines.emplace_back(name, made_up(random));
    const bool same_line = random() % 2 == 0;
    lines.emplace_back(name, same_line ? made_up(random) + (random() % 2 == 0 ? "," : ", ") + ours : ours);
    const told with_more = tell(trust, peer, owned_headers(lines));
    ASSERT_EQ(with_more.answer, alone.answer) << name << ": " << lines.back().second;
    ASSERT_EQ(with_more.hops, alone.hops) << name << ": " << lines.back().second;
    ++compared;
  }
  EXPECT_GT(compared, 40'000);
}

TEST(client_ip, a_line_that_an_untrusted_party_adds_to_a_single_header_names_nobody) {
  std::mt19937_64 random(14);
  const address peer = *parse_address("10.0.0.1");
  for (int i = 0; i < 20'000; ++i) {
    auto settings = drawn_settings(random);
    settings.header = "x-real-ip";
    settings.hops.reset();
    const auto trust = *proxy_trust::make(settings);
    const owned_headers headers({{"x-real-ip", made_up(random)}, {"X-Real-IP", "198.51.100.7"}});
    const auto answer = resolve_transport(trust, peer, headers.views);
    const bool trusted = !settings.trusted_proxies.empty();
    ASSERT_EQ(answer.address, trusted && settings.on_invalid == on_invalid::error ? std::nullopt : std::optional(peer));
    ASSERT_EQ(answer.reason, trusted ? reason::address_header_duplicated : reason::address_peer);
  }
}

// The rule in its plainest words, said a second time: all lines joined, split at commas, read from the right.
transport_address by_the_book(const proxy_trust_settings& s, const address& peer, const owned_headers& headers) {
  const auto trusted = [&](const address& a, unsigned hop) {
    if (s.hops && hop >= *s.hops) return false;
    bool inside = s.trusted_proxies.empty() && s.hops;
    for (const prefix& p : s.trusted_proxies) inside = inside || p.contains(a);
    return inside;
  };
  if (!trusted(peer, 0)) return {peer, address_source::peer, reason::address_peer};
  std::vector<std::string> members;
  for (const auto& [name, line] : headers.lines) {
    std::stringstream rest(line + ',');
    for (std::string member; std::getline(rest, member, ',');) members.push_back(member);
  }
  transport_address best{peer, address_source::peer, reason::address_header_missing};
  for (unsigned hop = 1; hop <= members.size() && best.reason == reason::address_header_missing; ++hop) {
    const std::string& member = members[members.size() - hop];
    const auto named = member.size() > 256 ? std::nullopt : parse_address_and_port(detail::trim_ows(member));
    if (!named) {
      best.reason = reason::address_header_invalid;
    } else {
      best.address = named, best.source = address_source::x_forwarded_for;
      if (s.hops == hop)
        best.reason = reason::address_hops;
      else if (!trusted(*named, hop))
        best.reason = reason::address_forwarded;
      else if (hop == max_hops)
        best.reason = reason::address_walk_capped;
      else if (hop == members.size())
        best.reason = s.hops ? reason::address_header_too_short : reason::address_all_trusted;
    }
  }
  const bool invalid = best.reason == reason::address_header_invalid || best.reason == reason::address_walk_capped;
  const bool ran_out = best.reason == reason::address_header_too_short || best.reason == reason::address_all_trusted;
  if ((invalid && s.on_invalid == on_invalid::peer) || (ran_out && s.on_all_trusted == on_all_trusted::peer))
    best.address = peer, best.source = address_source::peer;
  if ((invalid && s.on_invalid == on_invalid::error) || (ran_out && s.on_all_trusted == on_all_trusted::error))
    best.address.reset();
  return best;
}

TEST(client_ip, answers_as_a_plain_reading_of_the_rule_does) {
  std::mt19937_64 random(15);
  std::set<reason> seen;
  for (int i = 0; i < 100'000; ++i) {
    auto settings = drawn_settings(random);
    settings.header = "x-forwarded-for";
    std::vector<std::pair<std::string, std::string>> lines;
    for (auto n = random() % 3; n-- > 0;)
      lines.emplace_back("x-forwarded-for", random() % 2 == 0 ? made_up(random) : honest_list("x-forwarded-for", random));
    const address peer = *parse_address(random() % 8 == 0 ? "198.51.100.1" : "10.0.0.1");
    const owned_headers headers(std::move(lines));
    const auto answer = resolve_transport(*proxy_trust::make(settings), peer, headers.views);
    ASSERT_EQ(answer, by_the_book(settings, peer, headers)) << (headers.lines.empty() ? "" : headers.lines.back().second);
    seen.insert(answer.reason);
  }
  EXPECT_EQ(seen.size(), 8U);  // every way there is for a walk to end
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

TEST(client_ip, without_a_valid_member_the_answer_is_the_peer) {
  constexpr const char* nobody[] = {"unknown", "_hidden", "",     ",",           " ",          "\t", "\"",        "\\",
                                    ";",       "=",       "for=", "a",           "[",          "]",  "6.6.6",     "localhost",
                                    "%",       "\x01",    "\xff", "for=unknown", "for=\"_a\"", ", ", "010.1.1.1,"};
  std::mt19937_64 random(13);
  const address peer = *parse_address("10.0.0.1");
  for (int i = 0; i < 60'000; ++i) {
    auto settings = drawn_settings(random);
    settings.on_invalid = on_invalid(random() % 2);  // not `error`
    const auto trust = *proxy_trust::make(settings);
    std::string text;
    for (auto n = random() % 12; n-- > 0;) text += nobody[random() % std::size(nobody)];
    const owned_headers headers({{settings.header, text}});
    ASSERT_EQ(resolve_transport(trust, peer, headers.views).address, peer) << text;
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
