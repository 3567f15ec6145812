#include <startgate/json/log_search.hpp>
#include <startgate/log/query_parser.hpp>

#include <pybind11/stl.h>

#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "register.hpp"

namespace startgate::python {
namespace py = pybind11;

namespace {

using faults = std::vector<std::pair<std::uint64_t, std::string>>;

log::deployment where(bool private_cloud) {
  return private_cloud ? log::deployment::private_cloud : log::deployment::public_cloud;
}

std::optional<std::pair<std::size_t, std::string>> check_query(std::string_view text, bool private_cloud) {
  auto parsed = log::parse_query(text, where(private_cloud));
  if (parsed) return std::nullopt;
  return std::pair{parsed.error().position, parsed.error().message};
}

json::log_search make_search(std::string_view text, bool private_cloud) {
  auto parsed = log::parse_query(text, where(private_cloud));
  if (!parsed) throw py::value_error("character " + std::to_string(parsed.error().position + 1) + ": " + parsed.error().message);
  return json::log_search(std::move(*parsed));
}

std::pair<py::bytes, faults> feed(json::log_search& search, const py::bytes& chunk, bool last) {
  const std::string_view data = chunk;
  std::string out;
  faults found;
  {
    const py::gil_scoped_release unlocked;
    search.feed(data, last, out, [&](json::log_fault f) { found.emplace_back(f.line, std::move(f.what)); });
  }
  return {py::bytes(out), std::move(found)};
}

}  // namespace

void register_logs(py::module_& m) {
  m.def("check_query", &check_query, py::arg("text"), py::arg("private_cloud") = false,
        "None for a tenant log search that can be run, else where it stops making sense: characters before the fault, one "
        "sentence.");
  py::class_<json::log_search>(m, "LogSearch", "A tenant log search over logs that arrive in chunks.")
      .def(py::init(&make_search), py::arg("text"), py::arg("private_cloud") = false)
      .def("feed", &feed, py::arg("data"), py::arg("last") = false,
           "The records found in this chunk as NDJSON, and what could not be read: (line, what was expected). `last` closes a "
           "file.")
      .def_property_readonly("read", &json::log_search::read, "Records read so far.")
      .def_property_readonly("found", &json::log_search::found, "Records found so far.");
}

}  // namespace startgate::python
