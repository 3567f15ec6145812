#include <pybind11/stl.h>

#include <startgate/json/policy.hpp>
#include <startgate/json/policy_diff.hpp>
#include <startgate/json/profiles.hpp>
#include <startgate/openssl/key_maker.hpp>
#include <startgate/service/linked_stores.hpp>
#include <startgate/service/service.hpp>
#include <startgate/service/states.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "register.hpp"

namespace startgate::python {
namespace py = pybind11;

namespace {

// (what to call the file in messages, its text)
using file = std::pair<std::string, std::string>;

service_files files_of(const file& policy, const file& applications, const file& tenant, const file& keys) {
  const auto named = [](const file& f) { return config_file{f.first, f.second}; };
  return {named(policy), named(applications), named(tenant), named(keys)};
}

template <class T>
T value_or_throw(result<T, std::string> made) {
  if (!made) throw py::value_error(made.error());
  return std::move(*made);
}

// A shared store takes its time; other threads need not wait for it.
result<std::unique_ptr<service>, std::string> load(const service_files& files, bool rehearsal) {
  const py::gil_scoped_release parallel;
  return service::load(files, {linked_stores, rehearsal});
}

std::string decide_line(service& s, const line_text& given, instant now) {
  const std::string line = bytes_of_line(given);
  const py::gil_scoped_release parallel;
  return s.decide_line(line, now);
}

std::vector<std::string> decide_lines(service& s, const std::vector<line_text>& given, instant now) {
  std::vector<std::string> lines;
  lines.reserve(given.size());
  for (const line_text& line : given) lines.push_back(bytes_of_line(line));
  const py::gil_scoped_release parallel;
  for (std::string& line : lines) line = s.decide_line(line, now);
  return lines;
}

}  // namespace

void register_service(py::module_& m) {
  m.def(
      "profile", [](const std::string& name) { return json::profile_named(name); }, py::arg("name"),
      "The policy file of a profile, as text, or None where no profile has this name.");

  m.def(
      "diff_policies",
      [](const file& before, const file& after) {
        const auto read = [](const file& f) {
          auto made = json::read_policy(f.second, openssl::key_maker{});
          if (!made) throw py::value_error(made.error().describe(f.first));
          return std::move(*made);
        };
        const nlohmann::ordered_json out{{"verdicts", json::diff_verdicts(read(before), read(after))},
                                         {"members", json::diff_members(before.second, after.second)}};
        return out.dump();
      },
      py::arg("before"), py::arg("after"),
      "JSON text of what differs between two policies, each (name, text): `verdicts`, groups of combinations of facts that they "
      "judge "
      "differently, and `members`, every other member that differs. Raises ValueError for a file that is no policy.");

  py::class_<service>(m, "Service",
                      "A loaded policy at work: request lines in, decision lines out. Safe to use from several threads.")
      .def(
          py::init([](const file& policy, const file& applications, const file& tenant, const file& keys, bool rehearsal) {
            return value_or_throw(load(files_of(policy, applications, tenant, keys), rehearsal));
          }),
          py::arg("policy") = file{"policy", ""}, py::arg("applications") = file{"applications", ""},
          py::arg("tenant") = file{"tenant", ""}, py::arg("keys") = file{"keys", ""}, py::arg("rehearsal") = false,
          "Each file is (name for messages, text); an empty text means that there is none. A rehearsal keeps its buckets in this "
          "process, whatever store the policy names, so that nothing real is spent. Raises ValueError with one line that names "
          "the "
          "file, the line and the member.")
      .def("decide_line", &decide_line, py::arg("line"), py::arg("now"),
           "The decision line of one request line; `now`, in nanoseconds since the epoch, is for lines without `at`.")
      .def("decide_lines", &decide_lines, py::arg("lines"), py::arg("now"),
           "The decision lines of many request lines, in order, without the GIL.")
      .def(
          "explain_line", [](service& s, const line_text& line, instant now) { return s.explain_line(bytes_of_line(line), now); },
          py::arg("line"), py::arg("now"), "JSON text with the `decision` of one request line and its `explanation`.")
      .def(
          "report_line",
          [](service& s, const line_text& line, instant now) {
            const std::string given = bytes_of_line(line);
            std::optional<std::string> wrong;
            {
              const py::gil_scoped_release parallel;
              wrong = s.report_line(given, now);
            }
            if (wrong) throw py::value_error(*wrong);
          },
          py::arg("line"), py::arg("now"),
          "Count what came of a start, for attack protection: JSON text with `event` (failed_login, login or sign_up), the "
          "resolved "
          "`address`, the `recipient` and, where it was not `now`, `at`. Raises ValueError with one line that names the member.")
      .def_property_readonly(
          "store_trouble", [](const service& s) { return s.store_trouble(); },
          "Why the shared store of the policy cannot be asked at the moment; empty where it can, or where there is none.")
      .def("set_toggle", &service::set_toggle, py::arg("on"), "Turn the tenant's toggle on or off; buckets and keys stay.")
      .def(
          "issue_state",
          [](const service& s, const std::string& client_id, instant at, const std::string& transaction,
             const std::string& cookie) {
            return value_or_throw(issue_state_by_hand(*s.current(), {client_id, at, transaction, cookie}));
          },
          py::arg("client_id"), py::arg("at"), py::arg("transaction") = "", py::arg("cookie") = "",
          "A hosted page's state for the policy's issuer. Raises ValueError where there is no key or no such application.")
      .def(
          "check_state",
          [](const service& s, const std::string& state, const std::string& client_id, instant now, const std::string& cookie) {
            return check_state_by_hand(*s.current(), state, client_id, cookie, now);
          },
          py::arg("state"), py::arg("client_id"), py::arg("now"), py::arg("cookie") = "",
          "What a state is, as JSON text with a reason code.");
}

}  // namespace startgate::python
