#include <startgate/reason.hpp>

#include "register.hpp"

namespace startgate::python {
namespace py = pybind11;

void register_reason(py::module_& m) {
  m.def(
      "reasons",
      [] {
        py::typing::List<py::typing::Dict<py::str, py::str>> rows;
        for (const reason_row& row : reasons) {
          py::dict entry;
          entry["code"] = row.name;
          entry["sentence"] = row.sentence;
          rows.append(std::move(entry));
        }
        return rows;
      },
      "Every reason code with its sentence, in the order of the engine's closed list.");
}

}  // namespace startgate::python
