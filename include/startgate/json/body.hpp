// The bytes of a request body as start members. The body keeps the text, so the members are views that live as long as it does.
#pragma once

#include <startgate/json/document.hpp>
#include <startgate/reason.hpp>
#include <startgate/start_request.hpp>

#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

namespace startgate::json {

namespace detail {

inline member member_of(const node& object, std::string_view name) noexcept {
  const node* found = object.find(name);
  if (!found) return {};
  if (found->is(kind::null)) return member::presence::null;
  if (!found->is(kind::string)) return member::presence::wrong_type;
  return std::string_view(found->text);
}

// The members that anybody is known to send: the API page's, and the ones that SDKs and login pages add to them.
inline constexpr std::array<std::string_view, 11> known_members{
    "client_id",  "client_secret", "client_assertion",  "client_assertion_type", "connection", "email", "phone_number", "send",
    "authParams", "state",         "x_request_language"};

inline bool has_unknown_members(const node& object) noexcept {
  for (const std::string& key : object.keys)
    if (std::find(known_members.begin(), known_members.end(), key) == known_members.end()) return true;
  return false;
}

}  // namespace detail

class body {
 public:
  explicit body(node root) noexcept : root_(std::move(root)) {}

  start_members members() const noexcept {
    start_members m;
    m.client_id = detail::member_of(root_, "client_id");
    m.client_secret = detail::member_of(root_, "client_secret");
    m.client_assertion = detail::member_of(root_, "client_assertion");
    m.client_assertion_type = detail::member_of(root_, "client_assertion_type");
    m.connection = detail::member_of(root_, "connection");
    m.email = detail::member_of(root_, "email");
    m.phone_number = detail::member_of(root_, "phone_number");
    m.send = detail::member_of(root_, "send");
    m.top_level_state = detail::member_of(root_, "state");
    if (const node* params = root_.find("authParams"); params && !params->is(kind::null)) {
      m.auth_params_wrong_type = !params->is(kind::object);
      m.auth_params_state = detail::member_of(*params, "state");
    }
    m.unknown_members = detail::has_unknown_members(root_);
    return m;
  }

 private:
  node root_;
};

// The body, or the request_* reason why it is none. Depth counts the body's own object as the first of 16 levels.
inline result<body, reason> read_body(std::string_view bytes, std::size_t max_bytes) {
  if (bytes.size() > max_bytes) return unexpected{reason::request_too_large};
  auto parsed = parse(bytes);
  if (!parsed) {
    switch (parsed.error().what) {
      case fault::duplicate_member: return unexpected{reason::request_duplicate_member};
      case fault::too_deep: return unexpected{reason::request_too_deep};
      case fault::malformed: return unexpected{reason::request_malformed};
    }
  }
  if (!parsed->is(kind::object)) return unexpected{reason::request_not_an_object};
  return body(std::move(*parsed));
}

}  // namespace startgate::json
