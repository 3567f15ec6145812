// A user of the JSON and OpenSSL folders: both libraries are found, compiled against and linked.
#include <openssl/crypto.h>
#include <startgate/reason.hpp>

#include <nlohmann/json.hpp>

int main() {
  const nlohmann::json reason = startgate::name_of(startgate::reason::none);
  return reason.dump() == "\"none\"" && OPENSSL_version_major() >= 3 ? 0 : 1;
}
