// The registry: an immutable snapshot of all applications, looked up by client_id. A reload builds a new one and swaps it whole
// (a std::shared_ptr<const applications> does); a decision takes the snapshot once and keeps it to its end.
#pragma once

#include <startgate/application.hpp>

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace startgate {

class applications {
 public:
  applications() = default;

  // Where a client_id stands twice, the first application keeps it; json/ refuses such an export before it gets here.
  explicit applications(std::vector<application> all) : all_(std::move(all)) {
    by_client_id_.reserve(all_.size());
    for (std::size_t i = 0; i < all_.size(); ++i) {
      by_client_id_.emplace(all_[i].client_id, i);
      decoys_.cover(all_[i].secrets);
    }
  }

  // Null where nobody has this client_id. No allocation.
  const application* find(std::string_view client_id) const noexcept {
    const auto found = by_client_id_.find(client_id);
    return found == by_client_id_.end() ? nullptr : &all_[found->second];
  }

  const std::vector<application>& all() const noexcept { return all_; }

  // What a check that fails derives, so that nobody learns from its time which applications there are.
  const secret_decoys& decoys() const noexcept { return decoys_; }

 private:
  struct hash : std::hash<std::string_view> {
    using is_transparent = void;
  };

  std::vector<application> all_;  // in the order of the export
  secret_decoys decoys_;
  std::unordered_map<std::string, std::size_t, hash, std::equal_to<>> by_client_id_;
};

}  // namespace startgate
