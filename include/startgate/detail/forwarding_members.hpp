// The members of a forwarding header, from the right: everything that a sender wrote lies further left than what the proxies
// after it wrote, so the last line comes first, and each line from its end.
#pragma once

#include <startgate/address_and_port.hpp>
#include <startgate/detail/ows.hpp>
#include <startgate/detail/v4_text.hpp>
#include <startgate/forwarded.hpp>
#include <startgate/header.hpp>
#include <startgate/ip.hpp>
#include <startgate/proxy_trust.hpp>

#include <cstddef>
#include <optional>
#include <string_view>

namespace startgate::detail {

struct forwarding_member {
  std::string_view said;
  std::optional<address> named;
};

// An address with its port is 53 characters. What has not begun so many before its end, blanks counted, is no address, and nobody
// searches for its other end, nor for what a caller wrote beyond it.
inline constexpr std::size_t longest_member = 256;

// The longest member and the comma before it.
constexpr std::string_view end_of_line(std::string_view line) noexcept {
  return line.substr(line.size() > longest_member ? line.size() - longest_member - 1 : 0);
}

// Where the last member of the line starts; nothing where that is too far away.
constexpr std::optional<std::size_t> last_member_start(std::string_view line) noexcept {
  const std::string_view end = end_of_line(line);
  if (const std::size_t comma = end.rfind(','); comma != std::string_view::npos) return line.size() - end.size() + comma + 1;
  return line.size() <= longest_member ? std::optional<std::size_t>(0) : std::nullopt;
}

class members_from_the_right {
 public:
  constexpr members_from_the_right(header_list headers, std::string_view name, forwarding_header kind) noexcept
      : headers_(headers), name_(name), kind_(kind) {}

  // Written in place, since a struct handed up by copy costs more than all that is computed here. False where no member is left.
  constexpr bool next(forwarding_member& out) noexcept {
    if (line_ended_ && !enter_previous_line()) return false;
    if (kind_ == forwarding_header::x_forwarded_for && take_plain_v4(out)) return true;
    const auto start = last_start();
    if (!start) return take_cut(out);
    out.said = trim_ows(line_.substr(*start));
    out.named = kind_ == forwarding_header::forwarded ? parse_forwarded_element(out.said) : parse_address_and_port(out.said);
    cut_line_at(*start);
    return true;
  }

 private:
  constexpr std::optional<std::size_t> last_start() const noexcept {
    if (kind_ == forwarding_header::x_forwarded_for) return last_member_start(line_);
    return kind_ == forwarding_header::forwarded ? last_element_start(line_) : 0;
  }

  // A member whose start was not found names nobody, and there is none after it.
  constexpr bool take_cut(forwarding_member& out) noexcept {
    out.said = end_of_line(line_);
    out.named.reset();
    line_ended_ = true;
    headers_ = {};
    return true;
  }

  // Nearly every member is an IPv4 address and nothing else: found and read in one go.
  constexpr bool take_plain_v4(forwarding_member& out) noexcept {
    const std::string_view end = trim_ows_end(end_of_line(line_));
    const v4_at_end found = find_v4_at_end(end);
    if (found.length == 0) return false;
    const std::size_t start = end.size() - found.length;
    const std::string_view before = trim_ows_end({end.data(), start});
    if (before.empty() ? line_.size() > longest_member : before.back() != ',') return false;
    out.said = {end.data() + start, found.length};
    out.named = address::v4(found.bits);
    cut_line_at(static_cast<std::size_t>(before.data() + before.size() - line_.data()));
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
