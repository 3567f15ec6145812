#include <pybind11/stl.h>

#include <startgate/openssl/import_secret.hpp>

#include <optional>
#include <stdexcept>
#include <string>

#include "register.hpp"

namespace startgate::python {
namespace py = pybind11;

void register_secret(py::module_& m) {
  m.def(
      "import_secret",
      [](const line_text& secret, std::optional<std::string> form) {
        const std::string text = bytes_of_line(secret);
        const auto wanted = form ? secret_form_named(*form) : openssl::suited_form(text);
        if (!wanted) throw std::invalid_argument("form: expected `sha256`, `pbkdf2` or `scrypt`");
        const auto made = openssl::import_secret(text, *wanted);
        if (!made) throw std::invalid_argument(std::string(made.error()));
        return std::string(made->view());
      },
      py::arg("secret"), py::arg("form") = py::none(),
      "The verifier of a client secret, for `verifier` in the keys file: \"sha256:...\", \"pbkdf2:...\" or \"scrypt:...\".\n\n"
      "Without a form: sha256 for 32 characters and more, as a generated secret has, and scrypt for a shorter one, which people "
      "may have chosen. ValueError for a secret that is empty or has other than printable ASCII characters (RFC 6749 A.2).");
}

}  // namespace startgate::python
