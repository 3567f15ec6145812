// Whom a code or link is sent to, and how: the connection, the shapes of an email address and a phone number, the values of send.
#pragma once

#include <startgate/detail/ascii.hpp>
#include <startgate/detail/utf8.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace startgate {

enum class connection : std::uint8_t { email, sms };

constexpr std::string_view name_of(connection c) noexcept { return c == connection::email ? "email" : "sms"; }

constexpr std::optional<connection> connection_named(std::string_view name) noexcept {
  if (name == "email") return connection::email;
  if (name == "sms") return connection::sms;
  return std::nullopt;
}

// link_ios and link_android are what the mobile SDKs send for links that open in their app.
enum class delivery : std::uint8_t { link, code, link_ios, link_android };

constexpr std::string_view name_of(delivery d) noexcept {
  switch (d) {
    case delivery::link: return "link";
    case delivery::code: return "code";
    case delivery::link_ios: return "link_ios";
    case delivery::link_android: return "link_android";
  }
  return {};
}

// An absent `send` means a link by email and a code by sms; a link cannot be sent by sms.
constexpr std::optional<delivery> delivery_for(connection c, std::string_view send) noexcept {
  if (send.empty()) return c == connection::email ? delivery::link : delivery::code;
  for (const delivery d : {delivery::link, delivery::code, delivery::link_ios, delivery::link_android})
    if (send == name_of(d) && (c == connection::email || d == delivery::code)) return d;
  return std::nullopt;
}

namespace detail {

// A domain label: letters, digits and inner hyphens, at most 63 bytes; letters beyond ASCII are let through as they are.
constexpr bool is_label(std::string_view label) noexcept {
  if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') return false;
  for (const char c : label)
    if (!is_alnum(c) && c != '-' && static_cast<unsigned char>(c) < 0x80) return false;
  return true;
}

}  // namespace detail

// The pattern of the HTML standard (section "valid email address"), with letters beyond ASCII allowed and at most 254 bytes.
constexpr bool is_email_address(std::string_view text) noexcept {
  if (text.size() > 254 || !detail::is_visible_utf8(text)) return false;
  const std::size_t at = text.find('@');
  if (at == std::string_view::npos || at == 0) return false;
  for (const char c : text.substr(0, at)) {
    const bool listed = std::string_view(".!#$%&'*+/=?^_`{|}~-").find(c) != std::string_view::npos;
    if (!detail::is_alnum(c) && !listed && static_cast<unsigned char>(c) < 0x80) return false;
  }
  std::string_view domain = text.substr(at + 1);
  while (true) {
    const std::size_t dot = domain.find('.');
    if (!detail::is_label(domain.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    domain.remove_prefix(dot + 1);
  }
}

// E.164 as the published pattern has it: ^\+[0-9]{1,15}$
constexpr bool is_phone_number(std::string_view text) noexcept {
  if (text.size() < 2 || text.size() > 16 || text.front() != '+') return false;
  for (const char c : text.substr(1))
    if (c < '0' || c > '9') return false;
  return true;
}

// The country calling code that an E.164 number begins with, plus sign included: ITU-T E.164 assigns one digit to zones 1 and 7, two
// to the listed ones, three to all others. Precondition: is_phone_number(number).
constexpr std::string_view country_prefix(std::string_view number) noexcept {
  constexpr std::string_view two_digits =
      " 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91 92 "
      "93 94 95 98 ";
  if (number.size() < 2 || number[1] == '1' || number[1] == '7') return number.substr(0, 2);
  const bool two = number.size() >= 3 && two_digits.find(number.substr(1, 2)) != std::string_view::npos;
  return number.substr(0, two ? 3 : 4);
}

}  // namespace startgate
