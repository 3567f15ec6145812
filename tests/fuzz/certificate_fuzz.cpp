// A client certificate of any bytes, as PEM or DER and in every header format. The authority is made when the process starts, so
// that chains are built and signatures checked, and nobody's certificate is ever vouched for.
#include <startgate/certificate_header.hpp>
#include <startgate/openssl/verifier.hpp>

#include "support/certificates.hpp"

#include <array>
#include <cstdlib>
#include <memory>
#include <string>

namespace {

using namespace startgate;

constexpr instant now = 1'795'600'800ULL * second;  // a day after the corpus was made

// The corpus holds chains that name this issuer, so that its key is tried on them.
const openssl::verifier& vouching() {
  static const test::issued root = test::authority("root");
  static const openssl::verifier v(*openssl::authorities::from_pem(std::array{root.pem()}));
  static const auto own = v.read_certificate(test::issue(test::client("app"), &root).pem(), now, true);
  if (!own || !own->trusted) std::abort();
  return v;
}

void look(std::string_view certificate) {
  const auto facts = vouching().read_certificate(certificate, now, true);
  if (facts && facts->trusted) std::abort();
}

}  // namespace

// Behind the first line break stands a Client-Cert-Chain.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  look(bytes);
  const std::size_t line_break = std::min(bytes.find('\n'), size);
  const std::array whole{header{"x-client-cert", bytes}};
  const std::array two{header{"x-client-cert", std::string_view(bytes).substr(0, line_break)},
                       header{"x-client-cert-chain", std::string_view(bytes).substr(std::min(line_break + 1, size))}};
  using enum certificate_header_format;
  for (const auto format : {nginx, rfc9440, xfcc})
    for (const header_list lines : {header_list(whole), header_list(two)}) {
      const auto from_header = std::make_unique<header_certificate>(lines, "x-client-cert", format);
      if (from_header->unreadable() && !from_header->bytes().empty()) std::abort();
      look(from_header->bytes());
    }
  normal_distinguished_name(bytes);
  return 0;
}
