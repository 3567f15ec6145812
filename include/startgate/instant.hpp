// A moment: whole nanoseconds since 1970-01-01T00:00:00Z. The engine never reads a clock; every rule is given its `now`.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace startgate {

using instant = std::uint64_t;   // below 2^63, which is the year 2262
using duration = std::uint64_t;  // nanoseconds

inline constexpr duration millisecond = 1'000'000;
inline constexpr duration second = 1'000 * millisecond;
inline constexpr duration minute = 60 * second;
inline constexpr duration hour = 60 * minute;

// Whole seconds since the epoch, as JWT claims and x-ratelimit-reset carry them.
constexpr std::int64_t epoch_seconds(instant t) noexcept { return static_cast<std::int64_t>(t / second); }

namespace detail {

// Days since 1970-01-01 of a date of the proleptic Gregorian calendar; years are counted from March so that the leap day is the last.
constexpr std::int64_t days_from_civil(std::int64_t y, unsigned m, unsigned d) noexcept {
  y -= m <= 2;
  const std::int64_t era = (y >= 0 ? y : y - 399) / 400;
  const auto yoe = static_cast<std::uint64_t>(y - era * 400);
  const std::uint64_t doy = (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5 + d - 1;
  return era * 146'097 + static_cast<std::int64_t>(yoe * 365 + yoe / 4 - yoe / 100 + doy) - 719'468;
}

struct civil_date {
  std::int64_t year;
  unsigned month;
  unsigned day;
};

constexpr civil_date civil_from_days(std::int64_t days) noexcept {
  days += 719'468;
  const std::int64_t era = (days >= 0 ? days : days - 146'096) / 146'097;
  const auto doe = static_cast<std::uint64_t>(days - era * 146'097);
  const std::uint64_t yoe = (doe - doe / 1'460 + doe / 36'524 - doe / 146'096) / 365;
  const std::uint64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
  const std::uint64_t mp = (5 * doy + 2) / 153;
  const auto month = static_cast<unsigned>(mp < 10 ? mp + 3 : mp - 9);
  return {static_cast<std::int64_t>(yoe) + era * 400 + (month <= 2), month, static_cast<unsigned>(doy - (153 * mp + 2) / 5 + 1)};
}

constexpr unsigned days_in_month(std::int64_t year, unsigned month) noexcept {
  constexpr std::array<unsigned, 12> days{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : days[month - 1];
}

// Reads exactly `width` digits off the front; nothing is consumed where they are not there.
constexpr std::optional<unsigned> take_digits(std::string_view& text, std::size_t width) noexcept {
  if (text.size() < width) return std::nullopt;
  unsigned value = 0;
  for (const char c : text.substr(0, width)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<unsigned>(c - '0');
  }
  text.remove_prefix(width);
  return value;
}

constexpr bool take_char(std::string_view& text, char wanted) noexcept {
  if (text.empty() || text.front() != wanted) return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace detail

// RFC 3339 date-time from 1970 to 2261, up to nine fractional digits, `Z` or a numeric offset; a bare date is midnight UTC.
constexpr std::optional<instant> parse_instant(std::string_view text) noexcept {
  using detail::take_char;
  using detail::take_digits;
  const auto year = take_digits(text, 4);
  if (!year || !take_char(text, '-')) return std::nullopt;
  const auto month = take_digits(text, 2);
  if (!month || *month < 1 || *month > 12 || !take_char(text, '-')) return std::nullopt;
  const auto day = take_digits(text, 2);
  if (!day || *day < 1 || *day > detail::days_in_month(*year, *month)) return std::nullopt;
  if (*year < 1970 || *year > 2261) return std::nullopt;
  auto seconds = detail::days_from_civil(*year, *month, *day) * 86'400;
  if (text.empty()) return static_cast<instant>(seconds) * second;

  if (!take_char(text, 'T') && !take_char(text, 't') && !take_char(text, ' ')) return std::nullopt;
  const auto h = take_digits(text, 2);
  if (!h || *h > 23 || !take_char(text, ':')) return std::nullopt;
  const auto m = take_digits(text, 2);
  if (!m || *m > 59 || !take_char(text, ':')) return std::nullopt;
  const auto s = take_digits(text, 2);
  if (!s || *s > 60) return std::nullopt;  // 60: a leap second counts as the next second
  seconds += *h * 3'600 + *m * 60 + *s;

  duration fraction = 0;
  if (take_char(text, '.')) {
    duration unit = second / 10;
    std::size_t digits = 0;
    for (; !text.empty() && text.front() >= '0' && text.front() <= '9'; text.remove_prefix(1), ++digits) {
      fraction += static_cast<duration>(text.front() - '0') * unit;
      unit /= 10;
    }
    if (digits == 0 || digits > 9) return std::nullopt;
  }

  if (!take_char(text, 'Z') && !take_char(text, 'z')) {
    const bool east = take_char(text, '+');
    if (!east && !take_char(text, '-')) return std::nullopt;
    const auto oh = take_digits(text, 2);
    if (!oh || *oh > 23 || !take_char(text, ':')) return std::nullopt;
    const auto om = take_digits(text, 2);
    if (!om || *om > 59) return std::nullopt;
    const std::int64_t offset = *oh * 3'600 + *om * 60;
    seconds += east ? -offset : offset;
  }
  if (!text.empty() || seconds < 0) return std::nullopt;
  return static_cast<instant>(seconds) * second + fraction;
}

// `2026-11-24T10:00:00.000Z`, always 24 characters (milliseconds, as tenant logs carry them).
struct instant_text {
  std::array<char, 24> bytes;
  constexpr std::string_view view() const noexcept { return {bytes.data(), bytes.size()}; }
};

constexpr instant_text print_instant(instant t) noexcept {
  const auto date = detail::civil_from_days(static_cast<std::int64_t>(t / (24 * hour)));
  const duration rest = t % (24 * hour);
  instant_text out{};
  std::size_t at = 0;
  const auto digits = [&](std::uint64_t value, std::size_t width) {
    for (std::size_t i = width; i-- > 0; value /= 10) out.bytes[at + i] = static_cast<char>('0' + value % 10);
    at += width;
  };
  const auto mark = [&](char c) { out.bytes[at++] = c; };
  digits(static_cast<std::uint64_t>(date.year), 4), mark('-'), digits(date.month, 2), mark('-'), digits(date.day, 2), mark('T');
  digits(rest / hour, 2), mark(':'), digits(rest / minute % 60, 2), mark(':'), digits(rest / second % 60, 2), mark('.');
  digits(rest / millisecond % 1'000, 3), mark('Z');
  return out;
}

}  // namespace startgate
