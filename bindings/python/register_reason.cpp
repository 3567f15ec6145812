#include <startgate/decision.hpp>

#include "register.hpp"

namespace startgate::python {
namespace py = pybind11;

namespace {

using table = py::typing::List<py::typing::Dict<py::str, py::str>>;

template <class Rows, class Fill>
table table_of(const Rows& rows, Fill fill) {
  table out;
  for (const auto& row : rows) {
    py::dict entry;
    entry["code"] = row.name;
    entry["sentence"] = row.sentence;
    fill(entry, row);
    out.append(std::move(entry));
  }
  return out;
}

constexpr auto nothing_more = [](py::dict&, const auto&) {};

}  // namespace

void register_reason(py::module_& m) {
  m.def(
      "reasons",
      [] {
        return table_of(reasons, [](py::dict& entry, const reason_row& row) { entry["fix"] = name_of(usual_fix(row.code)); });
      },
      "Every reason code with its sentence and the code of its usual fix, in the order of the engine's closed list.");
  m.def(
      "findings", [] { return table_of(finding_rows, nothing_more); }, "Every finding with its sentence.");
  m.def(
      "fixes", [] { return table_of(fixes, nothing_more); }, "Every fix with its sentence.");
}

}  // namespace startgate::python
