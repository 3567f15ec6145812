// Attack protection: which address or recipient is held back after failures, and for how long. The settings have the shapes of the
// Management API's /api/v2/attack-protection/suspicious-ip-throttling and .../brute-force-protection. Pure rules: they say which
// buckets to look at and to charge, and what the answers of a store mean.
//
// Both features count what comes after a start, a failed login or a sign-up, which whoever embeds the engine reports. What client
// authentication caused counts toward refused_per_address alone (charges.hpp), which lasts minutes: a wrong secret in a backend is to
// lock nobody's users out for days. Everything here goes by the resolved address, so that a forwarded address is held back and the
// proxy that forwarded it is not.
#pragma once

#include <startgate/bucket_key.hpp>
#include <startgate/bucket_space.hpp>
#include <startgate/detail/short_list.hpp>
#include <startgate/instant.hpp>
#include <startgate/ip.hpp>
#include <startgate/limit_key.hpp>
#include <startgate/prefix.hpp>
#include <startgate/prefix_set.hpp>
#include <startgate/rate.hpp>
#include <startgate/reason.hpp>
#include <startgate/store.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace startgate {

// Without a block it is the published monitoring mode: what would have been held back is reported and passes.
struct shields {
  bool block = true;
  bool report = true;  // admin_notification, user_notification: the host is told
};

// `max_attempts` at once; one comes back after each `rate`.
constexpr quota throttling_stage(std::uint64_t max_attempts, duration rate) noexcept {
  const auto made = quota::make(1, rate, max_attempts);
  return made ? *made : quota::blocked();
}

struct suspicious_ip_throttling {
  bool enabled = true;
  startgate::shields shields;
  prefix_set allowlist;
  quota pre_login = throttling_stage(100, 864'000 * millisecond);           // failed logins of an address, 100 a day
  quota pre_user_registration = throttling_stage(50, 1'200 * millisecond);  // sign-ups of an address
};

enum class brute_force_count : std::uint8_t { per_identifier_and_ip, per_identifier };

// A block ends 30 days after the last failure: each failure's place comes back after that time.
struct brute_force_protection {
  bool enabled = true;
  startgate::shields shields;
  prefix_set allowlist;
  brute_force_count mode = brute_force_count::per_identifier_and_ip;
  quota failures = throttling_stage(10, 30 * 24 * hour);
};

struct attack_policy {
  suspicious_ip_throttling suspicious_ip;
  brute_force_protection brute_force;
};

// Whom a call is for, as far as that is known.
struct suspect {
  std::optional<startgate::address> address;  // the resolved one
  std::string_view recipient;                 // its normal form; empty where it is not known
};

struct attack_verdict {
  bool held_back = false;
  bool report = false;        // the host is to be told
  reason why = reason::none;  // the feature that decided, also where it only reports
  charge by{};                // its bucket, and what that answered
  limit_outcome answer;
};

class attack_plan {
 public:
  using charge_list = detail::short_list<charge, most_charges>;

  // `grouping`: the limits' own, so that an address is one caller everywhere.
  attack_plan(const attack_policy& rules, const bucket_keys& keys, limit_grouping grouping = {}) noexcept
      : rules_(rules), keys_(keys), grouping_(grouping) {}

  // To be peeked before a start or a login is let pass. A start may become a sign-up, so both stages hold back.
  charge_list watched(const suspect& who) const noexcept {
    charge_list out = failed_login(who);
    add_stage(out, bucket_space::suspicious_ip_pre_registration, rules_.suspicious_ip.pre_user_registration, who);
    return out;
  }

  // To be taken one by one, since each counts for itself: what a failed login, and what a sign-up, adds.
  charge_list failed_login(const suspect& who) const noexcept {
    charge_list out;
    add_stage(out, bucket_space::suspicious_ip_pre_login, rules_.suspicious_ip.pre_login, who);
    if (const auto counted = brute_force_key(who)) out.add({*counted, &rules_.brute_force.failures});
    return out;
  }
  charge_list sign_up(const suspect& who) const noexcept {
    charge_list out;
    add_stage(out, bucket_space::suspicious_ip_pre_registration, rules_.suspicious_ip.pre_user_registration, who);
    return out;
  }

  // The bucket that a successful login, a change of the password or an administrator clears.
  std::optional<bucket_key> brute_force_key(const suspect& who) const noexcept {
    const brute_force_protection& b = rules_.brute_force;
    if (!b.enabled || who.recipient.empty()) return std::nullopt;
    if (who.address && b.allowlist.contains(*who.address)) return std::nullopt;
    if (b.mode == brute_force_count::per_identifier) return keys_.of(bucket_space::brute_force, who.recipient);
    if (!who.address) return std::nullopt;
    const prefix network = limit_key(*who.address, grouping_);
    const auto bytes = bytes_of(network.network());
    const auto length = static_cast<char>(network.bits());
    return keys_.of(bucket_space::brute_force, who.recipient,
                    std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()), std::string_view(&length, 1));
  }

  // What the answers for watched() mean. A block comes before a report, and the longest wait is the one to name. A bucket that the
  // caller shares with others holds nobody back: a flood that fills the table would lock everybody out for weeks.
  attack_verdict judge(const charge_list& watched, std::span<const limit_outcome> answers) const noexcept {
    attack_verdict v;
    for (std::size_t i = 0; i < watched.size(); ++i) {
      if (answers[i].allowed || answers[i].overflowed) continue;
      const bool brute_force = watched[i].key.space() == bucket_space::brute_force;
      const shields& s = brute_force ? rules_.brute_force.shields : rules_.suspicious_ip.shields;
      v.report = v.report || s.report;
      const bool comes_first = v.why == reason::none || (s.block && !v.held_back) ||
                               (s.block == v.held_back && v.answer.retry_after.time() < answers[i].retry_after.time());
      if (comes_first)
        v = {s.block, v.report, brute_force ? reason::attack_brute_force : reason::attack_suspicious_ip, watched[i], answers[i]};
    }
    return v;
  }

 private:
  void add_stage(charge_list& out, bucket_space space, const quota& attempts, const suspect& who) const noexcept {
    const suspicious_ip_throttling& s = rules_.suspicious_ip;
    if (!s.enabled || !who.address || s.allowlist.contains(*who.address)) return;
    out.add({keys_.of_network(space, limit_key(*who.address, grouping_)), &attempts});
  }

  const attack_policy& rules_;
  bucket_keys keys_;
  limit_grouping grouping_;
};

// The rules over a store: what the gate asks before a start, and what the host reports afterwards.
template <bucket_store Store>
attack_verdict look_for_attack(Store& store, const attack_plan& plan, const suspect& who, instant now) noexcept {
  const auto watched = plan.watched(who);
  std::array<limit_outcome, most_charges> answers;
  if (watched.empty() || store.peek({watched.begin(), watched.size()}, now, {answers.data(), watched.size()})) return {};
  return plan.judge(watched, {answers.data(), watched.size()});
}

template <bucket_store Store>
void report_failed_login(Store& store, const attack_plan& plan, const suspect& who, instant now) noexcept {
  limit_outcome ignored;
  for (const charge& c : plan.failed_login(who)) store.take({&c, 1}, now, {&ignored, 1});
}

template <bucket_store Store>
void report_sign_up(Store& store, const attack_plan& plan, const suspect& who, instant now) noexcept {
  limit_outcome ignored;
  for (const charge& c : plan.sign_up(who)) store.take({&c, 1}, now, {&ignored, 1});
}

template <bucket_store Store>
void report_login(Store& store, const attack_plan& plan, const suspect& who) noexcept {
  if (const auto counted = plan.brute_force_key(who)) store.reset(*counted);
}

}  // namespace startgate
