#include <startgate/json/applications.hpp>
#include <startgate/json/plan_scan.hpp>
#include <startgate/log/plan_fold.hpp>
#include <startgate/openssl/key_maker.hpp>
#include <startgate/openssl/verifier.hpp>
#include <startgate/plan.hpp>
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
        fold(whose, per_address, tenant_wide),
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

py::dict addresses_of(const planner& p, const log::plan_row& row) {
  std::uint64_t most = 0, not_global = 0, all = 0;
  for (const auto& [address, sends] : row.addresses) {
    most = std::max(most, sends);
    all += sends;
    const auto parsed = parse_address(p.scan.addresses().text_of(address));
    if (parsed && !is_global(*parsed)) not_global += sends;
  }
  py::dict out;
  out["distinct"] = row.addresses.size();
  out["busiest_share"] =
      all == 0 ? py::object(py::none()) : py::object(py::float_(static_cast<double>(most) / static_cast<double>(all)));
  out["not_global"] = not_global;
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
  out["addresses"] = addresses_of(p, row);
  out["days"] = days_of(row);
  return out;
}

py::dict application_of(const planner& p, std::size_t at) {
  const plan::subject subject = p.subject_of(at);
  const plan::finding found = plan::assess(subject, p.fold.rows()[at].trail.seen());
  const application* exported = p.exported_at(at);
  py::list methods;
  for (int m = 0; m < 6; ++m)
    if (subject.methods.has(client_auth_method(m))) methods.append(name_of(client_auth_method(m)));
  py::dict fix;
  fix["code"] = name_of(found.fix);
  fix["text"] = sentence_of(found.fix);
  const log::sdk_row* sdk = log::find_sdk(subject.notice_sdk);
  if (found.reason == plan::reason::sdk_too_old && sdk != nullptr) fix["first_version"] = sdk->sends_secret_from;
  py::dict out;
  out["client_id"] = p.whose.rows()[at].client_id;
  out["name"] = p.whose.rows()[at].name;
  out["exported"] = exported != nullptr;
  out["kind"] = subject.standing == standing::public_client  ? "public"
                : subject.standing == standing::third_party  ? "third_party"
                : subject.standing == standing::confidential ? "confidential"
                                                             : "unknown";
  out["methods"] = std::move(methods);
  out["trust_switch"] = exported == nullptr || exported->forwarded_for_switch == trust_switch::not_stated
                            ? py::object(py::none())
                            : py::object(py::bool_(exported->forwarded_for_switch == trust_switch::on));
  out["has_passwordless_grant"] = exported == nullptr || exported->has_passwordless_grant;
  out["verdict"] = name_of(found.verdict);
  out["reason"] = name_of(found.reason);
  out["text"] = sentence_of(found.reason);
  out["evidence"] = evidence_of(p, at);
  out["fix"] = std::move(fix);
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
