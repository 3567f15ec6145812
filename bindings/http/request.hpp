// One HTTP request as it came: header lines in their order, duplicates kept, the body's bytes untouched.
#pragma once

#include <startgate/header.hpp>
#include <startgate/header_views.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace startgate::http {

struct request {
  std::string method;
  std::string target;  // as it stands in the request line
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  bool body_cut = false;  // there was more than the route takes; `body` holds one byte more than that
  std::string peer;       // the address at the other end of the connection

  // The value of a header that stands exactly once.
  std::optional<std::string_view> header(std::string_view name) const {
    const auto views = header_views();
    const auto* found = find_single(views, name).found;
    return found ? std::optional(found->value) : std::nullopt;
  }

  std::vector<startgate::header> header_views() const { return views_of(headers); }
};

}  // namespace startgate::http
