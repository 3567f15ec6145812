// Which address is the caller's, as far as the transport and its trusted proxies say. What the application says about its user is a
// question of its own (application_header.hpp).
#pragma once

#include <startgate/detail/forwarding_members.hpp>
#include <startgate/header.hpp>
#include <startgate/ip.hpp>
#include <startgate/proxy_trust.hpp>
#include <startgate/reason.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>

namespace startgate {

enum class address_source : std::uint8_t { peer, x_forwarded_for, forwarded, header, application_header };

// Two of them are headers that the settings name, and are called as they are there.
constexpr std::string_view name_of(address_source s, std::string_view header, std::string_view application_header) noexcept {
  switch (s) {
    case address_source::peer: return "peer";
    case address_source::x_forwarded_for: return "x-forwarded-for";
    case address_source::forwarded: return "forwarded";
    case address_source::header: return header;
    case address_source::application_header: return application_header;
  }
  return {};
}

struct transport_address {
  std::optional<startgate::address> address;  // empty only where the settings say `error`
  address_source source = address_source::peer;
  startgate::reason reason = reason::address_peer;

  constexpr bool operator==(const transport_address&) const = default;
};

// One step of the walk, for whoever wants to see it: what was said about whom, and what became of it.
enum class hop_verdict : std::uint8_t { trusted, caller, beyond_hops, unusable, beyond_cap };

constexpr std::string_view name_of(hop_verdict v) noexcept {
  switch (v) {
    case hop_verdict::trusted: return "trusted";
    case hop_verdict::caller: return "caller";
    case hop_verdict::beyond_hops: return "beyond_hops";
    case hop_verdict::unusable: return "unusable";
    case hop_verdict::beyond_cap: return "beyond_cap";
  }
  return {};
}

struct hop {
  unsigned number = 0;                        // 0 is the transport peer, 1 the rightmost member
  std::string_view said;                      // the member as it stands in the header; empty for the peer
  std::optional<startgate::address> address;  // empty where unusable
  hop_verdict verdict = hop_verdict::trusted;
};

namespace detail {

constexpr address_source source_of(forwarding_header kind) noexcept {
  switch (kind) {
    case forwarding_header::x_forwarded_for: return address_source::x_forwarded_for;
    case forwarding_header::forwarded: return address_source::forwarded;
    case forwarding_header::single: return address_source::header;
  }
  return address_source::header;
}

struct unseen {
  constexpr void operator()(const hop&) const noexcept {}
};

// A single header's second line makes all of them unusable.
template <class Visitor>
void visit_duplicates(header_list headers, std::string_view name, Visitor& visit) {
  unsigned number = 0;
  for (auto h = headers.rbegin(); h != headers.rend() && number < max_hops; ++h)
    if (same_name(h->name, name)) visit(hop{++number, trim_ows(h->value), std::nullopt, hop_verdict::unusable});
}

// Moves `best` from hop to hop, always to the last one that a trusted proxy vouched for, and says why it stopped.
template <class Visitor>
reason walk(const proxy_trust& trust, header_list headers, transport_address& best, Visitor& visit) {
  const auto& settings = trust.settings();
  if (trust.kind() == forwarding_header::single && find_single(headers, settings.header).count > 1) {
    visit_duplicates(headers, settings.header, visit);
    return reason::address_header_duplicated;
  }
  members_from_the_right members(headers, settings.header, trust.kind());
  forwarding_member member;
  for (unsigned number = 1; number <= max_hops; ++number) {
    const bool another = members.next(member);
    if (!another && number == 1) return reason::address_header_missing;
    if (!another) return settings.hops ? reason::address_header_too_short : reason::address_all_trusted;
    if (!member.named) {
      visit(hop{number, member.said, std::nullopt, hop_verdict::unusable});
      return reason::address_header_invalid;
    }
    best.address = *member.named;
    best.source = source_of(trust.kind());
    if (!trust.trusts(*member.named, number)) {
      const bool counted = settings.hops == number;
      visit(hop{number, member.said, member.named, counted ? hop_verdict::beyond_hops : hop_verdict::caller});
      return counted ? reason::address_hops : reason::address_forwarded;
    }
    visit(hop{number, member.said, member.named, number < max_hops ? hop_verdict::trusted : hop_verdict::beyond_cap});
  }
  return reason::address_walk_capped;
}

struct instead_of_last_hop {
  bool peer = false;
  bool nothing = false;
};

// What the settings want where the walk did not end at a caller.
constexpr instead_of_last_hop asked_instead(const proxy_trust_settings& s, reason why) noexcept {
  switch (why) {
    case reason::address_header_invalid:
    case reason::address_header_duplicated:
    case reason::address_walk_capped: return {s.on_invalid == on_invalid::peer, s.on_invalid == on_invalid::error};
    case reason::address_all_trusted:
    case reason::address_header_too_short:
      return {s.on_all_trusted == on_all_trusted::peer, s.on_all_trusted == on_all_trusted::error};
    default: return {};
  }
}

}  // namespace detail

// Start at the peer; as long as the hop is a trusted proxy, believe the member that it appended; stop at the first hop that is
// not, which is the caller. Nothing to the left of the answer is ever read. An unusable member, an empty one too, stops the walk:
// to skip it would be to believe whatever stands further left. `visit` sees every hop.
template <class Visitor = detail::unseen>
transport_address resolve_transport(const proxy_trust& trust, const address& peer, header_list headers,
                                    Visitor visit = {}) noexcept(std::is_nothrow_invocable_v<Visitor&, const hop&>) {
  transport_address best{peer, address_source::peer, reason::address_peer};
  const bool proxied = trust.trusts(peer, 0);
  visit(hop{0, {}, peer, proxied ? hop_verdict::trusted : hop_verdict::caller});
  if (!proxied) return best;

  best.reason = detail::walk(trust, headers, best, visit);
  const auto instead = detail::asked_instead(trust.settings(), best.reason);
  if (instead.peer) best.address = peer, best.source = address_source::peer;
  if (instead.nothing) best.address.reset();
  return best;
}

}  // namespace startgate
