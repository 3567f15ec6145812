// What a recorded `authParams.state` looks like. The text itself is never kept: it may still open a login.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

namespace startgate::log {

enum class state_look : std::uint8_t {
  none,         // no state, or nothing of it is left after masking
  path,         // where to go after the login, written over the transaction's state (auth0.js issue 1249)
  invented,     // auth0.js makes one of 32 characters where it is given none (recorded in examples/tenant)
  transaction,  // longer than that: it may be a login transaction's
};

constexpr state_look look_of(std::string_view state) noexcept {
  constexpr std::size_t invented_characters = 32;
  const auto is_masked = [](char c) { return c == '*' || c == '.' || c == 'X'; };
  if (std::all_of(state.begin(), state.end(), is_masked)) return state_look::none;
  if (state.front() == '/' || state.find("://") != std::string_view::npos || state.starts_with("./")) return state_look::path;
  return state.size() > invented_characters ? state_look::transaction : state_look::invented;
}

}  // namespace startgate::log
