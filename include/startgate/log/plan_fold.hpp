// Sends and notices, in the order of time, into what the plan knows of each application and of each address.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <startgate/log/attribution.hpp>
#include <startgate/log/coverage.hpp>
#include <startgate/log/evidence.hpp>
#include <startgate/log/limit_rehearsal.hpp>
#include <startgate/log/plan_event.hpp>
#include <unordered_map>
#include <vector>

namespace startgate::log {

struct plan_day {
  std::uint64_t sends = 0;
  std::uint64_t noticed_hours = 0;
};

struct plan_row {
  static constexpr std::size_t most_addresses = 50'000;

  evidence_trail trail;
  std::uint16_t notice_sdk = 0, send_sdk = 0;                  // of the last notice and the last send that told; 0: none did
  std::map<std::uint64_t, plan_day> days;                      // by days since the epoch
  std::unordered_map<std::uint32_t, std::uint64_t> addresses;  // sends by address, the first `most_addresses` of them
};

class plan_fold {
 public:
  plan_fold(const attribution& whose, quota per_address, quota tenant_wide, const coverage& covered)
      : whose_(whose),
        per_address_(per_address),
        tenant_wide_(tenant_wide),
        covered_(covered),
        beginnings_(beginnings_of(covered)),
        rows_(whose.rows().size()) {}

  // Tables and some exporters cut the milliseconds off, so two copies of a record may lie up to a second apart. So long an event
  // waits for those that say more of it.
  void add(const plan_event& e) {
    for (; !waiting_.empty() && e.at - waiting_.front().at > second; waiting_.pop_front()) count(waiting_.front());
    const auto copy = std::find_if(waiting_.begin(), waiting_.end(),
                                   [&](const plan_event& other) { return other.id == e.id && other.what == e.what; });
    if (copy == waiting_.end()) return waiting_.push_back(e);
    ++duplicates_;
    copy->merge(e, whose_.names_it_better(e.subject, copy->subject));
  }

  // After the last event.
  void finish() {
    for (; !waiting_.empty(); waiting_.pop_front()) count(waiting_.front());
  }

  const std::vector<plan_row>& rows() const noexcept { return rows_; }
  const std::unordered_map<std::uint32_t, limit_rehearsal>& addresses() const noexcept { return addresses_; }
  std::uint64_t duplicates() const noexcept { return duplicates_; }  // beside those that were the same in all
  const limit_rehearsal& tenant_limit() const noexcept { return tenant_limit_; }
  std::optional<instant> last_tenant_notice() const noexcept { return tenant_notice_; }

 private:
  void count(const plan_event& e) {
    for (; begun_ < beginnings_.size() && beginnings_[begun_] <= e.at; ++begun_)
      silent_since_ = std::max(silent_since_.value_or(0), beginnings_[begun_]);
    const auto& owners = whose_.owners(e.subject);
    if (e.what == plan_event::kind::notice) {
      tenant_notice_ = silent_since_ = e.at;
      for (const std::size_t row : owners) notice(rows_[row], e, owners.size() == 1 && !e.may_be_another_features);
      if (owners.size() == 1 && whose_.is_a_name_alone(owners.front()))
        for (std::size_t row = 0; row < rows_.size(); ++row)
          if (row != owners.front()) notice(rows_[row], e, false);
      return;
    }
    tenant_limit_.call(tenant_wide_, e.at);
    if (e.address != 0) addresses_[e.address].call(per_address_, e.at);
    // A send that may be several applications' speaks for none of them.
    if (owners.size() == 1) send(rows_[owners.front()], e);
  }

  static void notice(plan_row& row, const plan_event& e, bool certainly) {
    const std::uint64_t hours = row.trail.seen().noticed_hours;
    row.trail.notice(e.at, certainly);
    row.days[e.at / (24 * hour)].noticed_hours += row.trail.seen().noticed_hours - hours;
    if (certainly && e.sdk != 0) row.notice_sdk = e.sdk;
  }

  void send(plan_row& row, const plan_event& e) const {
    row.trail.send(e.at, silent_since_,
                   {.look = e.look,
                    .state = e.state,
                    .from_browser = e.from_browser,
                    .notice_would_show = covered_.would_show_a_notice(e.at)});
    ++row.days[e.at / (24 * hour)].sends;
    if (e.sdk != 0) row.send_sdk = e.sdk;
    if (e.address == 0) return;
    if (const auto known = row.addresses.find(e.address); known != row.addresses.end())
      ++known->second;
    else if (row.addresses.size() < plan_row::most_addresses)
      row.addresses.emplace(e.address, 1);
  }

  const attribution& whose_;
  quota per_address_, tenant_wide_;
  const coverage& covered_;
  std::vector<instant> beginnings_;  // in order
  std::size_t begun_ = 0;            // so many of them lie behind
  std::vector<plan_row> rows_;
  std::unordered_map<std::uint32_t, limit_rehearsal> addresses_;
  limit_rehearsal tenant_limit_;
  std::deque<plan_event> waiting_;
  std::uint64_t duplicates_ = 0;
  std::optional<instant> tenant_notice_;
  std::optional<instant> silent_since_;  // the last notice, or where the log began to speak
};

}  // namespace startgate::log
