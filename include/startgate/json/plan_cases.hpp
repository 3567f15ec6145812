// Every application of a tenant as the plan sees it: who it is by the export, and what the log shows of it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <startgate/application.hpp>
#include <startgate/json/plan_scan.hpp>
#include <startgate/log/attribution.hpp>
#include <startgate/log/coverage.hpp>
#include <startgate/log/plan_fold.hpp>
#include <startgate/plan.hpp>
#include <startgate/plan_remarks.hpp>
#include <startgate/prefix.hpp>
#include <startgate/special_address.hpp>
#include <string_view>
#include <utility>
#include <vector>

namespace startgate::json {

struct plan_settings {
  bool tenant_enforces = false;
  quota per_address = *quota::make(50, hour, 50);
  quota tenant_wide = *quota::make(100, second, 100);
};

// Takes the events out of the scan; `read_back()` is false when some of them could not be read.
template <class Events>
class plan_cases {
 public:
  plan_cases(plan_scan<Events>& scan, std::vector<application> exported, const plan_settings& settings)
      : scan_(scan),
        exported_(std::move(exported)),
        settings_(settings),
        whose_(names(exported_), scan.subjects()),
        fold_(whose_, settings.per_address, settings.tenant_wide, scan.coverage()) {
    read_back_ = scan.events().drain([this](const log::plan_event& e) { fold_.add(e); });
    fold_.finish();
  }

  bool read_back() const noexcept { return read_back_; }
  std::size_t size() const noexcept { return whose_.rows().size(); }

  plan_scan<Events>& scan() const noexcept { return scan_; }
  const plan_settings& settings() const noexcept { return settings_; }
  const log::plan_fold& fold() const noexcept { return fold_; }
  const log::named_application& who(std::size_t row) const { return whose_.rows()[row]; }
  const log::plan_row& seen(std::size_t row) const { return fold_.rows()[row]; }
  const log::evidence& evidence(std::size_t row) const { return seen(row).trail.seen(); }

  plan::subject subject(std::size_t row) const {
    const log::plan_row& logged = seen(row);
    const std::string_view sent = scan_.sdks().text_of(logged.send_sdk);
    const std::string_view noticed = logged.notice_sdk != 0 ? scan_.sdks().text_of(logged.notice_sdk) : sent;
    const auto blank = std::min(noticed.find(' '), noticed.size());
    plan::subject s;
    s.standing = standing_of(exported_at(row));
    if (const application* a = exported_at(row)) s.methods = a->methods;
    s.notice_sdk = noticed.substr(0, blank);
    s.notice_sdk_version = noticed.substr(std::min(blank + 1, noticed.size()));
    s.send_sdk = sent.substr(0, sent.find(' '));
    s.name_is_shared = whose_.shares_its_name(row);
    s.partly_unread = scan_.is_partly_unread();
    s.tenant_enforces = settings_.tenant_enforces;
    return s;
  }

  plan::exported_facts exported_facts(std::size_t row) const {
    const application* a = exported_at(row);
    if (a == nullptr) return {.exported = false};
    return {.has_passwordless_grant = a->has_passwordless_grant, .forwarded_for = a->forwarded_for_switch};
  }

  plan::address_spread spread(std::size_t row) const {
    plan::address_spread out{.distinct = seen(row).addresses.size()};
    for (const auto& [address, sends] : seen(row).addresses) {
      out.busiest = std::max(out.busiest, sends);
      out.sends += sends;
      const auto parsed = parse_prefix(scan_.addresses().text_of(address));
      if (parsed && !is_global(parsed->network())) out.not_global += sends;
    }
    return out;
  }

 private:
  static std::vector<log::named_application> names(const std::vector<application>& all) {
    std::vector<log::named_application> out;
    for (const application& a : all) out.push_back({a.client_id, a.name});
    return out;
  }

  static standing standing_of(const application* a) noexcept {
    if (a == nullptr) return standing::unknown;
    if (a->third_party) return standing::third_party;
    return a->kind == application_kind::public_client ? standing::public_client : standing::confidential;
  }

  const application* exported_at(std::size_t row) const { return whose_.is_exported(row) ? &exported_[row] : nullptr; }

  plan_scan<Events>& scan_;
  std::vector<application> exported_;
  plan_settings settings_;
  log::attribution whose_;
  log::plan_fold fold_;
  bool read_back_ = false;
};

}  // namespace startgate::json
