// What came of a start, as the host that checks codes and links learns it, one JSON object a line:
//   {"event": "failed_login | login | sign_up", "address": "198.51.100.7", "recipient": "ada@example.com", "at": "..."}
#pragma once

#include <startgate/instant.hpp>
#include <startgate/ip.hpp>
#include <startgate/json/document.hpp>
#include <startgate/json/reader.hpp>
#include <startgate/result.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace startgate::json {

enum class login_event : std::uint8_t { failed_login, login, sign_up };

struct login_report {
  login_event event = login_event::failed_login;
  std::optional<address> from;  // the resolved one; always there once it was read
  std::string recipient;        // empty: not known, as where a link was wrong
  std::optional<instant> at;    // none: the reader's clock
};

inline result<login_report, problem> read_login_report(std::string_view line) {
  const auto parsed = parse_file(line, 2);
  if (!parsed) return unexpected{parsed.error()};
  problems found;
  object_reader in(*parsed, {}, found);
  login_report out;
  const auto event = in.word<login_event>(
      "event", {{"failed_login", login_event::failed_login}, {"login", login_event::login}, {"sign_up", login_event::sign_up}});
  if (!event) in.complain("event", "expected `failed_login`, `login` or `sign_up`");
  detail::assign(event, out.event);
  if (const auto text = in.text("address")) out.from = parse_address(*text);
  if (!out.from) in.complain("address", "expected the IP address that it came from");
  detail::assign(in.text("recipient"), out.recipient);
  out.at = in.moment("at");
  if (out.event == login_event::login && out.recipient.empty()) in.complain("recipient", "expected who it was that logged in");
  in.refuse_unknown_members();
  if (found.first()) return unexpected{*found.first()};
  return out;
}

}  // namespace startgate::json
