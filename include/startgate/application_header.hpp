// What the application says about its user, believed or not: whether it may be is the judge's to decide, after authentication.
#pragma once

#include <startgate/address_and_port.hpp>
#include <startgate/detail/ows.hpp>
#include <startgate/header.hpp>
#include <startgate/ip.hpp>

#include <optional>
#include <string_view>

namespace startgate {

// Exactly one address; a port is dropped; a list, a second line or anything else is unusable.
struct application_header {
  bool present = false;
  std::optional<startgate::address> address;  // empty where absent or unusable

  constexpr bool operator==(const application_header&) const = default;
};

constexpr application_header read_application_header(header_list headers, std::string_view name) noexcept {
  const auto [found, count] = find_single(headers, name);
  return {count > 0, found ? parse_address_and_port(detail::trim_ows(found->value)) : std::nullopt};
}

}  // namespace startgate
