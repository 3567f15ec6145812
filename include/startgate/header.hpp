// One HTTP header field as the edge received it: views into the caller's bytes, in order, duplicates kept.
#pragma once

#include <startgate/detail/ascii.hpp>

#include <cstddef>
#include <span>
#include <string_view>

namespace startgate {

struct header {
  std::string_view name;
  std::string_view value;
};

using header_list = std::span<const header>;

// Field names are case-insensitive (RFC 9110 section 5.1); only ASCII letters fold.
constexpr bool same_name(std::string_view a, std::string_view b) noexcept {
  if (a.size() != b.size()) return false;
  if (a == b) return true;  // HTTP/2 names are lower case already (RFC 9113 section 8.2.1)
  for (std::size_t i = 0; i < a.size(); ++i)
    if (detail::to_lower(a[i]) != detail::to_lower(b[i])) return false;
  return true;
}

// The only line of that name, or null where there is none or more than one: `count` tells which.
struct single_header {
  const header* found = nullptr;
  std::size_t count = 0;
};

constexpr single_header find_single(header_list headers, std::string_view name) noexcept {
  single_header answer;
  for (const header& h : headers)
    if (same_name(h.name, name)) answer.found = ++answer.count == 1 ? &h : nullptr;
  return answer;
}

}  // namespace startgate
