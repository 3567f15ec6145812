// Dates as the tenant log search writes them: a month, a day or a moment. Each denotes a stretch of time, from its first
// nanosecond up to and not including `end`, so that a bound of a range can be rounded the way the search engine rounds it.
#pragma once

#include <optional>
#include <startgate/instant.hpp>
#include <string_view>

namespace startgate::log {

struct date_span {
  instant begin = 0;
  instant end = 0;

  constexpr bool contains(instant t) const noexcept { return begin <= t && t < end; }
  constexpr bool operator==(const date_span&) const = default;
};

namespace detail {

using startgate::detail::take_char;
using startgate::detail::take_digits;

// `01`, `01:30`, `01:30:59` or `01:30:59.250` after the day, with the length of its smallest part.
constexpr std::optional<date_span> take_time(std::string_view& text) noexcept {
  const auto h = take_digits(text, 2);
  if (!h || *h > 23) return std::nullopt;
  date_span time{*h * hour, hour};
  if (!take_char(text, ':')) return time;
  const auto m = take_digits(text, 2);
  if (!m || *m > 59) return std::nullopt;
  time = {time.begin + *m * minute, minute};
  if (!take_char(text, ':')) return time;
  const auto s = take_digits(text, 2);
  if (!s || *s > 60) return std::nullopt;
  time = {time.begin + *s * second, second};
  if (!take_char(text, '.')) return time;
  duration unit = second;
  for (; unit > 1 && !text.empty() && text.front() >= '0' && text.front() <= '9'; text.remove_prefix(1)) {
    unit /= 10;
    time.begin += static_cast<duration>(text.front() - '0') * unit;
  }
  if (unit == second) return std::nullopt;
  time.end = unit;
  return time;
}

// `Z`, an offset, or nothing, which is UTC: seconds to subtract.
constexpr std::optional<std::int64_t> take_offset(std::string_view& text) noexcept {
  if (text.empty() || take_char(text, 'Z') || take_char(text, 'z')) return 0;
  const bool east = take_char(text, '+');
  if (!east && !take_char(text, '-')) return std::nullopt;
  const auto h = take_digits(text, 2);
  take_char(text, ':');
  const auto m = take_digits(text, 2);
  if (!h || *h > 23 || !m || *m > 59) return std::nullopt;
  const std::int64_t offset = *h * 3'600 + *m * 60;
  return east ? offset : -offset;
}

}  // namespace detail

// YYYY-MM, YYYY-MM-DD, or a day with a time (`T` or a blank between them), years 1970 to 2261. Without an offset it is UTC.
constexpr std::optional<date_span> parse_date(std::string_view text) noexcept {
  using namespace detail;
  constexpr duration day_long = 24 * hour;
  const auto year = take_digits(text, 4);
  if (!year || *year < 1970 || *year > 2261 || !take_char(text, '-')) return std::nullopt;
  const auto month = take_digits(text, 2);
  if (!month || *month < 1 || *month > 12) return std::nullopt;
  const auto days = startgate::detail::days_in_month(*year, *month);
  const auto first = static_cast<instant>(startgate::detail::days_from_civil(*year, *month, 1)) * day_long;
  if (text.empty()) return date_span{first, first + days * day_long};

  if (!take_char(text, '-')) return std::nullopt;
  const auto day = take_digits(text, 2);
  if (!day || *day < 1 || *day > days) return std::nullopt;
  const instant midnight = first + (*day - 1) * day_long;
  if (text.empty()) return date_span{midnight, midnight + day_long};

  if (!take_char(text, 'T') && !take_char(text, 't') && !take_char(text, ' ')) return std::nullopt;
  const auto time = take_time(text);
  if (!time) return std::nullopt;
  const auto offset = take_offset(text);
  if (!offset || !text.empty()) return std::nullopt;
  const auto utc = static_cast<std::int64_t>(midnight + time->begin) - *offset * static_cast<std::int64_t>(second);
  if (utc < 0) return std::nullopt;
  return date_span{static_cast<instant>(utc), static_cast<instant>(utc) + time->end};
}

}  // namespace startgate::log
