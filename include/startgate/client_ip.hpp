// Which address is the caller's. Two questions, kept apart: what the transport and its trusted proxies say, and what the
// application says in its own header. Whether the application may be believed is the judge's to decide, after authentication.
#pragma once

#include <startgate/forwarded.hpp>
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

constexpr std::string_view name_of(address_source s) noexcept {
  switch (s) {
    case address_source::peer: return "peer";
    case address_source::x_forwarded_for: return "x-forwarded-for";
    case address_source::forwarded: return "forwarded";
    case address_source::header: return "header";
    case address_source::application_header: return "auth0-forwarded-for";
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

constexpr std::string_view trim_ows(std::string_view text) noexcept {  // OWS of RFC 9110 section 5.6.3
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

// Everything a sender wrote lies further left than what the proxies after him wrote: the last line first, and each line from its
// end.
class members_from_the_right {
 public:
  constexpr members_from_the_right(header_list headers, std::string_view name, forwarding_header kind) noexcept
      : headers_(headers), name_(name), kind_(kind) {}

  constexpr std::optional<std::string_view> next() noexcept {
    if (!in_line_ && !enter_previous_line()) return std::nullopt;
    const std::size_t start = kind_ == forwarding_header::forwarded ? last_element_start(line_)
                              : kind_ == forwarding_header::single  ? 0
                                                                    : last_member_start(line_);
    const std::string_view member = line_.substr(start);
    in_line_ = start > 0;
    if (in_line_) line_ = line_.substr(0, start - 1);
    return trim_ows(member);
  }

 private:
  constexpr bool enter_previous_line() noexcept {
    while (before_ < headers_.size()) {
      const header& h = headers_[headers_.size() - ++before_];
      if (!same_name(h.name, name_)) continue;
      line_ = h.value;
      return true;
    }
    return false;
  }

  // An address with its port is 53 characters. Whatever is far longer is unusable, and is not searched for its other end.
  static constexpr std::size_t last_member_start(std::string_view line) noexcept {
    constexpr std::size_t longest = 256;
    const std::size_t floor = line.size() > longest ? line.size() - longest : 0;
    for (std::size_t at = line.size(); at > floor; --at)
      if (line[at - 1] == ',') return at;
    return 0;
  }

  header_list headers_;
  std::string_view name_;
  forwarding_header kind_;
  std::size_t before_ = 0;  // lines already passed, counted from the last
  std::string_view line_;
  bool in_line_ = false;
};

constexpr address_source source_of(forwarding_header kind) noexcept {
  switch (kind) {
    case forwarding_header::x_forwarded_for: return address_source::x_forwarded_for;
    case forwarding_header::forwarded: return address_source::forwarded;
    case forwarding_header::single: return address_source::header;
  }
  return address_source::header;
}

// `best` is the last hop that a trusted proxy vouched for.
inline transport_address stop_at(transport_address best, on_invalid then, const address& peer, reason why) noexcept {
  best.reason = why;
  if (then == on_invalid::peer) best.address = peer, best.source = address_source::peer;
  if (then == on_invalid::error) best.address.reset();
  return best;
}

inline transport_address stop_at(transport_address best, on_all_trusted then, const address& peer, reason why) noexcept {
  const auto same = then == on_all_trusted::leftmost ? on_invalid::last_hop
                    : then == on_all_trusted::peer   ? on_invalid::peer
                                                     : on_invalid::error;
  return stop_at(best, same, peer, why);
}

struct unseen {
  constexpr void operator()(const hop&) const noexcept {}
};

}  // namespace detail

// The walk: start at the peer; as long as the hop is a trusted proxy, believe the member that it appended; stop at the first hop
// that is not, which is the caller. Nothing to the left of the answer is ever read. An unusable member, an empty one too, stops
// the walk: to skip it would be to believe whatever stands further left. `visit` sees every hop.
template <class Visitor = detail::unseen>
transport_address resolve_transport(const proxy_trust& trust, const address& peer, header_list headers,
                                    Visitor visit = {}) noexcept(std::is_nothrow_invocable_v<Visitor&, const hop&>) {
  const auto& settings = trust.settings();
  transport_address best{peer, address_source::peer, reason::address_peer};
  if (!trust.trusts(peer, 0)) {
    visit(hop{0, {}, peer, hop_verdict::caller});
    return best;
  }
  visit(hop{0, {}, peer, hop_verdict::trusted});
  if (trust.kind() == forwarding_header::single && find_single(headers, settings.header).count > 1)
    return detail::stop_at(best, settings.on_invalid, peer, reason::address_header_duplicated);

  detail::members_from_the_right members(headers, settings.header, trust.kind());
  for (unsigned number = 1;; ++number) {
    const auto said = members.next();
    if (!said && number == 1) return {peer, address_source::peer, reason::address_header_missing};
    if (!said) {
      const auto why = settings.hops ? reason::address_header_too_short : reason::address_all_trusted;
      return detail::stop_at(best, settings.on_all_trusted, peer, why);
    }
    const auto named =
        trust.kind() == forwarding_header::forwarded ? parse_forwarded_element(*said) : parse_address_and_port(*said);
    if (!named) {
      visit(hop{number, *said, std::nullopt, hop_verdict::unusable});
      return detail::stop_at(best, settings.on_invalid, peer, reason::address_header_invalid);
    }
    best.address = *named;
    best.source = detail::source_of(trust.kind());
    if (!trust.trusts(*named, number)) {
      const bool counted = settings.hops == number;
      visit(hop{number, *said, *named, counted ? hop_verdict::beyond_hops : hop_verdict::caller});
      best.reason = counted ? reason::address_hops : reason::address_forwarded;
      return best;
    }
    if (number == max_hops) {
      visit(hop{number, *said, *named, hop_verdict::beyond_cap});
      return detail::stop_at(best, settings.on_invalid, peer, reason::address_walk_capped);
    }
    visit(hop{number, *said, *named, hop_verdict::trusted});
  }
}

// Fields that look as if they named the caller and that the walk did not read: another name than the configured one, or any name
// where the peer is no trusted proxy. For explanations.
template <class Visitor>
void for_each_ignored_header(const proxy_trust& trust, const address& peer, header_list headers, Visitor visit) {
  constexpr std::string_view claims[] = {
      "x-forwarded-for", "forwarded",   "x-real-ip",           "true-client-ip",   "cf-connecting-ip",
      "client-ip",       "x-client-ip", "x-cluster-client-ip", "fastly-client-ip", "x-original-forwarded-for"};
  const bool peer_trusted = trust.trusts(peer, 0);
  for (const header& h : headers) {
    const bool configured = same_name(h.name, trust.settings().header);
    bool claim = configured;
    for (const auto name : claims) claim = claim || same_name(h.name, name);
    if (claim && !(configured && peer_trusted)) visit(h);
  }
}

// What the application says about its user, believed or not. Exactly one address; a port is dropped; a list, a second line or
// anything else is unusable.
enum class header_state : std::uint8_t { absent, unusable, usable };

struct application_header {
  header_state state = header_state::absent;
  std::optional<startgate::address> address;
  startgate::reason reason = reason::none;

  constexpr bool operator==(const application_header&) const = default;
};

constexpr application_header read_application_header(header_list headers, std::string_view name) noexcept {
  const auto [found, count] = find_single(headers, name);
  if (count == 0) return {};
  const auto named = found ? parse_address_and_port(detail::trim_ows(found->value)) : std::nullopt;
  if (!named) return {header_state::unusable, std::nullopt, reason::address_application_header_invalid};
  return {header_state::usable, named, reason::address_application_header};
}

}  // namespace startgate
