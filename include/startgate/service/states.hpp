// The hosted page's state by hand: issue one, or say what one is, with the policy and keys of a service. For rehearsals and support;
// a server opens transactions through the gate, which counts them.
#pragma once

#include <startgate/json/decision.hpp>
#include <startgate/login_state.hpp>
#include <startgate/service/service.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace startgate {

struct state_order {
  std::string client_id;
  instant at = 0;
  std::string transaction;  // any text; empty: a random transaction
  std::string cookie;       // the browser's transaction cookie; empty: one that is derived from the transaction
};

// The state, or one line that says why there is none.
inline result<std::string, std::string> issue_state_by_hand(const snapshot& s, const state_order& order) {
  if (s.registry().find(order.client_id) == nullptr && !s.registry().all().empty())
    return unexpected{"no application of the export has the client_id `" + order.client_id + "`"};
  transaction_id id;
  if (order.transaction.empty()) {
    if (!s.crypto().fill_random(id)) return unexpected{std::string("the library gives no random bytes")};
  } else {
    const auto digest = s.crypto().sha256(order.transaction);
    if (!digest) return unexpected{std::string("the library gives no digest")};
    std::copy_n(digest->begin(), id.size(), id.begin());
  }
  std::array<char, 22> encoded;
  startgate::detail::base64url_encode(id, encoded.data());
  const std::string_view cookie = order.cookie.empty() ? std::string_view(encoded.data(), encoded.size()) : order.cookie;
  const auto state = issue_state(s.keys(), s.rules().issuer, order.client_id, cookie, id, order.at, s.crypto());
  if (!state) return unexpected{std::string("the keys file has no usable `state_keys`")};
  return std::string(state->view());
}

// What a state is, as one line of JSON: its reason code with a sentence, and of a valid one when it was issued and when it expires.
inline std::string check_state_by_hand(const snapshot& s, std::string_view state, std::string_view client_id,
                                       std::string_view cookie, instant now) {
  const auto& settings = s.rules().login_state;
  const std::string line = std::string(transaction_cookie) + '=' + std::string(cookie);
  const std::array sent{header{"cookie", line}};
  const login_state_policy rules{s.rules().issuer, settings.lifetime, settings.cookie, settings.allowed_origins};
  const state_check check =
      check_state(s.keys(), rules, state, client_id, cookie.empty() ? header_list{} : header_list(sent), now, s.crypto());
  json::ordered out{{"valid", check.proved()}, {"reason", name_of(check.why)}, {"text", sentence_of(check.why)}};
  if (check.proved()) {
    out["issued_at"] = std::string(print_instant(check.issued_at).view());
    out["expires_at"] = std::string(print_instant(check.issued_at + settings.lifetime).view());
  }
  return json::print(out);
}

}  // namespace startgate
