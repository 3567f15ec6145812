#pragma once

#include <startgate/replay.hpp>

#include <map>
#include <optional>
#include <string>
#include <utility>

namespace startgate::test {

// Forgets at expires_at; `capacity` is each client's share.
struct fake_replay_memory {
  std::size_t capacity = 1'000;
  std::map<std::string, std::map<std::string, instant>, std::less<>> used;
  int calls = 0;
  std::optional<replay_outcome> always;  // of a shared memory that is away

  replay_outcome remember(std::string_view client_id, std::string_view jti, instant expires_at, instant now) noexcept {
    ++calls;
    if (always) return *always;
    auto& share = used[std::string(client_id)];
    std::erase_if(share, [&](const auto& entry) { return entry.second <= now; });
    if (share.contains(std::string(jti))) return replay_outcome::replayed;
    if (share.size() >= capacity) return replay_outcome::full;
    share.emplace(jti, expires_at);
    return replay_outcome::fresh;
  }
};

static_assert(replay_memory<fake_replay_memory>);

}  // namespace startgate::test
