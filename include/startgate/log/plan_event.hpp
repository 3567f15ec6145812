// What the plan keeps of a record: a send or a notice, in 40 bytes, so that a long log can be sorted and stripped of duplicates.
#pragma once

#include <algorithm>
#include <cstdint>
#include <startgate/instant.hpp>
#include <startgate/log/state_text.hpp>
#include <tuple>

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

  constexpr auto key() const noexcept {
    return std::tie(at, what, id, subject, address, sdk, look, state, from_browser, may_be_another_features);
  }

  // In the order of time. What follows only tells different shapes of a record apart.
  constexpr bool operator<(const plan_event& other) const noexcept { return key() < other.key(); }
  constexpr bool same(const plan_event& other) const noexcept { return key() == other.key(); }

  // Another shape of this record: what either says, the record says. Which was read first must not matter.
  constexpr void merge(const plan_event& other, bool other_names_it_better) noexcept {
    if (other_names_it_better) subject = other.subject;
    address = std::max(address, other.address);
    sdk = std::max(sdk, other.sdk);
    if (std::tie(look, state) < std::tie(other.look, other.state)) look = other.look, state = other.state;
    from_browser = from_browser || other.from_browser;
    may_be_another_features = may_be_another_features && other.may_be_another_features;
  }
};

}  // namespace startgate::log
