// One function per area of the engine; module.cpp calls them all.
#pragma once

#include <pybind11/pybind11.h>

#include <string>
#include <variant>

namespace startgate::python {

// A line of input: text, or the bytes of a file, which need not be UTF-8.
using line_text = std::variant<pybind11::bytes, pybind11::str>;

inline std::string bytes_of_line(const line_text& line) {
  return std::visit([](const auto& text) { return static_cast<std::string>(text); }, line);
}

void register_instant(pybind11::module_& m);
void register_logs(pybind11::module_& m);
void register_plan(pybind11::module_& m);
void register_ip(pybind11::module_& m);
void register_limit(pybind11::module_& m);
void register_recipient(pybind11::module_& m);
void register_reason(pybind11::module_& m);
void register_secret(pybind11::module_& m);
void register_service(pybind11::module_& m);

}  // namespace startgate::python
