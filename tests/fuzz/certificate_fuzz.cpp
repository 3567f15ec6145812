// A client certificate of any bytes, as PEM or DER and in every header format. Nobody's certificate is ever vouched for.
#include <startgate/certificate_header.hpp>
#include <startgate/openssl/verifier.hpp>

#include <array>
#include <cstdlib>
#include <memory>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace startgate;
  static const openssl::verifier v;
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  const auto look = [](std::string_view certificate) {
    const auto facts = v.read_certificate(certificate, 1'795'514'400ULL * second, true);
    if (facts && facts->trusted) std::abort();
  };
  look(bytes);
  const std::array lines{header{"x-client-cert", bytes}};
  using enum certificate_header_format;
  for (const auto format : {nginx, rfc9440, xfcc}) {
    const auto from_header = std::make_unique<header_certificate>(lines, "x-client-cert", format);
    if (from_header->unreadable() && !from_header->bytes().empty()) std::abort();
    look(from_header->bytes());
  }
  normal_distinguished_name(bytes);
  return 0;
}
