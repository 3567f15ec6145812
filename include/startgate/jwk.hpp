// A public JSON Web Key (RFC 7517, RFC 7518 section 6, RFC 8037) as it was registered: its members, decoded but not yet a key.
#pragma once

#include <startgate/signing_key.hpp>

#include <optional>
#include <string>

namespace startgate {

struct jwk {
  std::string kty;  // RSA, EC, OKP or oct
  std::string crv;  // EC and OKP
  std::string kid;  // empty: the RFC 7638 thumbprint stands in
  std::optional<signature_algorithm> alg;
  std::string n, e;  // RSA, big-endian bytes
  std::string x, y;  // EC and OKP
  std::string k;     // oct
};

}  // namespace startgate
