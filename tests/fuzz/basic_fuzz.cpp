// An Authorization header of any bytes: either malformed, or exactly what base64 of the two parts would have been.
#include <startgate/basic.hpp>

#include <openssl/evp.h>

#include <array>
#include <cstdlib>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace startgate;
  const std::string value(reinterpret_cast<const char*>(data), size);
  const std::array lines{header{"authorization", value}};
  const basic_credentials basic(lines);
  if (!basic.present() || basic.malformed(basic_form::tolerant)) {
    if (!basic.raw_client_id().empty() || !basic.secret().empty()) std::abort();
    return 0;
  }
  const std::string pair = std::string(basic.raw_client_id()) + ":" + std::string(basic.raw_secret());
  std::string encoded((pair.size() + 2) / 3 * 4 + 1, '\0');
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(encoded.data()),
                                     reinterpret_cast<const unsigned char*>(pair.data()), static_cast<int>(pair.size()));
  encoded.resize(static_cast<std::size_t>(length));
  if (value.find(encoded) == std::string::npos) std::abort();
  if (basic.client_id().size() > basic.raw_client_id().size() || basic.secret().size() > basic.raw_secret().size()) std::abort();
  return 0;
}
