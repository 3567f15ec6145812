#include <startgate/identifier.hpp>

#include <string>

#include "register.hpp"

namespace startgate::python {

void register_recipient(pybind11::module_& m) {
  m.def(
      "normalise_recipient",
      [](const std::string& recipient) {
        const normal_recipient form = normalise(recipient);
        return pybind11::bytes(form.view().data(), form.view().size());
      },
      pybind11::arg("recipient"),
      "The form that limits count an email address or a phone number by: UTF-8, at most 256 bytes, or a digest of 17 bytes that "
      "begins "
      "with 0xFF. For counting and for joining logs, never to send to.");
}

}  // namespace startgate::python
