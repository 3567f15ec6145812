// Base64 with padding, as callers write it (RFC 4648 section 4).
#pragma once

#include <openssl/evp.h>

#include <string>
#include <string_view>

namespace startgate::test {

inline std::string base64(std::string_view bytes) {
  std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');
  out.resize(static_cast<std::size_t>(EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                                      reinterpret_cast<const unsigned char*>(bytes.data()),
                                                      static_cast<int>(bytes.size()))));
  return out;
}

}  // namespace startgate::test
