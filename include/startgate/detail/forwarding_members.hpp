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

constexpr std::size_t last_member_start(std::string_view line) noexcept {
  // An address with its port is 53 characters. What is far longer is unusable, and is not searched for its other end.
  constexpr std::size_t longest = 256;
  std::size_t start = line.size();
  while (start > 0 && line[start - 1] != ',' && line.size() - start < longest) --start;
  return start;
}

class members_from_the_right {
 public:
  constexpr members_from_the_right(header_list headers, std::string_view name, forwarding_header kind) noexcept
      : headers_(headers), name_(name), kind_(kind) {}

  // Written in place, since a struct handed up by copy costs more than all that is computed here. False where no member is left.
  constexpr bool next(forwarding_member& out) noexcept {
    if (line_ended_ && !enter_previous_line()) return false;
    if (kind_ == forwarding_header::x_forwarded_for && take_plain_v4(out)) return true;
    const std::size_t start = kind_ == forwarding_header::x_forwarded_for ? last_member_start(line_)
                              : kind_ == forwarding_header::forwarded     ? last_element_start(line_)
                                                                          : 0;
    out.said = trim_ows(line_.substr(start));
    out.named = kind_ == forwarding_header::forwarded ? parse_forwarded_element(out.said) : parse_address_and_port(out.said);
    cut_line_at(start);
    return true;
  }

 private:
  // Nearly every member is an IPv4 address and nothing else: found and read in one go.
  constexpr bool take_plain_v4(forwarding_member& out) noexcept {
    line_ = trim_ows_end(line_);
    const v4_at_end found = find_v4_at_end(line_);
    if (found.length == 0) return false;
    const std::size_t start = line_.size() - found.length;
    const std::string_view before = trim_ows_end({line_.data(), start});
    if (!before.empty() && before.back() != ',') return false;
    out.said = {line_.data() + start, found.length};
    out.named = address::v4(found.bits);
    cut_line_at(before.size());
    return true;
  }

  // The last member starts at `start`; the comma before it goes with it. An empty line still holds one member, an empty one.
  constexpr void cut_line_at(std::size_t start) noexcept {
    line_ended_ = start == 0;
    line_ = {line_.data(), line_ended_ ? 0 : start - 1};
  }

  constexpr bool enter_previous_line() noexcept {
    while (!headers_.empty()) {
      const header& last = headers_.back();
      headers_ = headers_.first(headers_.size() - 1);
      if (!same_name(last.name, name_)) continue;
      line_ = last.value;
      line_ended_ = false;
      return true;
    }
    return false;
  }

  header_list headers_;  // not yet looked at
  std::string_view name_;
  forwarding_header kind_;
  std::string_view line_;  // what is left of the line at hand
  bool line_ended_ = true;
};

}  // namespace startgate::detail
