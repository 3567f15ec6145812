// One normal form per recipient, so that every spelling of an address shares one bucket (CVE-2026-47203). The message still goes to
// the address as it was given: the form is for counting, never for delivery.
#pragma once

#include <startgate/detail/ascii.hpp>
#include <startgate/detail/fixed_text.hpp>
#include <startgate/recipient.hpp>

#include <string_view>

namespace startgate {

using normal_recipient = detail::fixed_text<256>;

// Blanks around it and dots at its end removed, ASCII letters in lower case. A phone number in E.164 is its own normal form.
constexpr normal_recipient normalise(std::string_view recipient) noexcept {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!recipient.empty() && blank(recipient.front())) recipient.remove_prefix(1);
  while (!recipient.empty() && (blank(recipient.back()) || recipient.back() == '.')) recipient.remove_suffix(1);
  normal_recipient out;
  for (const char c : recipient) {
    const char lower = detail::to_lower(c);
    out.append({&lower, 1});
  }
  return out;
}

}  // namespace startgate
