// One function per area of the engine; module.cpp calls them all.
#pragma once

#include <pybind11/pybind11.h>

namespace startgate::python {

void register_instant(pybind11::module_& m);
void register_logs(pybind11::module_& m);
void register_plan(pybind11::module_& m);
void register_reason(pybind11::module_& m);
void register_service(pybind11::module_& m);

}  // namespace startgate::python
