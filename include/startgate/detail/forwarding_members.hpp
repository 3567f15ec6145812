// The members of a forwarding header, from the right: everything that a sender wrote lies further left than what the proxies
// after it wrote, so the last line comes first, and each line from its end.
#pragma once

#include <startgate/detail/v4_text.hpp>
#include <startgate/forwarded.hpp>
#include <startgate/header.hpp>
#include <startgate/ip.hpp>
#include <startgate/proxy_trust.hpp>

#include <cstddef>
#include <optional>
#include <string_view>

namespace startgate::detail {

constexpr bool is_ows(char c) noexcept { return c == ' ' || c == '\t'; }  // OWS of RFC 9110 section 5.6.3

constexpr std::string_view trim_ows_end(std::string_view text) noexcept {
  while (!text.empty() && is_ows(text.back())) text.remove_suffix(1);
  return text;
}

constexpr std::string_view trim_ows(std::string_view text) noexcept {
  while (!text.empty() && is_ows(text.front())) text.remove_prefix(1);
  return trim_ows_end(text);
}

struct forwarding_member {
  std::string_view said;
  std::optional<address> named;
};

// What is left of a line; nothing once its first member is taken. An empty line still has one member, an empty one.
using rest_of_line = std::optional<std::string_view>;

constexpr std::string_view take_from(rest_of_line& line, std::size_t start) noexcept {
  const std::string_view taken = line->substr(start);
  line = start > 0 ? rest_of_line(line->substr(0, start - 1)) : std::nullopt;  // without the comma
  return taken;
}

constexpr std::size_t last_member_start(std::string_view line) noexcept {
  // An address with its port is 53 characters. What is far longer is unusable, and is not searched for its other end.
  constexpr std::size_t longest = 256;
  std::size_t start = line.size();
  while (start > 0 && line[start - 1] != ',' && line.size() - start < longest) --start;
  return start;
}

constexpr forwarding_member take_last_member(rest_of_line& line) noexcept {
  std::string_view before = trim_ows_end(*line);
  const std::size_t end = before.size();
  if (const auto v4 = take_v4(before)) {  // nearly every member is that and nothing else: found and read in one go
    const std::size_t start = before.size();
    before = trim_ows_end(before);
    if (before.empty() || before.back() == ',') {
      const std::string_view said = line->substr(start, end - start);
      take_from(line, before.size());
      return {said, address::v4(*v4)};
    }
  }
  *line = line->substr(0, end);
  const std::string_view said = trim_ows(take_from(line, last_member_start(*line)));
  return {said, parse_address_and_port(said)};
}

constexpr forwarding_member take_last_element(rest_of_line& line) noexcept {
  const std::string_view said = trim_ows(take_from(line, last_element_start(*line)));
  return {said, parse_forwarded_element(said)};
}

constexpr forwarding_member take_whole_line(rest_of_line& line) noexcept {
  const std::string_view said = trim_ows(take_from(line, 0));
  return {said, parse_address_and_port(said)};
}

class members_from_the_right {
 public:
  constexpr members_from_the_right(header_list headers, std::string_view name, forwarding_header kind) noexcept
      : headers_(headers), name_(name), kind_(kind) {}

  constexpr std::optional<forwarding_member> next() noexcept {
    if (!line_ && !enter_previous_line()) return std::nullopt;
    switch (kind_) {
      case forwarding_header::x_forwarded_for: return take_last_member(line_);
      case forwarding_header::forwarded: return take_last_element(line_);
      case forwarding_header::single: return take_whole_line(line_);
    }
    return std::nullopt;
  }

 private:
  constexpr bool enter_previous_line() noexcept {
    while (!headers_.empty()) {
      const header& last = headers_.back();
      headers_ = headers_.first(headers_.size() - 1);
      if (!same_name(last.name, name_)) continue;
      line_ = last.value;
      return true;
    }
    return false;
  }

  header_list headers_;  // not yet looked at
  std::string_view name_;
  forwarding_header kind_;
  rest_of_line line_;
};

}  // namespace startgate::detail
