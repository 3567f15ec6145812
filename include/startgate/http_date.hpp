// Moments as HTTP header values: IMF-fixdate (RFC 9110 section 5.6.7) and the Structured Field Date of Deprecation (RFC 9745).
#pragma once

#include <startgate/detail/fixed_text.hpp>
#include <startgate/instant.hpp>

#include <array>
#include <string_view>

namespace startgate {

using header_date = detail::fixed_text<200>;

constexpr header_date http_date(instant t) noexcept {
  constexpr std::array<std::string_view, 7> weekdays{"Thu", "Fri", "Sat", "Sun",
                                                     "Mon", "Tue", "Wed"};  // 1970-01-01 was a Thursday
  constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::uint64_t days = t / (24 * hour);
  const auto date = detail::civil_from_days(static_cast<std::int64_t>(days));
  const instant_text iso = print_instant(t);
  header_date out(weekdays[days % 7]);
  out.append(", ")
      .append(iso.view().substr(8, 2))
      .append(" ")
      .append(months[date.month - 1])
      .append(" ")
      .append(iso.view().substr(0, 4));
  return out.append(" ").append(iso.view().substr(11, 8)).append(" GMT");
}

// `@1688169599`
constexpr header_date deprecation_date(instant t) noexcept { return header_date("@").append(t / second); }

}  // namespace startgate
