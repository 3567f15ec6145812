// Any server's field list as a header_list: names and values stay where they are, only views are taken.
#pragma once

#include <startgate/header.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <ranges>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace startgate {

// Whoever calls first writes first, proxies append: the fields that would not fit are the ones worth believing. So a request with
// more fields than `Capacity` must be refused (431, RFC 6585 section 5) and its list is never handed out short.
template <std::size_t Capacity = 100>
class header_views {
 public:
  // `view_of` makes a header of one field: with Beast, of its `name_string()` and `value()`. The fields must outlive the views, so
  // neither a list nor its elements may be temporary.
  template <std::ranges::borrowed_range Fields, class ViewOf>
  requires std::is_lvalue_reference_v<std::ranges::range_reference_t<Fields>> &&
      std::convertible_to<std::invoke_result_t<ViewOf&, std::ranges::range_reference_t<Fields>>, header>
  constexpr header_views(Fields&& fields, ViewOf view_of) {
    for (auto& field : fields) {
      if (size_ == Capacity) {
        complete_ = false;
        return;
      }
      views_[size_++] = view_of(field);
    }
  }

  constexpr bool complete() const noexcept { return complete_; }

  // Precondition: complete(). Valid as long as the fields are.
  constexpr header_list list() const noexcept { return std::span(views_.data(), complete_ ? size_ : 0); }

 private:
  std::array<header, Capacity> views_;
  std::size_t size_ = 0;
  bool complete_ = true;
};

// Views of lines that an edge has copied out of its server.
inline std::vector<header> views_of(const std::vector<std::pair<std::string, std::string>>& lines) {
  std::vector<header> views;
  views.reserve(lines.size());
  for (const auto& [name, value] : lines) views.push_back({name, value});
  return views;
}

}  // namespace startgate
