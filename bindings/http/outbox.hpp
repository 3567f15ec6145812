// Where the demo's codes and links go in place of a mail or SMS provider: a bounded list in memory, shown on request, written nowhere.
// Codes follow the published rules: the newest one only, once, three tries, three minutes.
#pragma once

#include "token.hpp"

#include <startgate/decision.hpp>
#include <startgate/identifier.hpp>
#include <startgate/instant.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <set>
#include <string>
#include <string_view>

namespace startgate::http {

struct message {
  instant at = 0;
  std::string client_id, connection, to, send;
  std::string code;    // six digits, or
  std::string ticket;  // what the link carries
  int tries_left = 3;
  bool used = false;
};

enum class verification : std::uint8_t { right, wrong, expired, used_up };

constexpr std::string_view name_of(verification v) noexcept {
  constexpr std::string_view names[] = {"right", "wrong", "expired", "used_up"};
  return names[static_cast<std::size_t>(v)];
}

// What a code or a link turned out to be, and whom it had been sent to; empty where that cannot be told.
struct checked {
  verification what;
  std::string to;
};

class outbox {
 public:
  static constexpr std::size_t most_messages = 200, most_users = 10'000;
  static constexpr duration lifetime = 3 * minute;

  // A request that was let through; its delivery is due.
  void send(const decision& d, instant now) {
    message m{now,
              std::string(d.client_id),
              std::string(name_of(d.request.connection)),
              std::string(d.request.recipient),
              std::string(name_of(d.request.send)),
              {},
              {}};
    if (d.request.send == delivery::code)
      m.code = random_code();
    else
      m.ticket = random_text();
    messages_.push_back(std::move(m));
    if (messages_.size() > most_messages) messages_.pop_front();
  }

  const std::deque<message>& messages() const noexcept { return messages_; }

  checked check_code(std::string_view client_id, std::string_view to, std::string_view code, instant now) {
    const auto same = [&](const message& m) {
      return m.client_id == client_id && !m.code.empty() && normalise(m.to) == normalise(to);
    };
    const auto newest = std::find_if(messages_.rbegin(), messages_.rend(), same);
    return {newest == messages_.rend() ? verification::wrong : use(*newest, newest->code == code, now), std::string(to)};
  }

  checked open_link(std::string_view ticket, instant now) {
    const auto sent = std::find_if(messages_.begin(), messages_.end(),
                                   [&](const message& m) { return !m.ticket.empty() && m.ticket == ticket; });
    if (sent == messages_.end()) return {verification::wrong, {}};
    return {use(*sent, true, now), sent->to};
  }

  // Whether this sign-in is the first of its recipient, which makes it a sign-up. Who came after the last place was taken is none.
  bool is_new_user(std::string_view to) { return users_.size() < most_users && users_.emplace(normalise(to)).second; }

 private:
  static verification use(message& m, bool right, instant now) noexcept {
    if (now > m.at + lifetime) return verification::expired;
    if (m.used || m.tries_left == 0) return verification::used_up;
    m.used = right;
    m.tries_left -= !right;
    return right ? verification::right : verification::wrong;
  }

  // Six digits, each code equally likely: a draw from the incomplete last round of the range is thrown away.
  static std::string random_code() {
    constexpr std::uint32_t codes = 1'000'000, whole_rounds = UINT32_MAX - UINT32_MAX % codes;
    std::uint32_t drawn = whole_rounds;
    while (drawn >= whole_rounds) {
      drawn = 0;
      for (const std::uint8_t byte : random_bytes(4)) drawn = (drawn << 8) | byte;
    }
    std::string digits = std::to_string(drawn % codes);
    return digits.insert(0, 6 - digits.size(), '0');
  }

  std::deque<message> messages_;
  std::set<std::string> users_;
};

}  // namespace startgate::http
