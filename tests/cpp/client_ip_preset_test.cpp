#include <startgate/client_ip_preset.hpp>

#include <startgate/client_ip.hpp>

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace {

using namespace startgate;

std::string answer(std::string_view preset, proxy_trust_settings own, std::string_view value) {
  const auto trust = proxy_trust::make(with_preset(*client_ip_preset_named(preset), std::move(own)));
  const header headers[] = {{"x-forwarded-for", value}};
  return std::string(print_address(*resolve_transport(*trust, *parse_address("10.0.0.1"), headers).address).view());
}

const proxy_trust_settings in_ten{.trusted_proxies = {*parse_prefix("10.0.0.0/8")}};

TEST(client_ip_preset, each_has_a_name_and_a_sentence) {
  std::set<std::string_view> names, sentences;
  for (const auto& p : client_ip_presets) {
    EXPECT_TRUE(names.insert(p.name).second);
    EXPECT_TRUE(sentences.insert(p.sentence).second);
    EXPECT_EQ(client_ip_preset_named(p.name), &p);
  }
  EXPECT_EQ(client_ip_preset_named("haproxy"), nullptr);
}

TEST(client_ip_preset, nginx_without_recursion_takes_the_rightmost) {
  EXPECT_EQ(answer("nginx", in_ten, "198.51.100.7, 10.0.0.2"), "10.0.0.2");
  EXPECT_EQ(answer("nginx_recursive", in_ten, "198.51.100.7, 10.0.0.2"), "198.51.100.7");
  EXPECT_EQ(
      with_preset(*client_ip_preset_named("nginx"), {.trusted_proxies = in_ten.trusted_proxies, .header = "x-real-ip"}).hops,
      std::nullopt);
}

TEST(client_ip_preset, envoy_falls_back_to_the_peer_and_the_others_to_the_last_verified_hop) {
  EXPECT_EQ(answer("envoy_cidrs", in_ten, "unknown, 10.0.0.2"), "10.0.0.1");
  EXPECT_EQ(answer("envoy", {.hops = 3}, "198.51.100.7"), "10.0.0.1");
  EXPECT_EQ(answer("envoy", {.hops = 2}, "198.51.100.7, 10.0.0.2"), "198.51.100.7");
  for (const char* name : {"auth0", "nginx_recursive", "apache", "express"})
    EXPECT_EQ(answer(name, in_ten, "unknown, 10.0.0.2"), "10.0.0.2") << name;
  EXPECT_EQ(answer("express", {.hops = 3}, "198.51.100.7"), "198.51.100.7");
}

TEST(client_ip_preset, envoy_with_trusted_cidrs_alone_takes_the_leftmost_where_all_are_trusted) {
  EXPECT_EQ(answer("envoy_cidrs", in_ten, "10.0.0.3, 10.0.0.2"), "10.0.0.3");
  EXPECT_EQ(answer("envoy", in_ten, "198.51.100.7"), "10.0.0.1");  // xff_num_trusted_hops is 0 by default
}

TEST(client_ip_preset, software_that_counts_no_hops_is_given_none) {
  for (const char* name : {"nginx_recursive", "apache", "rails", "envoy_cidrs"})
    EXPECT_EQ(with_preset(*client_ip_preset_named(name), {.hops = 3}).hops, std::nullopt) << name;
  for (const char* name : {"auth0", "envoy", "express"})
    EXPECT_EQ(with_preset(*client_ip_preset_named(name), {.hops = 3}).hops, 3U) << name;
  EXPECT_EQ(answer("nginx", {.trusted_proxies = in_ten.trusted_proxies, .hops = 2}, "198.51.100.7, 10.0.0.2"), "10.0.0.2");
  EXPECT_EQ(answer("nginx", {.hops = 2}, "198.51.100.7, 10.0.0.2"), "10.0.0.1");
}

TEST(client_ip_preset, rails_trusts_private_proxies_unless_told_which) {
  EXPECT_EQ(answer("rails", {}, "198.51.100.7, 192.168.0.1, 172.16.0.1"), "198.51.100.7");
  EXPECT_EQ(answer("rails", in_ten, "198.51.100.7, 192.168.0.1"), "192.168.0.1");
  for (const char* proxy : {"169.254.1.1", "fe80::1", "fd00::1", "::1", "127.0.0.1"})
    EXPECT_EQ(answer("rails", {}, std::string("198.51.100.7, ") + proxy), "198.51.100.7") << proxy;
  EXPECT_EQ(answer("auth0", {}, "198.51.100.7"), "10.0.0.1");
}

TEST(client_ip_preset, none_trusts_anybody_on_the_internet_unless_told_whom) {
  const header headers[] = {{"x-forwarded-for", "6.6.6.6"}, {"forwarded", "for=6.6.6.6"}, {"x-real-ip", "6.6.6.6"}};
  for (const auto& p : client_ip_presets)
    for (const char* name : {"x-forwarded-for", "forwarded", "x-real-ip"})
      for (const char* peer : {"203.0.113.9", "2001:db8::9", "::ffff:203.0.113.9"}) {
        const auto trust = *proxy_trust::make(with_preset(p, {.header = name}));
        EXPECT_EQ(resolve_transport(trust, *parse_address(peer), headers).address, parse_address(peer)) << p.name << name;
      }
}

TEST(client_ip_preset, says_where_the_software_could_not_be_set_up_like_this) {
  const auto fits = [](std::string_view name, const proxy_trust_settings& s) {
    return misfit(*client_ip_preset_named(name), s).empty();
  };
  for (const char* header : {"forwarded", "x-real-ip"}) {
    const proxy_trust_settings other{.trusted_proxies = in_ten.trusted_proxies, .hops = 1, .header = header};
    for (const char* name : {"express", "rails", "envoy", "envoy_cidrs"}) EXPECT_FALSE(fits(name, other)) << name << header;
    for (const char* name : {"auth0", "nginx", "nginx_recursive", "apache"}) EXPECT_TRUE(fits(name, other)) << name << header;
  }
  EXPECT_FALSE(fits("apache", {})) << "which would believe everybody";
  EXPECT_FALSE(fits("envoy", in_ten));
  for (const auto& p : client_ip_presets)
    EXPECT_TRUE(fits(p.name, {.trusted_proxies = in_ten.trusted_proxies, .hops = 1})) << p.name;
}

TEST(client_ip_preset, none_copies_a_parser_quirk) {
  for (const auto& p : client_ip_presets)
    for (const char* text : {"010.1.1.1", "0x0a.1.1.1", "localhost", "10..1.1"})
      EXPECT_EQ(answer(p.name, in_ten, text), "10.0.0.1") << p.name << text;
}

}  // namespace
