#include <pybind11/stl.h>

#include <startgate/json/limit.hpp>

#include <string>
#include <utility>

#include "register.hpp"

namespace startgate::python {
namespace py = pybind11;

namespace {

class limit_reader {
 public:
  limit_reader(std::uint64_t count, std::uint64_t period_ns, std::uint64_t burst) : lines_(quota_of(count, period_ns, burst)) {}

  std::pair<std::string, bool> line(const line_text& text) {
    json::limit_answer answer = lines_.line(bytes_of_line(text));
    return {std::move(answer.line), answer.read};
  }

 private:
  static quota quota_of(std::uint64_t count, std::uint64_t period_ns, std::uint64_t burst) {
    const auto made = quota::make(count, period_ns, burst);
    if (!made) throw py::value_error(std::string(sentence_of(made.error())));
    return *made;
  }

  json::limit_lines lines_;
};

}  // namespace

void register_limit(py::module_& m) {
  py::class_<limit_reader>(m, "LimitReader", "Buckets under one quota, asked line by line.")
      .def(py::init<std::uint64_t, std::uint64_t, std::uint64_t>(), py::arg("count"), py::arg("period_ns"), py::arg("burst"),
           "`count` per `period_ns` nanoseconds in the long run, `burst` at once. Raises ValueError for a quota that cannot be.")
      .def("line", &limit_reader::line, py::arg("line"),
           "(answer as JSON text, whether the line could be read) of one line {key, now_ns, cost, op}.");
}

}  // namespace startgate::python
