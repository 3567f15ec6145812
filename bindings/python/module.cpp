#include <startgate/version.hpp>

#include "register.hpp"

PYBIND11_MODULE(_core, m, pybind11::mod_gil_not_used()) {
  m.doc() = "The engine, as compiled from the C++ headers.";
  m.attr("__version__") = STARTGATE_VERSION;
  startgate::python::register_instant(m);
  startgate::python::register_logs(m);
  startgate::python::register_plan(m);
  startgate::python::register_ip(m);
  startgate::python::register_limit(m);
  startgate::python::register_recipient(m);
  startgate::python::register_reason(m);
  startgate::python::register_secret(m);
  startgate::python::register_service(m);
}
