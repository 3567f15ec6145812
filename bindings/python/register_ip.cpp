#include <pybind11/stl.h>

#include <startgate/client_ip_preset.hpp>
#include <startgate/json/client_ip.hpp>
#include <startgate/json/policy.hpp>
#include <startgate/openssl/key_maker.hpp>

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

proxy_trust_settings settings_of(const std::vector<std::string>& trusted, const std::string& header,
                                 std::optional<unsigned> hops) {
  proxy_trust_settings settings;
  settings.header = header;
  settings.hops = hops;
  for (const std::string& text : trusted) {
    const auto parsed = parse_prefix(text);
    if (!parsed) throw py::value_error("`" + text + "`: " + std::string(sentence_of(parsed.error())));
    settings.trusted_proxies.push_back(*parsed);
  }
  return settings;
}

const client_ip_preset& preset_named(const std::string& name) {
  const client_ip_preset* preset = client_ip_preset_named(name);
  if (preset == nullptr) throw py::value_error("no preset is called `" + name + "`");
  return *preset;
}

proxy_trust trust_of(proxy_trust_settings settings, const client_ip_preset& preset) {
  if (const std::string_view why = misfit(preset, settings); !why.empty())
    throw py::value_error("`" + std::string(preset.name) + "` " + std::string(why));
  auto made = proxy_trust::make(with_preset(preset, std::move(settings)));
  if (!made) throw py::value_error(std::string(sentence_of(made.error())));
  return std::move(*made);
}

// Compared settings may lose their count on the way to a preset; a count that is given for one must not.
proxy_trust trust_as(const proxy_trust_settings& settings, const std::string& name) {
  const client_ip_preset& preset = preset_named(name);
  const bool counts = preset.hops == hop_count::as_given || preset.hops == hop_count::required;
  if (settings.hops && !counts) throw py::value_error("`" + name + "` counts no hops: leave the number out and name the proxies");
  return trust_of(settings, preset);
}

client_address_policy policy_of(const std::string& name, const std::string& text) {
  auto read = json::read_policy(text, openssl::key_maker());
  if (!read) throw py::value_error(read.error().describe(name));
  return std::move(read->client_address);
}

class ip_reader {
 public:
  // `compare` looks at the settings as they were given, before the preset of `trust` changed them.
  ip_reader(client_address_policy rules, const proxy_trust_settings& given, const std::optional<std::string>& compare, bool key,
            bool trace) {
    options_.trust = std::move(rules.proxies);
    options_.application_header = std::move(rules.application_header);
    if (compare) options_.compared = trust_of(given, preset_named(*compare));
    if (key) options_.key = rules.grouping;
    options_.trace = trace;
  }

  std::tuple<std::string, bool, bool> line(const line_text& text) const {
    json::ip_answer answer = json::ip_line(options_, bytes_of_line(text));
    return {std::move(answer.line), answer.found, answer.same};
  }

 private:
  json::ip_options options_;
};

}  // namespace

void register_ip(py::module_& m) {
  py::class_<ip_reader>(m, "IpReader", "Tells who is calling, from a peer and its headers.")
      .def(py::init([](const std::vector<std::string>& trusted, const std::string& header, std::optional<unsigned> hops,
                       const std::string& preset, const std::optional<std::string>& compare, bool key, bool trace) {
             const auto given = settings_of(trusted, header, hops);
             return ip_reader({.proxies = trust_as(given, preset)}, given, compare, key, trace);
           }),
           py::arg("trusted"), py::arg("header") = "x-forwarded-for", py::arg("hops") = py::none(), py::arg("preset") = "auth0",
           py::arg("compare") = py::none(), py::arg("key") = false, py::arg("trace") = false,
           "`trusted`: prefixes of proxies; `hops`: their number from the right; `preset` and `compare`: names of presets. "
           "Raises ValueError for a prefix, header or count that cannot be used.")
      .def_static(
          "of_policy",
          [](const std::pair<std::string, std::string>& file, const std::optional<std::string>& compare, bool key, bool trace) {
            const auto rules = policy_of(file.first, file.second);
            return ip_reader(rules, rules.proxies.settings(), compare, key, trace);
          },
          py::arg("policy"), py::arg("compare") = py::none(), py::arg("key") = false, py::arg("trace") = false,
          "`policy`: (name, text) of a policy file, whose `client_address` says whom to believe and how to group for limits. "
          "Raises ValueError with the line and the member that is wrong.")
      .def("line", &ip_reader::line, py::arg("line"),
           "(answer as JSON text, whether there is an address, whether it is the compared one) of one line {peer, headers}.");
  m.def(
      "ip_presets",
      [] {
        std::vector<std::pair<std::string, std::string>> out;
        for (const client_ip_preset& p : client_ip_presets) out.emplace_back(p.name, p.sentence);
        return out;
      },
      "(name, sentence) of every preset.");
}

}  // namespace startgate::python
