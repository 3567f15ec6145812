// What other software does about forwarded addresses, said in our settings. A preset chooses among them and copies no parser
// quirk: none resolves host names, reads 010 as 8, or takes text that is no address for one.
#pragma once

#include <startgate/prefix.hpp>
#include <startgate/proxy_trust.hpp>

#include <array>
#include <cstdint>
#include <string_view>

namespace startgate {

// What becomes of a number of hops: the software takes one, has none, always looks one hop back, or trusts by it alone.
enum class hop_count : std::uint8_t { as_given, none, one, required };

struct client_ip_preset {
  std::string_view name;
  std::string_view sentence;
  hop_count hops = hop_count::as_given;
  startgate::on_invalid on_invalid = startgate::on_invalid::last_hop;
  startgate::on_all_trusted on_all_trusted = startgate::on_all_trusted::leftmost;
  bool trusts_private = false;  // where the caller names no proxies
  bool any_header = true;       // else the software reads x-forwarded-for only
  bool needs_proxies = false;   // without any it would believe every peer
};

inline constexpr std::array client_ip_presets{
    client_ip_preset{
        .name = "auth0",
        .sentence = "our own: from the right through the trusted proxies; an unusable member leaves the last verified hop",
    },
    client_ip_preset{
        .name = "nginx",
        .sentence = "real_ip_recursive off: the rightmost address, where the peer is in set_real_ip_from",
        .hops = hop_count::one,
    },
    client_ip_preset{
        .name = "nginx_recursive",
        .sentence = "real_ip_recursive on: from the right through set_real_ip_from",
        .hops = hop_count::none,
    },
    client_ip_preset{
        .name = "apache",
        .sentence = "mod_remoteip: from the right through RemoteIPInternalProxy, which has to be named",
        .hops = hop_count::none,
        .needs_proxies = true,
    },
    client_ip_preset{
        .name = "envoy",
        .sentence = "xff_num_trusted_hops, given as hops: so many from the right; whatever cannot be read leaves the peer",
        .hops = hop_count::required,
        .on_invalid = on_invalid::peer,
        .on_all_trusted = on_all_trusted::peer,
        .any_header = false,
    },
    client_ip_preset{
        .name = "envoy_cidrs",
        .sentence = "xff_trusted_cidrs: from the right, else the leftmost; whatever cannot be read leaves the peer",
        .hops = hop_count::none,
        .on_invalid = on_invalid::peer,
        .any_header = false,
    },
    client_ip_preset{
        .name = "express",
        .sentence = "trust proxy, a list of prefixes or a count: from the right, else the leftmost",
        .any_header = false,
    },
    client_ip_preset{
        .name = "rails",
        .sentence = "RemoteIp: every private, loopback and link-local address is a proxy; a peer on the internet is believed by "
                    "Rails, and not here",
        .hops = hop_count::none,
        .trusts_private = true,
        .any_header = false,
    },
};

constexpr const client_ip_preset* client_ip_preset_named(std::string_view name) noexcept {
  for (const client_ip_preset& p : client_ip_presets)
    if (p.name == name) return &p;
  return nullptr;
}

// Why the software could not be set up like this, so that an answer in its name would be none of its own; empty where it can.
constexpr std::string_view misfit(const client_ip_preset& preset, const proxy_trust_settings& settings) noexcept {
  if (!preset.any_header && forwarding_header_named(settings.header) != forwarding_header::x_forwarded_for)
    return "reads x-forwarded-for and no other header";
  if (preset.needs_proxies && settings.trusted_proxies.empty())
    return "believes every peer where it is told no proxies, which is not done here: name them";
  if (preset.hops == hop_count::required && !settings.hops && !settings.trusted_proxies.empty())
    return "counts hops and takes no prefixes: give their number, or use envoy_cidrs";
  return {};
}

// The caller's own prefixes and header stay, and the count where the software takes one. A count that the preset brings needs
// prefixes: alone it would trust every peer there is.
inline proxy_trust_settings with_preset(const client_ip_preset& preset, proxy_trust_settings settings) {
  settings.on_invalid = preset.on_invalid;
  settings.on_all_trusted = preset.on_all_trusted;
  if (preset.hops == hop_count::one || preset.hops == hop_count::none) settings.hops.reset();
  const bool list = forwarding_header_named(settings.header) != forwarding_header::single;
  if (preset.hops == hop_count::one && list && !settings.trusted_proxies.empty()) settings.hops = 1;
  if (preset.hops == hop_count::required && !settings.hops) settings.trusted_proxies.clear();
  // ActionDispatch::RemoteIp::TRUSTED_PROXIES
  if (preset.trusts_private && settings.trusted_proxies.empty())
    for (const char* text :
         {"127.0.0.0/8", "::1", "fc00::/7", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "fe80::/10"})
      settings.trusted_proxies.push_back(*parse_prefix(text));
  return settings;
}

}  // namespace startgate
