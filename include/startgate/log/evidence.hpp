// What a tenant log shows of one application, gathered from its sends and notices in the order of time.
//
// A notice is written at most once an hour (notice.hpp), and it is not published whether that hour is the application's or the
// tenant's. So a send proves something only where a notice would have shown: a send is *proved* when nobody in the tenant caused
// a notice in the 60 minutes before it, and *quiet* when the application itself caused none. Both are counted since the
// application's last notice, because only what came after it can show that it was cured.
#pragma once

#include <cstdint>
#include <optional>
#include <startgate/instant.hpp>
#include <startgate/log/notice.hpp>

namespace startgate::log {

struct evidence {
  std::uint64_t sends = 0;
  std::uint64_t notices = 0;           // certainly its own
  std::uint64_t possible_notices = 0;  // its own or another's: they named nobody, or a name that several have
  std::optional<instant> first_seen, last_seen;
  std::optional<instant> last_notice;         // of either kind
  std::uint64_t noticed_hours = 0;            // if the throttle is per application: hours in which it caused a notice
  std::uint64_t noticed_or_hidden_hours = 0;  // if it is per tenant: also hours whose sends another's notice may have hidden
  std::uint64_t quiet_sends = 0;              // since the last notice
  std::uint64_t proved_sends = 0;             // since the last notice
  std::uint32_t proved_days = 0;              // different UTC days of the proved sends
  std::optional<instant> proved_since;        // the first of them
  std::uint64_t sends_with_login_state = 0;   // authParams.state is recorded with the send
  std::uint64_t sends_from_browsers = 0;      // by their user agent

  constexpr bool seen() const noexcept { return sends + notices + possible_notices > 0; }
};

struct send_facts {
  bool has_login_state = false;
  bool from_browser = false;
};

// Fed in the order of time; of one moment, notices before sends.
class evidence_trail {
 public:
  constexpr const evidence& seen() const noexcept { return seen_; }

  // `certainly`: it names this application. Otherwise it may be another's, and nothing before it proves anything any more.
  constexpr void notice(instant at, bool certainly) noexcept {
    certainly ? ++seen_.notices : ++seen_.possible_notices;
    if (certainly) {
      seen_.noticed_hours += first_in(noticed_hour_, at / hour);
      seen_.noticed_or_hidden_hours += first_in(hidden_hour_, at / hour);
      was_seen(at);
    }
    seen_.last_notice = at;
    seen_.quiet_sends = seen_.proved_sends = seen_.proved_days = 0;
    seen_.proved_since.reset();
    proved_day_.reset();
  }

  // `tenant_notice`: when anybody in the tenant last caused a notice of this feature.
  constexpr void send(instant at, std::optional<instant> tenant_notice, send_facts facts = {}) noexcept {
    ++seen_.sends;
    seen_.sends_with_login_state += facts.has_login_state;
    seen_.sends_from_browsers += facts.from_browser;
    was_seen(at);
    seen_.quiet_sends += passed(seen_.last_notice, at);
    if (!passed(tenant_notice, at)) {
      seen_.noticed_or_hidden_hours += first_in(hidden_hour_, at / hour);
      return;
    }
    ++seen_.proved_sends;
    seen_.proved_days += first_in(proved_day_, at / (24 * hour));
    if (!seen_.proved_since) seen_.proved_since = at;
  }

 private:
  static constexpr bool passed(std::optional<instant> notice, instant at) noexcept {
    return !notice || at - *notice > notice_throttle;
  }

  static constexpr bool first_in(std::optional<std::uint64_t>& last, std::uint64_t now) noexcept {
    const bool first = last != now;
    last = now;
    return first;
  }

  constexpr void was_seen(instant at) noexcept {
    if (!seen_.first_seen) seen_.first_seen = at;
    seen_.last_seen = at;
  }

  evidence seen_;
  std::optional<std::uint64_t> noticed_hour_, hidden_hour_, proved_day_;
};

}  // namespace startgate::log
