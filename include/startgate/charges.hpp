// Which buckets a call is charged to, and what came of it: the limits of the policy turned into charges for a store. All or nothing:
// a call that one bucket refuses spends nothing of the others.
#pragma once

#include <startgate/bucket_key.hpp>
#include <startgate/bucket_space.hpp>
#include <startgate/detail/short_list.hpp>
#include <startgate/ip.hpp>
#include <startgate/limit_key.hpp>
#include <startgate/log/notice.hpp>
#include <startgate/log/record.hpp>
#include <startgate/login_state.hpp>
#include <startgate/policy.hpp>
#include <startgate/prefix.hpp>
#include <startgate/rate.hpp>
#include <startgate/rate_headers.hpp>
#include <startgate/reason.hpp>
#include <startgate/recipient.hpp>
#include <startgate/store.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace startgate {

struct charged_call {
  std::optional<startgate::address> address;
  std::string_view client_id;                   // of an application that is known; empty where none is named
  std::string_view recipient;                   // normal form; empty where the body was not observed
  const transaction_id* transaction = nullptr;  // of the state that proved the call
  bool unauthenticated = true;
  startgate::connection connection = startgate::connection::email;
};

struct charges_taken {
  detail::short_list<limit_report, most_charges> limits;
  detail::short_list<log::event, 2> events;  // of the tenant's limit, of the application's
  reason refused_by = reason::none;
  bool over_log_only_limit = false;
};

class charge_plan {
 public:
  charge_plan(const policy& rules, const bucket_keys& keys) noexcept
      : policy_(rules),
        keys_(keys),
        starts_(transaction_quota(rules.login_state, rules.login_state.max_starts)),
        recipients_(transaction_quota(rules.login_state, rules.login_state.max_recipients)),
        once_(transaction_quota(rules.login_state, 1)) {}

  std::optional<charge> state_issue(const address& from) const noexcept {
    return per_address(bucket_space::state_issue_per_address, policy_.limits.state_issue_per_address, from);
  }
  std::optional<charge> refusals(const std::optional<address>& from) const noexcept {
    return per_address(bucket_space::refused_per_address, policy_.limits.refused_per_address, from);
  }
  static limit_report report(const charge& c, const limit_outcome& answer, bool authenticated = false) noexcept {
    return {name_of(c.key.space()), *c.limit, answer, shown_to_caller(c.key.space(), authenticated)};
  }

  // Charges the call to every bucket that it counts toward.
  template <bucket_store Store>
  charges_taken take_for(Store& store, const charged_call& c, instant now) const noexcept {
    const auto own = c.client_id.empty() ? std::nullopt : policy_.limits.start_per_application.find(c.client_id);
    charges_taken out = take_all(store, c, own, now);
    if (own && own->limit->mode == application_limit_mode::log && out.refused_by == reason::none) watch(store, c, *own, out, now);
    return out;
  }

  // Whether a deprecation notice is due: one per rolling hour, feature and application (or tenant).
  template <bucket_store Store>
  bool first_notice(Store& store, std::string_view client_id, instant now) const noexcept {
    const std::string_view who = policy_.notices == notice_scope::application ? client_id : std::string_view{};
    return first(store, hourly_, keys_.of(bucket_space::notice, log::feature_id, who), now);
  }

 private:
  using plan_list = detail::short_list<charge, most_charges>;
  // The tenant's, the application's, the address's; two kinds of list; the country's; three of a transaction.
  static_assert(3 + 2 * most_limits_of_a_kind + 1 + 3 <= most_charges, "no plan may lose a charge");
  using own_limit = std::optional<application_bucket>;

  // Of a login transaction. Where the table has no room for a mark, everybody counts as new: the limit must hold all the same.
  enum class recipient_standing : std::uint8_t { known, fresh, fresh_unmarked };

  template <bucket_store Store>
  charges_taken take_all(Store& store, const charged_call& c, const own_limit& own, instant now) const noexcept {
    recipient_standing recipient = c.transaction ? standing_of_recipient(store, c, now) : recipient_standing::known;
    while (true) {
      const auto planned = plan(c, own, recipient);
      std::array<limit_outcome, most_charges> answers;
      const bool passed = store.take({planned.begin(), planned.size()}, now, {answers.data(), planned.size()});
      // Where the mark alone refused, somebody else named the same recipient in between: then it is no new one.
      const std::size_t mark = planned.size() - 1;
      if (passed || recipient != recipient_standing::fresh || answers[mark].allowed || !all_allowed(answers, mark))
        return describe(store, c, own, planned, answers, now);
      recipient = answers[mark].overflowed ? recipient_standing::fresh_unmarked : recipient_standing::known;
    }
  }

  // A limit that only logs is charged apart, so that it refuses nothing, and only for a call that the others let pass.
  template <bucket_store Store>
  void watch(Store& store, const charged_call& c, const application_bucket& own, charges_taken& out, instant now) const noexcept {
    const charge one = application_charge(own);
    limit_outcome answer;
    store.take({&one, 1}, now, {&answer, 1});
    limit_report line = report(one, answer, !c.unauthenticated);
    line.log_only = true;
    line.application = own.kind;
    out.limits.add(line);
    out.over_log_only_limit = !answer.allowed;
    if (!answer.allowed) note_application(store, own, out, now);
  }

  charge application_charge(const application_bucket& own) const noexcept {
    const limit& by = own.limit->limit;
    return {keys_.of(bucket_space::start_per_application, own.kind, own.name), &by.quota, 1, by.unavailable};
  }

  // So many within one lifetime and none coming back before its end, clock skew included.
  static quota transaction_quota(const transaction_policy& p, std::uint64_t most) noexcept {
    const auto made = quota::make(1, p.lifetime + 2 * state_clock_skew, most);
    return made ? *made : quota::blocked();
  }

  // Callers without a usable address share one bucket: to have none must not be a way around the limit.
  std::optional<charge> per_address(bucket_space space, const std::optional<limit>& by,
                                    const std::optional<address>& from) const noexcept {
    if (!by) return std::nullopt;
    const bucket_key key = from ? keys_.of_network(space, limit_key(*from, policy_.client_address.grouping)) : keys_.of(space);
    return charge{key, &by->quota, 1, by->unavailable};
  }
  static std::string_view text_of(const transaction_id& id) noexcept {
    return {reinterpret_cast<const char*>(id.data()), id.size()};
  }

  // The global limit first, as published, then the narrower ones; the mark of a new recipient stands last.
  plan_list plan(const charged_call& c, const own_limit& own, recipient_standing recipient) const noexcept {
    const limits_policy& l = policy_.limits;
    plan_list out;
    if (l.authentication_api)
      out.add({keys_.of(bucket_space::authentication_api), &l.authentication_api->quota, 1, l.authentication_api->unavailable});
    if (own && own->limit->mode == application_limit_mode::block) out.add(application_charge(*own));
    if (c.unauthenticated || l.start_per_address_applies_to == address_limit_scope::everybody) add_address_limits(out, c.address);
    if (!c.recipient.empty()) add_recipient_limits(out, c);
    if (c.transaction) add_transaction_limits(out, c, recipient);
    return out;
  }

  void add_address_limits(plan_list& out, const std::optional<address>& from) const noexcept {
    const limits_policy& l = policy_.limits;
    if (const auto by_address = per_address(bucket_space::start_per_address, l.start_per_address, from)) out.add(*by_address);
    if (!from) return;
    limit_grouping wider = policy_.client_address.grouping;
    for (std::size_t i = 0; i < l.start_per_network.size() && i < most_limits_of_a_kind; ++i) {
      const network_limit& n = l.start_per_network[i];
      wider.ipv6_prefix = n.ipv6_prefix;
      const prefix network = limit_key(*from, wider);
      if (network.is_v4()) return;  // counted by itself already
      out.add({keys_.of_network(bucket_space::start_per_network, network), &n.by.quota, 1, n.by.unavailable});
    }
  }

  void add_recipient_limits(plan_list& out, const charged_call& c) const noexcept {
    const limits_policy& l = policy_.limits;
    const std::string_view who = c.unauthenticated ? "unproved" : "proved";
    for (std::size_t i = 0; i < l.start_per_identifier.size() && i < most_limits_of_a_kind; ++i) {
      const char nth = static_cast<char>('0' + i);
      out.add({keys_.of(bucket_space::start_per_identifier, who, std::string_view(&nth, 1), c.recipient),
               &l.start_per_identifier[i].quota, 1, l.start_per_identifier[i].unavailable});
    }
    if (l.sms_per_country && c.connection == connection::sms)
      out.add({keys_.of(bucket_space::sms_per_country, country_prefix(c.recipient)), &l.sms_per_country->quota, 1,
               l.sms_per_country->unavailable});
  }

  void add_transaction_limits(plan_list& out, const charged_call& c, recipient_standing recipient) const noexcept {
    const std::string_view id = text_of(*c.transaction);
    out.add({keys_.of(bucket_space::start_per_transaction, id), &starts_});
    if (recipient == recipient_standing::known) return;
    out.add({keys_.of(bucket_space::recipients_per_transaction, id), &recipients_});
    if (recipient == recipient_standing::fresh) out.add(recipient_mark(c));
  }
  charge recipient_mark(const charged_call& c) const noexcept {
    return {keys_.of(bucket_space::recipients_per_transaction, text_of(*c.transaction), c.recipient), &once_};
  }

  template <bucket_store Store>
  recipient_standing standing_of_recipient(Store& store, const charged_call& c, instant now) const noexcept {
    const charge mark = recipient_mark(c);
    limit_outcome answer;
    if (store.peek({&mark, 1}, now, {&answer, 1})) return recipient_standing::fresh;
    return answer.overflowed ? recipient_standing::fresh_unmarked : recipient_standing::known;
  }

  static bool all_allowed(const std::array<limit_outcome, most_charges>& answers, std::size_t count) noexcept {
    for (std::size_t i = 0; i < count; ++i)
      if (!answers[i].allowed) return false;
    return true;
  }

  // The report leaves out the mark of a recipient, which limits nothing by itself.
  template <bucket_store Store>
  charges_taken describe(Store& store, const charged_call& c, const own_limit& own, const plan_list& planned,
                         const std::array<limit_outcome, most_charges>& answers, instant now) const noexcept {
    charges_taken out;
    for (std::size_t i = 0; i < planned.size(); ++i) {
      if (planned[i].limit == &once_) continue;
      const bucket_space space = planned[i].key.space();
      limit_report line = report(planned[i], answers[i], !c.unauthenticated);
      if (space == bucket_space::start_per_application) line.application = own->kind;
      out.limits.add(line);
      if (!answers[i].allowed && out.refused_by == reason::none) out.refused_by = reason_of(space);
      if (space == bucket_space::authentication_api) note_usage(store, answers[i], out, now);
      if (space == bucket_space::start_per_application && !answers[i].allowed) note_application(store, *own, out, now);
    }
    return out;
  }

  // api_limit at once and api_limit_warning from 80 % on, each at most once a minute.
  template <bucket_store Store>
  void note_usage(Store& store, const limit_outcome& answer, charges_taken& out, instant now) const noexcept {
    if (!answer.allowed) {
      if (first(store, minutely_, keys_.of(bucket_space::notice, "api_limit"), now)) out.events.add(log::event::api_limit);
    } else if (answer.near_limit() && first(store, minutely_, keys_.of(bucket_space::notice, "api_limit_warning"), now)) {
      out.events.add(log::event::api_limit_warning);
    }
  }

  // api_limit at most once a minute for each policy and application, as published. A call tells of one limit: the tenant's, if that
  // is used up too.
  template <bucket_store Store>
  void note_application(Store& store, const application_bucket& own, charges_taken& out, instant now) const noexcept {
    const bucket_key key = keys_.of(bucket_space::notice, "api_limit", own.kind, own.name);
    const bool told = std::find(out.events.begin(), out.events.end(), log::event::api_limit) != out.events.end();
    if (!told && first(store, minutely_, key, now)) out.events.add(log::event::api_limit);
  }

  template <bucket_store Store>
  static bool first(Store& store, const quota& once, bucket_key key, instant now) noexcept {
    const charge c{key, &once};
    limit_outcome answer;
    return store.take({&c, 1}, now, {&answer, 1});
  }

  const policy& policy_;
  bucket_keys keys_;
  quota starts_, recipients_, once_;
  quota hourly_ = *quota::make(1, log::notice_throttle, 1);
  quota minutely_ = *quota::make(1, minute, 1);
};

}  // namespace startgate
