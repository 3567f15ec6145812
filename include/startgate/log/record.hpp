// One tenant log record as a value, in the fields of the Management API. Views into the request, the application and constants:
// whoever keeps a record longer renders it first. No secret, assertion, state, cookie, code or link has a place in it.
#pragma once

#include <cstdint>
#include <optional>
#include <startgate/instant.hpp>
#include <startgate/log/field.hpp>
#include <startgate/log/notice.hpp>
#include <string_view>

namespace startgate::log {

// cls and cs: a link or code was sent by email, a code by SMS. depnote: this feature's notice. f: refused. api_limit and
// api_limit_warning: a request limit is used up, or soon will be. limit_mu: suspicious IP throttling holds the address back.
// limit_wc: brute-force protection holds a recipient back.
enum class event : std::uint8_t { cls, cs, depnote, f, api_limit, api_limit_warning, limit_mu, limit_wc };

constexpr std::string_view name_of(event e) noexcept {
  constexpr std::string_view names[] = {"cls", "cs", "depnote", "f", "api_limit", "api_limit_warning", "limit_mu", "limit_wc"};
  return names[static_cast<std::size_t>(e)];
}

constexpr std::string_view description_of(event e) noexcept {
  switch (e) {
    case event::cls: return "Code/Link Sent";
    case event::cs: return "Code Sent";
    case event::depnote: return notice_description;
    case event::f: return "Client authentication is required";
    case event::api_limit: return "Global rate limit exceeded";
    case event::api_limit_warning: return "Warning! Global limit usage is high";
    case event::limit_mu: return "Blocked IP Address";
    case event::limit_wc: return "Blocked Account";
  }
  return {};
}

struct record {
  event type = event::cls;
  instant date = 0;
  instant_text date_text = print_instant(date);
  std::string_view description = {};  // where it differs from description_of(type)
  std::string_view log_id = {};
  std::string_view connection = {};
  std::string_view client_id = {};
  std::string_view client_name = {};
  std::string_view ip = {};         // the address that was decided on
  std::string_view client_ip = {};  // the transport address, where it is another
  std::string_view user_agent = {};
  std::string_view user_name = {};  // the recipient
  std::string_view hostname = {};

  struct {
    std::string_view reason = {};          // a code of reason.hpp: one 403, many causes
    std::string_view authentication = {};  // the method that proved the application, or nothing
    std::string_view send = {};            // link, code, link_ios or link_android
    std::string_view limit = {};           // which limit, for api_limit and api_limit_warning
    std::uint64_t limit_size = 0;
    bool limit_is_global = false;
    std::string_view limit_action = {};  // of an application's limit: block or log
  } details = {};

  constexpr std::string_view description_text() const noexcept {
    return description.empty() ? description_of(type) : description;
  }

  constexpr std::string_view get(field f) const noexcept {
    switch (f) {
      case field::client_id: return client_id;
      case field::client_name: return client_name;
      case field::connection: return connection;
      case field::description: return description_text();
      case field::date: return date_text.view();
      case field::hostname: return hostname;
      case field::ip: return ip;
      case field::log_id: return log_id;
      case field::user_name: return user_name;
      case field::user_agent: return user_agent;
      case field::strategy: return connection;  // the connections email and sms are their own strategies
      case field::strategy_type: return connection.empty() ? std::string_view{} : std::string_view{"passwordless"};
      case field::type: return name_of(type);
      default: return {};
    }
  }
};

}  // namespace startgate::log
