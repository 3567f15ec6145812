// What the Content-Type header says about the body. JSON is read whatever its subtype's suffix; node-auth0 sends it as text/plain
// when its headers are replaced; form encoding is refused, because a form and a JSON text can be read as two different requests.
#pragma once

#include <startgate/detail/ows.hpp>
#include <startgate/header.hpp>

#include <cstdint>
#include <string_view>

namespace startgate {

enum class media_type : std::uint8_t { not_stated, json, text_plain, other };

constexpr media_type media_type_of(header_list headers) noexcept {
  const single_header content_type = find_single(headers, "content-type");
  if (content_type.count == 0) return media_type::not_stated;
  if (content_type.found == nullptr) return media_type::other;
  const std::string_view value = content_type.found->value;
  const std::string_view essence = detail::trim_ows(value.substr(0, value.find(';')));
  if (essence.empty()) return media_type::not_stated;
  if (same_name(essence, "application/json")) return media_type::json;
  constexpr std::string_view suffix = "+json";
  const bool structured = essence.size() > 12 + suffix.size() && same_name(essence.substr(0, 12), "application/") &&
                          same_name(essence.substr(essence.size() - suffix.size()), suffix);
  if (structured) return media_type::json;
  return same_name(essence, "text/plain") ? media_type::text_plain : media_type::other;
}

}  // namespace startgate
