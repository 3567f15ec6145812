// What a caller is told about limits: the published x-ratelimit-* and Auth0-RateLimit fields, Retry-After (RFC 9110 section 10.2.3)
// and the fields of draft-ietf-httpapi-ratelimit-headers, all from the same outcomes. A pure function, no allocation.
#pragma once

#include <startgate/detail/fixed_text.hpp>
#include <startgate/detail/siphash.hpp>
#include <startgate/instant.hpp>
#include <startgate/rate.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace startgate {

// One limit that a call was charged to. What is not visible, such as a recipient's bucket to a caller who is not authenticated,
// shows in no field: its numbers would tell whether, and how much, somebody else uses that recipient.
struct limit_report {
  std::string_view name;
  quota limit = quota::blocked();
  limit_outcome outcome;
  bool visible = true;
  bool log_only = false;              // it refuses nobody, so nobody has to wait for it
  bool tells_wait = true;             // in Retry-After
  std::string_view application = {};  // of a custom policy: whose it is, `client` or `group`
};

constexpr std::uint64_t seconds_up(duration d) noexcept { return d / second + (d % second != 0); }

// Seconds since the epoch at which one more request is added, rounded up so that whoever waits for it is not early.
constexpr std::uint64_t reset_at(const limit_outcome& o, instant now) noexcept { return seconds_up(now + o.next_token_after()); }

struct rate_headers {
  detail::fixed_text<20> limit, remaining, reset, retry_after;
  detail::fixed_text<512> policy, current;
  detail::fixed_text<128> application;

  // visit(name, value) for every field that is to be sent.
  template <class Visit>
  constexpr void for_each(Visit visit) const {
    const auto send = [&](std::string_view name, std::string_view value) {
      if (!value.empty()) visit(name, value);
    };
    send("x-ratelimit-limit", limit);
    send("x-ratelimit-remaining", remaining);
    send("x-ratelimit-reset", reset);
    send("retry-after", retry_after);
    send("ratelimit-policy", policy);
    send("ratelimit", current);
    send("auth0-ratelimit", application);
  }
};

namespace detail {

constexpr bool refuses(const limit_report& r) noexcept { return !r.outcome.allowed && !r.log_only; }

constexpr bool refused_by_hidden(std::span<const limit_report> reports) noexcept {
  return std::ranges::any_of(reports, [](const limit_report& r) { return !r.visible && refuses(r); });
}

// Of several limits the x-ratelimit-* fields have room for one: the one that makes the caller wait longest, else the one that will
// refuse first. Where only one that is not visible refused there is none to show: what others have left is no help then. A custom policy
// of an application has a field of its own, as published, and leaves these to the tenant.
constexpr const limit_report* deciding(std::span<const limit_report> reports) noexcept {
  const limit_report* chosen = nullptr;
  const auto comes_first = [](const limit_outcome& a, const limit_outcome& b) {
    if (a.allowed != b.allowed) return !a.allowed;
    return a.allowed ? a.remaining() < b.remaining() : a.retry_after.time() > b.retry_after.time();
  };
  for (const limit_report& r : reports)
    if (r.visible && r.application.empty() && (chosen == nullptr || comes_first(r.outcome, chosen->outcome))) chosen = &r;
  return chosen != nullptr && chosen->outcome.allowed && refused_by_hidden(reports) ? nullptr : chosen;
}

// Not everybody is to come back at once, and the same request from the same state is to get the same bytes: up to a tenth of the
// wait (at least a second, at most a minute) and one more, as a function of the caller's address and of which window it is. Always
// later.
constexpr std::uint64_t jitter(std::uint64_t wait, const quota& q, instant now,
                               std::span<const std::uint8_t, 16> caller) noexcept {
  siphash state({q.window(), now / std::max<duration>(q.window(), 1)});
  for (const std::uint8_t byte : caller) state.absorb(byte);
  return 1 + state.finish(0)[0] % (std::clamp<std::uint64_t>(wait / 10, 1, 60) + 1);
}

// How long the refused limits together make the caller wait. One that is not visible says an interval, which is always enough and
// tells nothing of its state: the longest one of all that are not visible, so that it does not tell either which of them refused.
constexpr fixed_text<20> retry_after(std::span<const limit_report> reports, instant now,
                                     std::span<const std::uint8_t, 16> caller) noexcept {
  fixed_text<20> text;
  const bool hidden = refused_by_hidden(reports);
  const limit_report* longest = nullptr;
  std::uint64_t wait = 0;
  for (const limit_report& r : reports) {
    if (refuses(r) && r.outcome.retry_after.is_never()) return text;
    if (!r.tells_wait || (r.visible ? !refuses(r) : !hidden || r.log_only)) continue;
    const std::uint64_t own = seconds_up(r.visible ? r.outcome.retry_after.time() : r.limit.emission_interval());
    if (longest == nullptr || own > wait) longest = &r, wait = own;
  }
  return longest == nullptr ? text : text.append(wait + jitter(wait, longest->limit, now, caller));
}

// An sf-string (RFC 9651 section 3.3.3) without escapes. Names are the engine's own; another kind is left out.
constexpr bool plain(std::string_view name) noexcept {
  return std::ranges::all_of(name, [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; });
}

// One member of a List of Strings with Integer parameters (RFC 9651 sections 3.1, 3.1.2); whole or not at all.
template <std::size_t N>
constexpr void append_member(fixed_text<N>& list, std::string_view name, std::string_view first, std::uint64_t first_value,
                             std::string_view then, std::uint64_t then_value) noexcept {
  constexpr std::uint64_t largest = 999'999'999'999'999;  // an sf-integer (section 3.3.1)
  fixed_text<128> member;
  member.append(list.empty() ? "\"" : ", \"").append(name).append("\"").append(first).append(std::min(first_value, largest));
  if (then_value > 0) member.append(then).append(std::min(then_value, largest));
  if (name.size() <= 64 && plain(name) && list.view().size() + member.view().size() <= N) list.append(member);
}

}  // namespace detail

// `caller` is the caller's address, of which the jitter of Retry-After is a function.
constexpr rate_headers headers_of(std::span<const limit_report> reports, instant now,
                                  std::span<const std::uint8_t, 16> caller) noexcept {
  rate_headers h;
  if (const limit_report* shown = detail::deciding(reports)) {
    h.limit.append(shown->limit.burst());
    h.remaining.append(shown->outcome.remaining());
    h.reset.append(reset_at(shown->outcome, now));
  }
  h.retry_after = detail::retry_after(reports, now, caller);
  for (const limit_report& r : reports) {
    if (!r.visible) continue;
    if (!r.application.empty() && h.application.empty())
      h.application.append(r.application)
          .append(";q=")
          .append(r.limit.burst())
          .append(";t=")
          .append(seconds_up(r.outcome.next_token_after()))
          .append(";r=")
          .append(r.outcome.remaining());
    detail::append_member(h.policy, r.name, ";q=", r.limit.burst(),
                          ";w=", std::max<std::uint64_t>(seconds_up(r.limit.window()), 1));
    detail::append_member(h.current, r.name, ";r=", r.outcome.remaining(), ";t=", seconds_up(r.outcome.next_token_after()));
  }
  return h;
}

}  // namespace startgate
