// Why there is no connection to a shared store, with what to do about it.
#pragma once

#include <cstdint>
#include <string_view>

namespace startgate::store {

enum class redis_trouble : std::uint8_t {
  none,
  out_of_reach,
  too_slow,
  credentials_refused,
  database_refused,
  commands_refused,
};

constexpr std::string_view sentence_of(redis_trouble t) noexcept {
  switch (t) {
    case redis_trouble::none: break;
    case redis_trouble::out_of_reach:
      return "the server cannot be reached; until it can, each limit does what its `unavailable` says";
    case redis_trouble::too_slow:
      return "the server takes longer than `deadline_ms`; until it does not, each limit does what its `unavailable` says";
    case redis_trouble::credentials_refused:
      return "the server refuses the user or the password; correct what stands before the @";
    case redis_trouble::database_refused: return "the server has no such database; correct its number";
    case redis_trouble::commands_refused:
      return "the user may not run what the store needs; allow it +@scripting +get +set +del +incrby +pexpire +time +ping "
             "+select";
  }
  return {};
}

}  // namespace startgate::store
