// One call to POST /passwordless/start as an edge saw it: views into its bytes, nothing judged yet.
#pragma once

#include <startgate/assertion.hpp>
#include <startgate/header.hpp>
#include <startgate/ip.hpp>
#include <startgate/reason.hpp>
#include <startgate/start_request.hpp>

#include <optional>
#include <string_view>

namespace startgate {

struct call {
  std::optional<address> peer;  // empty: the edge does not know it, or it is no address
  header_list headers;
  bool body_observed = true;         // false: the edge did not pass the body on
  reason body_fault = reason::none;  // a request_ reason where the bytes were no start members
  start_members members;
  const client_assertion* assertion = nullptr;  // dissected from members.client_assertion, also where that failed
  std::string_view client_certificate;          // PEM, where TLS ended at this edge
};

}  // namespace startgate
