// Whether a text is one of an application's secrets, at a cost that tells nobody which applications there are.
#pragma once

#include <startgate/secret.hpp>
#include <startgate/verifier.hpp>

#include <optional>
#include <span>
#include <string_view>

namespace startgate::detail {

enum class secret_match : std::uint8_t { different, current, previous, expired, busy };

// Always one digest and max_secrets compares, and on failure the slow derivations that the decoys name: what an unknown application,
// a wrong secret and an expired one cost is the same (GHSA-w6m9-39cv-2fwp, CVE-2026-23996).
template <verifier V>
secret_match match_secret(std::span<const secret> registered, const secret_decoys& decoys, std::string_view sent, instant now,
                          const V& v) noexcept {
  constexpr digest256 nobody{};
  const auto digest = v.sha256(sent);
  if (!digest) return secret_match::busy;
  secret_match answer = secret_match::different;
  const auto note = [&](std::size_t i) {
    if (registered[i].expired(now))
      answer = answer == secret_match::different ? secret_match::expired : answer;
    else if (answer != secret_match::current)
      answer = i == 0 ? secret_match::current : secret_match::previous;
  };
  for (std::size_t i = 0; i < max_secrets; ++i) {
    const bool fast = i < registered.size() && !registered[i].how().slow();
    const bool same = v.equal(*digest, fast ? registered[i].expected() : nobody);
    if (fast && same) note(i);
  }
  const auto failed = [&] { return answer == secret_match::different || answer == secret_match::expired; };
  const auto derive = [&](const derivation& how, const digest256& expected) -> std::optional<bool> {
    const auto bytes = v.derive(how, sent);
    if (!bytes) return std::nullopt;
    return v.equal(*bytes, expected);
  };
  for (std::size_t i = 0; failed() && i < registered.size() && i < max_secrets; ++i) {
    if (!registered[i].how().slow()) continue;
    const auto same = derive(registered[i].how(), registered[i].expected());
    if (!same) return secret_match::busy;
    if (*same) note(i);
  }
  if (!failed()) return answer;
  for (const secret_decoys::share& each : decoys.shares())
    for (std::size_t done = secret_decoys::times_in(registered, each.how); done < each.count; ++done)
      if (!derive(each.how, nobody)) return secret_match::busy;
  return answer;
}

constexpr bool matched(secret_match m) noexcept { return m == secret_match::current || m == secret_match::previous; }

}  // namespace startgate::detail
