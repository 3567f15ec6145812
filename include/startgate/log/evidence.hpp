// What a tenant log shows of one application, gathered from its sends and notices in the order of time.
//
// A notice is written at most once an hour (notice.hpp), and it is not published whether that hour is the application's or the
// tenant's. So a send proves something only where a notice would have shown: a send is *proved* when nobody in the tenant caused
// a notice in the 60 minutes before it, and *quiet* when the application itself caused none. Both are counted since the
// application's last notice, because only what came after it can show that it was cured. What was before the log began, or in a
// gap, is not known: the first hour after either proves nothing. Nor does a send that lies outside all records that are no sends:
// such a log was filtered, and notices may be among what was left out (coverage.hpp).
#pragma once

#include <cstdint>
#include <optional>
#include <startgate/instant.hpp>
#include <startgate/log/notice.hpp>
#include <startgate/log/state_text.hpp>

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
  std::optional<instant> quiet_since;         // the first of them
  std::uint64_t proved_sends = 0;             // since the last notice
  std::uint32_t proved_days = 0;              // different UTC days of the proved sends
  std::optional<instant> proved_since;        // the first of them
  std::uint64_t sends_with_login_state = 0;   // a state is recorded with the send that may be a transaction's
  std::uint64_t sends_with_path_state = 0;    // or one that says where to go after the login
  bool repeats_its_state = false;             // one state served longer and more often than a login transaction may
  std::uint64_t sends_from_browsers = 0;      // by their user agent
  std::uint64_t unheard_sends = 0;            // where the log would not have shown a notice: they prove nothing

  constexpr bool seen() const noexcept { return sends + notices > 0; }
};

struct send_facts {
  state_look look = state_look::none;
  std::uint64_t state = 0;  // a hash of it
  bool from_browser = false;
  bool notice_would_show = true;  // the log was not filtered there (coverage.hpp)
};

// Finds the one state that most sends carry, in constant memory (the majority vote of Boyer and Moore). A transaction's state
// serves a page for an hour and ten sends ("send again"); what serves longer and more often is a constant.
class state_repetition {
 public:
  constexpr bool found() const noexcept { return found_; }

  constexpr void send(instant at, std::uint64_t state) noexcept {
    if (lead_ == 0) state_ = state, first_ = at, sends_ = 0;
    if (state_ != state) {
      --lead_;
      return;
    }
    ++lead_;
    ++sends_;
    found_ = found_ || (sends_ > 10 && at - first_ > hour);
  }

 private:
  std::uint64_t state_ = 0, sends_ = 0, lead_ = 0;
  instant first_ = 0;
  bool found_ = false;
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
    seen_.quiet_since.reset();
    seen_.proved_since.reset();
    proved_day_.reset();
  }

  // `silent_since`: since when nobody in the tenant is known to have caused a notice of this feature.
  constexpr void send(instant at, std::optional<instant> silent_since, send_facts facts = {}) noexcept {
    ++seen_.sends;
    seen_.sends_from_browsers += facts.from_browser;
    saw_state(at, facts);
    was_seen(at);
    const bool silent = passed(silent_since, at);
    if (!silent) seen_.noticed_or_hidden_hours += first_in(hidden_hour_, at / hour);
    if (!facts.notice_would_show) {
      ++seen_.unheard_sends;
      return;
    }
    if (passed(seen_.last_notice, at)) {
      ++seen_.quiet_sends;
      if (!seen_.quiet_since) seen_.quiet_since = at;
    }
    if (!silent) return;
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

  constexpr void saw_state(instant at, const send_facts& facts) noexcept {
    if (facts.look == state_look::none) return;
    seen_.sends_with_login_state += facts.look == state_look::transaction;
    seen_.sends_with_path_state += facts.look == state_look::path;
    repetition_.send(at, facts.state);
    seen_.repeats_its_state = repetition_.found();
  }

  constexpr void was_seen(instant at) noexcept {
    if (!seen_.first_seen) seen_.first_seen = at;
    seen_.last_seen = at;
  }

  evidence seen_;
  state_repetition repetition_;
  std::optional<std::uint64_t> noticed_hour_, hidden_hour_, proved_day_;
};

}  // namespace startgate::log
