// What the plan keeps of a record: a send or a notice, in 40 bytes, so that a long log can be sorted and stripped of duplicates.
#pragma once

#include <compare>
#include <cstdint>
#include <startgate/instant.hpp>
#include <startgate/log/state_text.hpp>

namespace startgate::log {

struct plan_event {
  enum class kind : std::uint8_t { notice, send };  // in this order: of one moment, notices come first

  instant at = 0;
  std::uint64_t id = 0;     // of the log_id, or of the record's text where it has none
  std::uint64_t state = 0;  // a hash of the state that was sent
  std::uint32_t subject = 0;
  std::uint32_t address = 0;
  std::uint16_t sdk = 0;
  kind what = kind::send;
  state_look look = state_look::none;
  bool from_browser = false;
  bool may_be_another_features = false;  // a notice that does not say of which feature it is

  constexpr bool operator<(const plan_event& other) const noexcept {
    if (at != other.at) return at < other.at;
    if (what != other.what) return what < other.what;
    if (id != other.id) return id < other.id;
    // Two shapes of one record: the order must not depend on which was read first.
    if (subject != other.subject) return subject < other.subject;
    return address < other.address;
  }
  constexpr bool same(const plan_event& other) const noexcept { return at == other.at && what == other.what && id == other.id; }
};

}  // namespace startgate::log
