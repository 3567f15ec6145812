// Which proxies may name the caller, in which header, and what to do where they fail to: settings that are checked once.
#pragma once

#include <startgate/detail/token.hpp>
#include <startgate/header.hpp>
#include <startgate/prefix_set.hpp>
#include <startgate/result.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace startgate {

// x-forwarded-for and forwarded are lists to which each proxy appends; every other header carries one address.
enum class forwarding_header : std::uint8_t { x_forwarded_for, forwarded, single };

constexpr forwarding_header forwarding_header_named(std::string_view name) noexcept {
  if (same_name(name, "x-forwarded-for")) return forwarding_header::x_forwarded_for;
  return same_name(name, "forwarded") ? forwarding_header::forwarded : forwarding_header::single;
}

// What counts where the walk meets something unusable. `error`: no address at all.
enum class on_invalid : std::uint8_t { last_hop, peer, error };

// What counts where every address down to the left end is a trusted proxy.
enum class on_all_trusted : std::uint8_t { leftmost, peer, error };

// A caller pads the header at no cost, so the bound is on the walk and never on the list: trusted proxies in a row before it
// gives up.
inline constexpr unsigned max_hops = 16;

struct proxy_trust_settings {
  std::vector<prefix> trusted_proxies = {};
  std::optional<unsigned> hops =
      {};  // with prefixes: a proxy must be within the count and in a prefix; alone: every peer is trusted
  std::string header = "x-forwarded-for";
  startgate::on_invalid on_invalid = startgate::on_invalid::last_hop;
  startgate::on_all_trusted on_all_trusted = startgate::on_all_trusted::leftmost;
};

inline constexpr std::string_view not_a_field_name = "the header is not a field name: letters, digits and any of !#$%&'*+-.^_`|~";

enum class proxy_trust_error : std::uint8_t { header_name_invalid, hops_out_of_range, hops_need_a_list };

constexpr std::string_view sentence_of(proxy_trust_error e) noexcept {
  switch (e) {
    case proxy_trust_error::header_name_invalid: return not_a_field_name;
    case proxy_trust_error::hops_out_of_range: return "hops is not between 1 and 16; leave it out to trust by prefix alone";
    case proxy_trust_error::hops_need_a_list:
      return "hops counts members of x-forwarded-for or forwarded; any other header carries one address";
  }
  return {};
}

class proxy_trust {
 public:
  proxy_trust() = default;  // nobody is trusted: the peer is the caller

  static result<proxy_trust, proxy_trust_error> make(proxy_trust_settings s) {
    const auto kind = forwarding_header_named(s.header);
    if (!detail::is_token(s.header)) return unexpected{proxy_trust_error::header_name_invalid};
    if (s.hops && (*s.hops == 0 || *s.hops > max_hops)) return unexpected{proxy_trust_error::hops_out_of_range};
    if (s.hops && kind == forwarding_header::single) return unexpected{proxy_trust_error::hops_need_a_list};
    proxy_trust out;
    out.prefixes_ = prefix_set(s.trusted_proxies);
    out.settings_ = std::move(s);
    out.kind_ = kind;
    return out;
  }

  // The proxy `hop` steps from here; the transport peer is hop 0. Where both a count and prefixes are given, both must agree:
  // with a count alone, whoever reaches an inner proxy directly is one hop short and could name any caller.
  bool trusts(const address& proxy, unsigned hop) const noexcept {
    if (settings_.hops && hop >= *settings_.hops) return false;
    return prefixes_.empty() ? settings_.hops.has_value() : prefixes_.contains(proxy);
  }

  const proxy_trust_settings& settings() const noexcept { return settings_; }
  forwarding_header kind() const noexcept { return kind_; }

 private:
  proxy_trust_settings settings_;
  prefix_set prefixes_;
  forwarding_header kind_ = forwarding_header::x_forwarded_for;
};

}  // namespace startgate
