#include <startgate/json/applications.hpp>
#include <startgate/json/plan_scan.hpp>
#include <startgate/log/plan_fold.hpp>
#include <startgate/openssl/key_maker.hpp>
#include <startgate/openssl/verifier.hpp>
#include <startgate/plan.hpp>
#include <startgate/plan_remarks.hpp>
#include <startgate/special_address.hpp>
#include <startgate/store/sorted_spill.hpp>

#include <pybind11/stl.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "register.hpp"

namespace startgate::python {
namespace py = pybind11;

namespace {

using faults = std::vector<std::pair<std::uint64_t, std::string>>;
using events = store::sorted_spill<log::plan_event>;
using plan_scan = json::plan_scan<events>;

faults feed(plan_scan& scan, const py::bytes& chunk, bool last) {
  const std::string_view data = chunk;
  faults found;
  bool kept = false;
  {
    const py::gil_scoped_release unlocked;
    kept = scan.feed(data, last, [&](json::log_fault f) { found.emplace_back(f.line, std::move(f.what)); });
  }
  if (!kept) throw std::runtime_error("the temporary file for sorting the log cannot be written");
  return found;
}

py::object iso(std::optional<instant> at) { return at ? py::object(py::str(print_instant(*at).view())) : py::none(); }

py::object sdk_of(std::string_view name_and_version) {
  if (name_and_version.empty()) return py::none();
  const auto blank = name_and_version.find(' ');
  py::dict out;
  out["name"] = name_and_version.substr(0, blank);
  out["version"] = name_and_version.substr(blank + 1);
  return out;
}

// What the plan is made of, held while the answer is put together.
struct planner {
  plan_scan& scan;
  std::vector<application> exported;
  log::attribution whose;
  log::plan_fold fold;
  bool enforced;

  planner(plan_scan& s, std::vector<application> applications, quota per_address, quota tenant_wide, bool tenant_enforces)
      : scan(s),
        exported(std::move(applications)),
        whose(names(exported), s.subjects()),
        fold(whose, per_address, tenant_wide, log::beginnings_of(s.coverage())),
        enforced(tenant_enforces) {
    bool whole = false;
    {
      const py::gil_scoped_release unlocked;
      whole = scan.events().drain([this](const log::plan_event& e) { fold.add(e); });
    }
    if (!whole) throw std::runtime_error("the temporary file for sorting the log cannot be read back");
  }

  static std::vector<log::named_application> names(const std::vector<application>& all) {
    std::vector<log::named_application> out;
    for (const application& a : all) out.push_back({a.client_id, a.name});
    return out;
  }

  const application* exported_at(std::size_t row) const { return whose.is_exported(row) ? &exported[row] : nullptr; }

  standing standing_of(std::size_t row) const {
    const application* a = exported_at(row);
    if (a == nullptr) return standing::unknown;
    if (a->third_party) return standing::third_party;
    return a->kind == application_kind::public_client ? standing::public_client : standing::confidential;
  }

  plan::exported_facts facts_of(std::size_t row) const {
    const application* a = exported_at(row);
    if (a == nullptr) return {.exported = false};
    return {.has_passwordless_grant = a->has_passwordless_grant, .forwarded_for = a->forwarded_for_switch};
  }

  plan::subject subject_of(std::size_t row) const {
    const log::plan_row& seen = fold.rows()[row];
    const std::string_view sent = scan.sdks().text_of(seen.send_sdk);
    const std::string_view noticed = seen.notice_sdk != 0 ? scan.sdks().text_of(seen.notice_sdk) : sent;
    const auto blank = std::min(noticed.find(' '), noticed.size());
    plan::subject s;
    s.standing = standing_of(row);
    if (const application* a = exported_at(row)) s.methods = a->methods;
    s.notice_sdk = noticed.substr(0, blank);
    s.notice_sdk_version = noticed.substr(std::min(blank + 1, noticed.size()));
    s.send_sdk = sent.substr(0, sent.find(' '));
    s.name_is_shared = whose.shares_its_name(row);
    s.tenant_enforces = enforced;
    return s;
  }
};

plan::address_spread spread_of(const planner& p, const log::plan_row& row) {
  plan::address_spread out{.distinct = row.addresses.size()};
  for (const auto& [address, sends] : row.addresses) {
    out.busiest = std::max(out.busiest, sends);
    out.sends += sends;
    const auto parsed = parse_address(p.scan.addresses().text_of(address));
    if (parsed && !is_global(*parsed)) out.not_global += sends;
  }
  return out;
}

py::dict addresses_of(const plan::address_spread& from) {
  py::dict out;
  out["distinct"] = from.distinct;
  out["busiest_share"] = from.sends == 0
                             ? py::object(py::none())
                             : py::object(py::float_(static_cast<double>(from.busiest) / static_cast<double>(from.sends)));
  out["not_global"] = from.not_global;
  return out;
}

py::object maybe(std::optional<bool> value) { return value ? py::object(py::bool_(*value)) : py::none(); }

std::optional<bool> trusted(trust_switch s) {
  return s == trust_switch::not_stated ? std::nullopt : std::optional<bool>(s == trust_switch::on);
}

// Sent is what had an effect: a header that was sent in vain leaves no trace.
py::dict forwarded_for_of(const plan::exported_facts& x, std::optional<bool> counts) {
  py::dict out;
  out["sent"] = maybe(counts == true ? counts : std::nullopt);
  out["trusted"] = maybe(trusted(x.forwarded_for));
  out["effective"] = maybe(counts);
  return out;
}

py::list days_of(const log::plan_row& row) {
  py::list out;
  for (const auto& [day, counts] : row.days) {
    py::dict entry;
    entry["date"] = py::str(print_instant(day * 24 * hour).view().substr(0, 10));
    entry["sends"] = counts.sends;
    entry["noticed_hours"] = counts.noticed_hours;
    out.append(std::move(entry));
  }
  return out;
}

py::dict evidence_of(const planner& p, std::size_t at) {
  const log::plan_row& row = p.fold.rows()[at];
  const log::evidence& e = row.trail.seen();
  py::dict out;
  out["sends"] = e.sends;
  out["notices"] = e.notices;
  out["possible_notices"] = e.possible_notices;
  out["first_seen"] = iso(e.first_seen);
  out["last_seen"] = iso(e.last_seen);
  out["last_notice"] = iso(e.last_notice);
  out["quiet_sends"] = e.quiet_sends;
  out["quiet_since"] = iso(e.quiet_since);
  out["proved_sends"] = e.proved_sends;
  out["proved_days"] = e.proved_days;
  out["proved_since"] = iso(e.proved_since);
  py::dict hours;
  hours["per_application"] = e.noticed_hours;
  hours["per_tenant_at_most"] = e.noticed_or_hidden_hours;
  out["client_hours"] = std::move(hours);
  out["sends_with_login_state"] = e.sends_with_login_state;
  out["sends_from_browsers"] = e.sends_from_browsers;
  out["sdk"] = sdk_of(p.scan.sdks().text_of(row.send_sdk != 0 ? row.send_sdk : row.notice_sdk));
  out["notice_sdk"] = sdk_of(p.scan.sdks().text_of(row.notice_sdk));
  out["days"] = days_of(row);
  return out;
}

py::list methods_of(client_auth_methods methods) {
  py::list out;
  for (int m = 0; m < 6; ++m)
    if (methods.has(client_auth_method(m))) out.append(name_of(client_auth_method(m)));
  return out;
}

py::dict fix_of(fix f, const log::sdk_row* sdk) {
  py::dict out;
  out["code"] = name_of(f);
  out["text"] = sentence_of(f);
  const std::string_view first = log::first_version_for(f, sdk);
  if (!first.empty()) out["first_version"] = first;
  return out;
}

std::string_view kind_of(standing s) {
  switch (s) {
    case standing::public_client: return "public";
    case standing::third_party: return "third_party";
    case standing::confidential: return "confidential";
    default: return "unknown";
  }
}

py::dict application_of(const planner& p, std::size_t at) {
  const plan::subject subject = p.subject_of(at);
  const log::evidence& seen = p.fold.rows()[at].trail.seen();
  const plan::finding found = plan::assess(subject, seen);
  const plan::exported_facts exported = p.facts_of(at);
  const plan::address_spread from = spread_of(p, p.fold.rows()[at]);
  py::list remarks;
  for (const plan::remark_row& r : plan::remarks)
    if (holds(r.code, exported, seen, from)) remarks.append(r.name);
  py::dict evidence = evidence_of(p, at);
  evidence["addresses"] = addresses_of(from);
  evidence["forwarded_for"] = forwarded_for_of(exported, forwarded_for_counts(subject.standing, seen, from));
  py::dict out;
  out["client_id"] = p.whose.rows()[at].client_id;
  out["name"] = p.whose.rows()[at].name;
  out["exported"] = exported.exported;
  out["kind"] = kind_of(subject.standing);
  out["methods"] = methods_of(subject.methods);
  out["trust_switch"] = maybe(trusted(exported.forwarded_for));
  out["has_passwordless_grant"] = exported.has_passwordless_grant;
  out["verdict"] = name_of(found.verdict);
  out["reason"] = name_of(found.reason);
  out["text"] = sentence_of(found.reason);
  out["evidence"] = std::move(evidence);
  out["fix"] = fix_of(found.fix, log::find_sdk(subject.notice_sdk));
  out["findings"] = std::move(remarks);
  return out;
}

py::dict rehearsal_of(const log::limit_rehearsal& r, const quota& q) {
  py::dict out;
  out["limit"] = q.count();
  out["period_s"] = q.period() / second;
  out["burst"] = q.burst();
  out["calls"] = r.calls;
  out["peak"] = r.peak;
  out["peak_at"] = iso(r.peak_at);
  out["refused"] = r.refused;
  out["first_refusal"] = iso(r.first_refusal);
  return out;
}

py::list callers_from(const planner& p, std::uint32_t address) {
  py::list out;
  for (std::size_t at = 0; at < p.fold.rows().size(); ++at)
    if (p.fold.rows()[at].addresses.contains(address)) out.append(p.whose.rows()[at].name);
  return out;
}

py::list busiest_addresses(const planner& p, const quota& q) {
  std::vector<std::pair<std::uint32_t, const log::limit_rehearsal*>> all;
  for (const auto& [address, r] : p.fold.addresses())
    if (r.peak * 5 >= q.burst() * 4) all.emplace_back(address, &r);
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
    return a.second->peak != b.second->peak ? a.second->peak > b.second->peak : a.first < b.first;
  });
  if (all.size() > 100) all.resize(100);
  py::list out;
  for (const auto& [address, r] : all) {
    py::dict entry = rehearsal_of(*r, q);
    entry["address"] = p.scan.addresses().text_of(address);
    entry["applications"] = callers_from(p, address);
    out.append(std::move(entry));
  }
  return out;
}

py::dict window_of(const planner& p) {
  const log::coverage& c = p.scan.coverage();
  py::list gaps;
  for (const log::gap& g : log::gaps_of(c)) {
    py::dict entry;
    entry["from"] = iso(g.begin);
    entry["to"] = iso(g.end);
    gaps.append(std::move(entry));
  }
  py::dict out;
  out["from"] = iso(c.first);
  out["to"] = iso(c.last);
  out["records"] = c.records;
  out["duplicates"] = p.scan.events().duplicates();
  out["gaps"] = std::move(gaps);
  out["last_notice"] = iso(p.fold.last_tenant_notice());
  return out;
}

// (what to call the file in messages, its text)
using file = std::pair<std::string, std::string>;

py::dict plan_findings() {
  py::dict out;
  for (const plan::remark_row& r : plan::remarks) out[py::str(r.name)] = r.sentence;
  return out;
}

py::typing::Dict<py::str, py::object> finish(plan_scan& scan, const file& applications, bool enforced, std::uint64_t per_second) {
  auto exported = json::read_applications(applications.second, openssl::verifier{}, openssl::key_maker{});
  if (!exported) throw py::value_error(exported.error().describe(applications.first));
  const auto per_address = *quota::make(50, hour, 50);
  const auto tenant_wide = quota::make(per_second, second, per_second);
  if (!tenant_wide) throw py::value_error(std::string(sentence_of(tenant_wide.error())));
  const planner p(scan, std::move(*exported), per_address, *tenant_wide, enforced);

  py::list rows;
  for (std::size_t at = 0; at < p.fold.rows().size(); ++at) rows.append(application_of(p, at));
  py::dict limits;
  limits["authentication_api"] = rehearsal_of(p.fold.tenant_limit(), *tenant_wide);
  limits["start_per_address"] = busiest_addresses(p, per_address);
  py::list masked;
  if (scan.coverage().masked_addresses > 0) masked.append("ip");
  if (scan.coverage().masked_recipients > 0) masked.append("user_name");
  py::typing::Dict<py::str, py::object> out;
  out["window"] = window_of(p);
  out["types"] = scan.coverage().types;
  out["other_notices"] = scan.coverage().other_notices;
  out["masked"] = std::move(masked);
  out["applications"] = std::move(rows);
  out["limits"] = std::move(limits);
  return out;
}

}  // namespace

void register_plan(py::module_& m) {
  m.def(
      "plan_findings", [] { return py::typing::Dict<py::str, py::str>(plan_findings()); },
      "Every finding of the plan by its code, with its sentence.");
  py::class_<plan_scan>(m, "PlanScan", "Reads tenant logs, in any order and with duplicates, for the plan.")
      .def(py::init([](std::size_t events_in_memory) { return plan_scan(events(events_in_memory)); }),
           py::arg("events_in_memory") = 2'000'000)
      .def("feed", &feed, py::arg("data"), py::arg("last") = false,
           "Reads a chunk; returns what could not be read: (line, what was expected). `last` closes a file.")
      .def("finish", &finish, py::arg("applications"), py::arg("enforced") = false, py::arg("per_second") = 100,
           "The verdict for each application of the client export (name for messages, text) and for those that only the log "
           "knows, with "
           "window, "
           "evidence, causes, fixes and the rehearsal of the limits. `per_second` is the tenant's Authentication API limit. "
           "Raises "
           "ValueError naming file, line and member where the export cannot be read.");
}

}  // namespace startgate::python
