#include <pybind11/stl.h>

#include <startgate/instant.hpp>
#include <string>

#include "register.hpp"

namespace startgate::python {

void register_instant(pybind11::module_& m) {
  m.def("parse_instant", &parse_instant, pybind11::arg("text"),
        "Nanoseconds since 1970-01-01T00:00:00Z of an RFC 3339 date-time or a bare date, or None where it is neither.");
  m.def(
      "print_instant", [](instant t) { return std::string(print_instant(t).view()); }, pybind11::arg("instant").noconvert(),
      "RFC 3339 in UTC with milliseconds, as tenant logs carry it.");
}

}  // namespace startgate::python
