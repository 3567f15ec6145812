// What holds for every header and every setting, tried with made-up ones.
#include <startgate/client_ip.hpp>

#include "support/walk.hpp"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace startgate;
using test::owned_headers;
using test::proxies_in_ten;
using test::tell;
using test::told;

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
    auto settings = proxies_in_ten(names[random() % 3]).settings();
    if (forwarding_header_named(settings.header) != forwarding_header::single && random() % 2 == 0)
      settings.hops = 1 + static_cast<unsigned>(random() % 4);  // prefixes and a count: both must agree
    const auto trust = *proxy_trust::make(settings);
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

}  // namespace
