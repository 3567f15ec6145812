// Which mode applies to a call: the policy's own, the tenant's flag, a sticky share of the traffic, one application, a window in time.
// Each of these, where it says something, has the last word over those before it.
#pragma once

#include <startgate/detail/siphash.hpp>
#include <startgate/instant.hpp>
#include <startgate/judge.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace startgate {

// The toggle "Enforce client authentication for passwordless connections" as the tenant settings export carries it.
enum class tenant_flag : std::uint8_t { not_stated, off, on };

// A part of the traffic that goes ahead: always the same recipients of the same applications, so that nobody sees it flicker.
struct enforcement_share {
  startgate::mode mode = startgate::mode::enforce;
  double percent = 0;  // 0 to 100
  std::string salt;    // another salt chooses another part
};

// A brownout: from `from` up to, not including, `to`.
struct enforcement_window {
  startgate::mode mode = startgate::mode::enforce;
  instant from = 0;
  instant to = 0;
};

struct enforcement {
  startgate::mode mode = startgate::mode::notice;
  tenant_flag flag = tenant_flag::not_stated;
  std::optional<enforcement_share> share;
  std::vector<std::pair<std::string, startgate::mode>> applications;  // by client_id; sorted by sort_applications()
  std::vector<enforcement_window> windows;                            // of several that are open, the last counts
  std::optional<instant> deprecated_since;                            // for the Deprecation header (RFC 9745)
  std::optional<instant> sunset;                                      // for the Sunset header (RFC 8594)

  void sort_applications() { std::sort(applications.begin(), applications.end()); }
};

// Whether this application and recipient fall into the share. `recipient` is in normal form.
constexpr bool in_share(const enforcement_share& share, std::string_view client_id, std::string_view recipient) noexcept {
  detail::siphash state({0x7374617274676174ULL, 0x73686172652f7631ULL});  // fixed: every process and every day must agree
  const auto hash = state.absorb_part(share.salt).absorb_part(client_id).absorb_part(recipient).finish(0);
  constexpr std::uint64_t steps = 1'000'000;
  return static_cast<double>(hash[0] % steps) < share.percent / 100 * static_cast<double>(steps);
}

inline mode mode_for(const enforcement& e, std::string_view client_id, std::string_view recipient, instant now) noexcept {
  mode m = e.mode;
  if (e.flag != tenant_flag::not_stated) m = e.flag == tenant_flag::on ? mode::enforce : mode::notice;
  if (e.share && in_share(*e.share, client_id, recipient)) m = e.share->mode;
  const auto named = std::lower_bound(e.applications.begin(), e.applications.end(), client_id,
                                      [](const auto& entry, std::string_view id) { return entry.first < id; });
  if (named != e.applications.end() && named->first == client_id) m = named->second;
  for (const enforcement_window& w : e.windows)
    if (w.from <= now && now < w.to) m = w.mode;
  return m;
}

}  // namespace startgate
