// The hosted page's state: what the issuer puts into its login page, and how a start request that forwards it is checked. The
// state names a login transaction and is bound to the issuer, the application and the browser, so that it proves whose page is
// calling (RFC 6749 section 10.12; CVE-2023-2585, CVE-2025-68481).
//
//   state   = "sgs1." kid "." base64url( payload ) "." base64url( HMAC-SHA-256( everything before the last dot ) )
//   payload = transaction id (16) · issued at, nanoseconds, big endian (8) · tags of issuer, application and browser cookie (16
//   each)
#pragma once

#include <startgate/cookie.hpp>
#include <startgate/detail/base64url.hpp>
#include <startgate/detail/constant_time.hpp>
#include <startgate/detail/fixed_text.hpp>
#include <startgate/header.hpp>
#include <startgate/mac_key.hpp>
#include <startgate/reason.hpp>
#include <startgate/verifier.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace startgate {

inline constexpr std::string_view transaction_cookie = "startgate_transaction";  // HttpOnly; Secure; SameSite=Lax
inline constexpr duration state_clock_skew = 10 * second;

using transaction_id = std::array<std::uint8_t, 16>;

// The first key signs, all of them verify: rotate by putting the new one in front and dropping the old one a lifetime later.
struct state_key {
  std::string kid;  // 1 to 32 letters, digits, `-` and `_`
  std::shared_ptr<const mac_key> key;
};
using state_keys = std::vector<state_key>;

constexpr bool is_state_kid(std::string_view kid) noexcept {
  if (kid.empty() || kid.size() > 32) return false;
  for (const char c : kid)
    if (detail::base64url_values[static_cast<unsigned char>(c)] < 0) return false;
  return true;
}

enum class cookie_rule : std::uint8_t { where_sent, required };

struct login_state_policy {
  std::string_view issuer;
  duration lifetime = hour;
  cookie_rule cookie = cookie_rule::where_sent;
  std::span<const std::string> allowed_origins;
};

// An identity provider that keeps opaque states of its own answers here for those that are not ours. Whose
// browser it is, it finds in the headers, since only it knows its cookie; the Origin is held against the policy as for our own.
struct opaque_states {
  bool (*accepts)(void* context, std::string_view state, std::string_view client_id, header_list headers) noexcept = nullptr;
  void* context = nullptr;
};

struct state_check {
  reason why = reason::state_not_issued_here;
  transaction_id transaction{};  // of a proved state: what its starts and recipients are counted by
  instant issued_at = 0;

  constexpr bool proved() const noexcept { return why == reason::state_valid || why == reason::state_accepted_elsewhere; }
  constexpr bool foreign() const noexcept { return why == reason::state_not_issued_here; }
};

// Expired states are everyday; these are not, and attack protection counts them.
constexpr bool is_state_misuse(reason why) noexcept {
  using enum reason;
  return why == state_signature_wrong || why == state_other_tenant || why == state_other_application ||
         why == state_other_browser || why == state_other_origin;
}

namespace detail {

inline constexpr std::string_view state_prefix = "sgs1.";
inline constexpr std::size_t state_payload_bytes = 16 + 8 + 3 * 16;
inline constexpr std::size_t state_payload_characters = base64url_encoded_size(state_payload_bytes);
inline constexpr std::size_t state_mac_characters = base64url_encoded_size(32);

using state_tag = std::array<std::uint8_t, 16>;

struct state_payload {
  transaction_id transaction{};
  instant issued_at = 0;
  state_tag issuer{}, client{}, browser{};
};

template <verifier V>
std::optional<state_tag> tag_of(std::string_view text, const V& v) noexcept {
  const auto digest = v.sha256(text);
  if (!digest) return std::nullopt;
  state_tag tag;
  std::copy_n(digest->begin(), tag.size(), tag.begin());
  return tag;
}

inline std::array<std::uint8_t, state_payload_bytes> write_payload(const state_payload& p) noexcept {
  std::array<std::uint8_t, state_payload_bytes> bytes;
  auto at = std::copy(p.transaction.begin(), p.transaction.end(), bytes.begin());
  for (int shift = 56; shift >= 0; shift -= 8) *at++ = static_cast<std::uint8_t>(p.issued_at >> shift);
  for (const state_tag* tag : {&p.issuer, &p.client, &p.browser}) at = std::copy(tag->begin(), tag->end(), at);
  return bytes;
}

inline state_payload read_payload(std::span<const std::uint8_t, state_payload_bytes> bytes) noexcept {
  state_payload p;
  auto at = bytes.begin();
  const auto take = [&at](auto& out) {
    std::copy_n(at, out.size(), out.begin());
    at += static_cast<std::ptrdiff_t>(out.size());
  };
  take(p.transaction);
  for (int i = 0; i < 8; ++i) p.issued_at = (p.issued_at << 8) | *at++;
  take(p.issuer), take(p.client), take(p.browser);
  return p;
}

// none, other_browser or cookie_missing. Where a browser holds several (one per path), any of them may be the state's.
template <verifier V>
reason fault_of_browser(const state_payload& p, header_list headers, cookie_rule rule, const V& v) noexcept {
  int looked_at = 0;
  for (const header& h : headers) {
    if (!same_name(h.name, "cookie")) continue;
    for (std::string_view rest = h.value; !rest.empty();) {
      const header cookie = next_cookie(rest);
      if (cookie.name != transaction_cookie || cookie.value.empty()) continue;
      if (++looked_at > 8) return reason::state_other_browser;
      const auto tag = tag_of(cookie.value, v);
      if (tag && equal_in_constant_time<16>(*tag, p.browser)) return reason::none;
    }
  }
  if (looked_at > 0) return reason::state_other_browser;
  return rule == cookie_rule::required ? reason::state_cookie_missing : reason::none;
}

inline bool origin_allowed(header_list headers, std::span<const std::string> allowed) noexcept {
  const single_header origin = find_single(headers, "origin");
  if (origin.count == 0) return true;
  return origin.found != nullptr && std::find(allowed.begin(), allowed.end(), origin.found->value) != allowed.end();
}

struct opened_state {
  reason fault = reason::none;
  state_payload payload;
};

// From text to a payload that one of our keys vouches for.
template <verifier V>
opened_state open_state(const state_keys& keys, std::string_view state, const V& v) noexcept {
  const std::string_view rest = state.substr(state_prefix.size());
  const std::size_t dot = rest.find('.');
  if (dot == std::string_view::npos || rest.size() != dot + 1 + state_payload_characters + 1 + state_mac_characters)
    return {reason::state_signature_wrong, {}};
  const auto key = std::find_if(keys.begin(), keys.end(), [&](const state_key& k) { return k.kid == rest.substr(0, dot); });
  if (key == keys.end() || key->key == nullptr) return {reason::state_key_unknown, {}};

  std::array<std::uint8_t, state_payload_bytes> payload;
  digest256 sent_mac;
  const std::size_t signed_size = state.size() - state_mac_characters - 1;
  if (state[signed_size] != '.' || !base64url_decode(state.substr(signed_size + 1), sent_mac) ||
      !base64url_decode(rest.substr(dot + 1, state_payload_characters), payload))
    return {reason::state_signature_wrong, {}};
  const auto mac = key->key->mac(state.substr(0, signed_size));
  if (!mac || !v.equal(*mac, sent_mac)) return {reason::state_signature_wrong, {}};
  return {reason::none, read_payload(payload)};
}

}  // namespace detail

using state_text = detail::fixed_text<192>;

// `cookie` is the value of the browser's transaction cookie: the one that it already sends, so that two open tabs both work, or a
// new one of at least 128 random bits. Empty where there is no usable key or the library fails.
template <verifier V>
std::optional<state_text> issue_state(const state_keys& keys, std::string_view issuer, std::string_view client_id,
                                      std::string_view cookie, const transaction_id& transaction, instant now,
                                      const V& v) noexcept {
  if (keys.empty() || keys.front().key == nullptr || !is_state_kid(keys.front().kid) || cookie.empty()) return std::nullopt;
  const auto issuer_tag = detail::tag_of(issuer, v), client_tag = detail::tag_of(client_id, v),
             browser_tag = detail::tag_of(cookie, v);
  if (!issuer_tag || !client_tag || !browser_tag) return std::nullopt;
  const auto payload = detail::write_payload({transaction, now, *issuer_tag, *client_tag, *browser_tag});

  std::array<char, detail::state_payload_characters> characters;
  state_text text(detail::state_prefix);
  text.append(keys.front().kid).append(".");
  text.append({characters.data(), detail::base64url_encode(payload, characters.data())});
  const auto mac = keys.front().key->mac(text);
  if (!mac) return std::nullopt;
  text.append(".").append({characters.data(), detail::base64url_encode(*mac, characters.data())});
  return text;
}

// `client_id` is the application that the request names; `headers` are the request's, for the browser's cookie and its Origin.
template <verifier V>
state_check check_state(const state_keys& keys, const login_state_policy& policy, std::string_view state,
                        std::string_view client_id, header_list headers, instant now, const V& v,
                        const opaque_states& elsewhere = {}) noexcept {
  const auto answer = [](reason why) { return state_check{.why = why}; };
  if (!state.starts_with(detail::state_prefix)) {
    if (elsewhere.accepts == nullptr || !elsewhere.accepts(elsewhere.context, state, client_id, headers)) return {};
    if (!detail::origin_allowed(headers, policy.allowed_origins)) return answer(reason::state_other_origin);
    const auto transaction = detail::tag_of(state, v);
    return transaction ? state_check{.why = reason::state_accepted_elsewhere, .transaction = *transaction} : state_check{};
  }
  const auto [fault, payload] = detail::open_state(keys, state, v);
  if (fault != reason::none) return answer(fault);
  if (detail::tag_of(policy.issuer, v) != payload.issuer) return answer(reason::state_other_tenant);
  if (detail::tag_of(client_id, v) != payload.client) return answer(reason::state_other_application);
  if (payload.issued_at > now + state_clock_skew) return answer(reason::state_not_yet_valid);
  if (now > payload.issued_at && now - payload.issued_at > policy.lifetime) return answer(reason::state_expired);
  if (const reason other = detail::fault_of_browser(payload, headers, policy.cookie, v); other != reason::none)
    return answer(other);
  if (!detail::origin_allowed(headers, policy.allowed_origins)) return answer(reason::state_other_origin);
  return {.why = reason::state_valid, .transaction = payload.transaction, .issued_at = payload.issued_at};
}

}  // namespace startgate
