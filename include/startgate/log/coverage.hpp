// Which time a log covers, and what else is in it: silence is evidence only where the log would have spoken.
#pragma once

#include <startgate/instant.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace startgate::log {

using counts = std::map<std::string, std::uint64_t, std::less<>>;

struct gap {
  instant begin, end;
  constexpr bool operator==(const gap&) const = default;
};

constexpr bool is_send(std::string_view type) noexcept { return type == "cls" || type == "cs"; }

struct coverage {
  static constexpr std::size_t most_names = 500;

  std::uint64_t records = 0;
  std::optional<instant> first, last;
  std::optional<instant> first_other, last_other;          // of the records that are no sends
  std::unordered_map<std::uint64_t, std::uint64_t> hours;  // by hours since the epoch, the minutes that hold a record: a bit each
  counts types;                                            // records by type
  counts other_notices;                                    // notices of other features, by the feature's name
  std::uint64_t masked_addresses = 0, masked_recipients = 0;  // present, but hashed or replaced

  void saw(instant at, std::string_view type) {
    ++records;
    widen(first, last, at);
    if (!is_send(type)) widen(first_other, last_other, at);
    hours[at / hour] |= 1ULL << (at / minute % 60);
    count(types, type);
  }

  // Where there are sends alone, and not a login before or after them, somebody has filtered, and notices are not among what was
  // kept. What another file holds of another time does not change that.
  bool would_show_a_notice(instant at) const noexcept { return first_other && *first_other <= at && at <= *last_other; }

  static void count(counts& into, std::string_view name) {
    if (const auto known = into.find(name); known != into.end())
      ++known->second;
    else if (into.size() < most_names)
      into.emplace(name.substr(0, 200), 1);
  }

 private:
  static void widen(std::optional<instant>& from, std::optional<instant>& to, instant at) noexcept {
    from = from ? std::min(*from, at) : at;
    to = to ? std::max(*to, at) : at;
  }
};

// Hours without any record in which thirty minutes with one were to be expected, going by the hours that have some. A quiet tenant
// has none. Minutes and not records are counted, because what is read twice must change nothing.
inline std::vector<gap> gaps_of(const coverage& c) {
  constexpr std::uint64_t expected = 30;
  std::vector<std::uint64_t> seen;
  std::uint64_t busy_minutes = 0;
  for (const auto& [at, minutes] : c.hours) {
    seen.push_back(at);
    busy_minutes += static_cast<std::uint64_t>(std::popcount(minutes));
  }
  std::sort(seen.begin(), seen.end());
  std::vector<gap> out;
  for (std::size_t i = 1; i < seen.size(); ++i) {
    const std::uint64_t missing = seen[i] - seen[i - 1] - 1;
    if (missing >= 2 && missing * busy_minutes / seen.size() >= expected)
      out.push_back({(seen[i - 1] + 1) * hour, seen[i] * hour});
  }
  return out;
}

// Where the log begins to speak: what came before, or in a gap, nobody knows.
inline std::vector<instant> beginnings_of(const coverage& c) {
  std::vector<instant> out;
  if (c.first) out.push_back(*c.first);
  for (const gap& g : gaps_of(c)) out.push_back(g.end);
  return out;
}

}  // namespace startgate::log
