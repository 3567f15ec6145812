#include <startgate/json/applications.hpp>
#include <startgate/json/plan_answer.hpp>
#include <startgate/openssl/key_maker.hpp>
#include <startgate/openssl/verifier.hpp>
#include <startgate/store/sorted_spill.hpp>

#include <pybind11/stl.h>

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

// (what to call the file in messages, its text)
using file = std::pair<std::string, std::string>;

std::string finish(plan_scan& scan, const file& applications, bool enforced, std::uint64_t per_second, bool partly_unread) {
  const py::gil_scoped_release unlocked;
  auto exported = json::read_applications(applications.second, openssl::verifier{}, openssl::key_maker{});
  if (!exported) throw py::value_error(exported.error().describe(applications.first));
  json::plan_settings settings{.tenant_enforces = enforced};
  const auto tenant_wide = quota::make(per_second, second, per_second);
  if (!tenant_wide) throw py::value_error(std::string(sentence_of(tenant_wide.error())));
  settings.tenant_wide = *tenant_wide;
  if (partly_unread) scan.note_unread();
  const json::plan_cases<events> cases(scan, std::move(*exported), settings);
  if (!cases.read_back()) throw std::runtime_error("the temporary file for sorting the log cannot be read back");
  // A long name of a record type may have been cut within a character.
  return json::plan_answer(cases).dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

py::typing::Dict<py::str, py::str> plan_reasons() {
  py::typing::Dict<py::str, py::str> out;
  for (const plan::reason_row& r : plan::reasons) out[py::str(r.name)] = py::str(r.sentence);
  return out;
}

py::typing::Dict<py::str, py::str> plan_findings() {
  py::typing::Dict<py::str, py::str> out;
  for (const plan::remark_row& r : plan::remarks) out[py::str(r.name)] = py::str(r.sentence);
  return out;
}

}  // namespace

void register_plan(py::module_& m) {
  m.def("plan_reasons", &plan_reasons, "Every cause of a verdict of a plan, with its sentence.");
  m.def("plan_findings", &plan_findings, "Every finding of the plan by its code, with its sentence.");
  py::class_<plan_scan>(m, "PlanScan", "Reads tenant logs, in any order and with duplicates, for the plan.")
      .def(py::init([](std::size_t events_in_memory) { return plan_scan(events(events_in_memory)); }),
           py::arg("events_in_memory") = 2'000'000)
      .def("feed", &feed, py::arg("data"), py::arg("last") = false,
           "Reads a chunk; returns what could not be read: (line, what was expected). `last` closes a file.")
      .def("finish", &finish, py::arg("applications"), py::arg("enforced") = false, py::arg("per_second") = 100,
           py::arg("partly_unread") = false,
           "JSON text with the verdict for each application of the client export (name for messages, text) and for those that "
           "only the log knows, with window, evidence, causes, fixes and the rehearsal of the limits. `per_second` is the "
           "tenant's "
           "Authentication API limit; `partly_unread`: something could not even be fed. Raises ValueError naming file, line and "
           "member "
           "where the export cannot be read.");
}

}  // namespace startgate::python
