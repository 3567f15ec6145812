// What other software does about forwarded addresses, said in our settings. A preset chooses among them and copies no parser
// quirk: none resolves host names, reads 010 as 8, or takes text that is no address for one.
#pragma once

#include <startgate/prefix.hpp>
#include <startgate/proxy_trust.hpp>

#include <array>
#include <optional>
#include <string_view>

namespace startgate {

struct client_ip_preset {
  std::string_view name;
  std::optional<unsigned> hops;  // where the caller gives no count
  startgate::on_invalid on_invalid;
  startgate::on_all_trusted on_all_trusted;
  bool trusts_private;  // where the caller names no proxies
  std::string_view sentence;
};

inline constexpr std::array client_ip_presets{
    client_ip_preset{"auth0",
                     {},
                     on_invalid::last_hop,
                     on_all_trusted::leftmost,
                     false,
                     "our own: from the right through the trusted proxies; an unusable member leaves the last verified hop"},
    client_ip_preset{"nginx", 1, on_invalid::last_hop, on_all_trusted::leftmost, false,
                     "real_ip_recursive off: the rightmost address, where the peer is in set_real_ip_from"},
    client_ip_preset{"nginx_recursive",
                     {},
                     on_invalid::last_hop,
                     on_all_trusted::leftmost,
                     false,
                     "real_ip_recursive on: from the right through set_real_ip_from"},
    client_ip_preset{"apache",
                     {},
                     on_invalid::last_hop,
                     on_all_trusted::leftmost,
                     false,
                     "mod_remoteip: from the right through RemoteIPInternalProxy"},
    client_ip_preset{"envoy",
                     {},
                     on_invalid::peer,
                     on_all_trusted::peer,
                     false,
                     "xff_num_trusted_hops (give it as hops) or xff_trusted_cidrs: whatever cannot be read leaves the peer"},
    client_ip_preset{"express",
                     {},
                     on_invalid::last_hop,
                     on_all_trusted::leftmost,
                     false,
                     "trust proxy, a list of prefixes or a count: from the right, else the leftmost"},
    client_ip_preset{"rails",
                     {},
                     on_invalid::last_hop,
                     on_all_trusted::leftmost,
                     true,
                     "RemoteIp: every private and loopback address is a proxy"},
};

constexpr const client_ip_preset* client_ip_preset_named(std::string_view name) noexcept {
  for (const client_ip_preset& p : client_ip_presets)
    if (p.name == name) return &p;
  return nullptr;
}

// The caller's own prefixes, count and header stay. A preset's count needs prefixes: alone it would trust every peer there is.
inline proxy_trust_settings with_preset(const client_ip_preset& preset, proxy_trust_settings settings) {
  settings.on_invalid = preset.on_invalid;
  settings.on_all_trusted = preset.on_all_trusted;
  if (!settings.hops && !settings.trusted_proxies.empty() &&
      forwarding_header_named(settings.header) != forwarding_header::single)
    settings.hops = preset.hops;
  if (preset.trusts_private && settings.trusted_proxies.empty())
    for (const char* text : {"127.0.0.0/8", "::1", "fc00::/7", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"})
      settings.trusted_proxies.push_back(*parse_prefix(text));
  return settings;
}

}  // namespace startgate
