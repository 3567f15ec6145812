// How often each application may start: custom rate limit policies as published, a client's own before its group's before the global
// one. The clients of a group share one bucket; under the global limit every application has a bucket of its own.
#pragma once

#include <startgate/limit.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace startgate {

// log: nothing is refused; that the application is over its limit is told.
enum class application_limit_mode : std::uint8_t { block, log };

struct application_limit {
  startgate::limit limit{quota::blocked()};  // as it is where the policy says 0
  application_limit_mode mode = application_limit_mode::block;
};

// The limit that an application is under, and whose bucket it counts in.
struct application_bucket {
  const application_limit* limit;
  std::string_view kind;  // `client` or `group`: a group may be called like a client
  std::string_view name;
};

struct application_limits {
  template <class Value>
  using by_name = std::map<std::string, Value, std::less<>>;

  std::optional<application_limit> global;
  by_name<application_limit> clients, groups;
  by_name<std::string> group_of;  // the group of a client

  bool empty() const noexcept { return !global && clients.empty() && groups.empty(); }

  // None: the application has no limit. Views into this object and `client_id`.
  std::optional<application_bucket> find(std::string_view client_id) const noexcept {
    if (const auto own = clients.find(client_id); own != clients.end())
      return application_bucket{&own->second, "client", client_id};
    if (const auto member = group_of.find(client_id); member != group_of.end())
      if (const auto shared = groups.find(member->second); shared != groups.end())
        return application_bucket{&shared->second, "group", shared->first};
    if (!global) return std::nullopt;
    return application_bucket{&*global, "client", client_id};
  }
};

}  // namespace startgate
