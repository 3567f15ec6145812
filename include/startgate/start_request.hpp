// What was asked: the members of a start request as views into the caller's bytes, and the rules for their shape. Whoever parses
// (json/, or a server with typed values) fills `start_members`; absent, null, empty and of the wrong type are kept apart there.
#pragma once

#include <startgate/reason.hpp>
#include <startgate/recipient.hpp>
#include <startgate/result.hpp>

#include <concepts>
#include <cstdint>
#include <string_view>

namespace startgate {

struct member {
  enum class presence : std::uint8_t { absent, null, wrong_type, text };
  presence is = presence::absent;
  std::string_view text;

  constexpr member() = default;
  template <std::convertible_to<std::string_view> Text>
  constexpr member(const Text& value) noexcept : is(presence::text), text(value) {}
  constexpr member(presence p) noexcept : is(p) {}

  constexpr bool wrong() const noexcept { return is == presence::wrong_type; }
  // RFC 6749 section 3.2: a member without a value counts as omitted; some SDKs write null.
  constexpr bool omitted() const noexcept { return !wrong() && text.empty(); }
};

struct start_members {
  member client_id;
  member client_secret;
  member client_assertion;
  member client_assertion_type;
  member connection;
  member email;
  member phone_number;
  member send;
  bool auth_params_wrong_type = false;  // neither an object nor null
  member auth_params_state;
  member top_level_state;
  bool unknown_members = false;
};

struct start_request {
  std::string_view client_id;  // empty: a header or an assertion names the application
  std::string_view client_secret;
  std::string_view client_assertion;
  std::string_view client_assertion_type;
  startgate::connection connection = startgate::connection::email;
  std::string_view recipient;
  startgate::delivery send = startgate::delivery::link;
  std::string_view state;  // authParams.state, which is where auth0.js and Lock put it
  bool top_level_state = false;
  bool unknown_members = false;
};

namespace detail {

constexpr reason fault_of_recipient(const start_members& m, startgate::connection c) noexcept {
  const bool by_email = c == connection::email;
  const member& wanted = by_email ? m.email : m.phone_number;
  const member& stray = by_email ? m.phone_number : m.email;
  if (wanted.omitted()) return by_email ? reason::request_email_missing : reason::request_phone_number_missing;
  const bool fits = !wanted.wrong() && (by_email ? is_email_address(wanted.text) : is_phone_number(wanted.text));
  if (!fits) return by_email ? reason::request_email_invalid : reason::request_phone_number_invalid;
  if (stray.omitted()) return reason::none;
  return by_email ? reason::request_phone_number_not_expected : reason::request_email_not_expected;
}

}  // namespace detail

// The request, or the first fault in the settled order: client_id, connection, recipient, send, authParams, the rest.
// `named_elsewhere`: the Authorization header or a client assertion names the application.
constexpr result<start_request, reason> read_start_request(const start_members& m, bool named_elsewhere) noexcept {
  const auto refuse = [](reason why) { return result<start_request, reason>(unexpected{why}); };
  if (m.client_id.wrong()) return refuse(reason::request_client_id_invalid);
  if (m.client_id.omitted() && !named_elsewhere) return refuse(reason::request_client_id_missing);
  if (m.connection.omitted()) return refuse(reason::request_connection_missing);
  const auto connection = connection_named(m.connection.text);
  if (!connection) return refuse(reason::request_connection_unknown);
  if (const reason fault = detail::fault_of_recipient(m, *connection); fault != reason::none) return refuse(fault);
  const auto send = m.send.wrong() ? std::nullopt : delivery_for(*connection, m.send.text);
  if (!send) return refuse(reason::request_send_invalid);
  if (m.auth_params_wrong_type || m.auth_params_state.wrong()) return refuse(reason::request_auth_params_invalid);
  for (const member& credential : {m.client_secret, m.client_assertion, m.client_assertion_type, m.top_level_state})
    if (credential.wrong()) return refuse(reason::request_wrong_type);

  start_request request;
  request.client_id = m.client_id.text;
  request.client_secret = m.client_secret.text;
  request.client_assertion = m.client_assertion.text;
  request.client_assertion_type = m.client_assertion_type.text;
  request.connection = *connection;
  request.recipient = *connection == connection::email ? m.email.text : m.phone_number.text;
  request.send = *send;
  request.state = m.auth_params_state.text;
  request.top_level_state = !m.top_level_state.omitted();
  request.unknown_members = m.unknown_members;
  return request;
}

}  // namespace startgate
