// A request line of any bytes through the whole service. Its answer is always JSON, and nobody proves an application: every secret
// and key is drawn when the process starts, so that no bytes can know it.
#include <startgate/service/service.hpp>

#include "support/certificates.hpp"

#include <cstdlib>
#include <memory>
#include <string>

namespace {

using namespace startgate;

constexpr instant now = 1'795'514'400ULL * second;

std::string json_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) out += c == '\n' ? std::string("\\n") : std::string(1, c);
  return out + "\"";
}

std::string drawn() {
  std::array<std::uint8_t, 32> bytes{};
  if (!openssl::fill_random(bytes)) std::abort();
  std::string out(detail::base64url_encoded_size(bytes.size()), '\0');
  detail::base64url_encode(bytes, out.data());
  return out;
}

std::unique_ptr<service> made() {
  const test::issued root = test::authority("root");
  service_files files;
  files.policy = {"policy", R"({"schema":1,"profile":"auth0","issuer":"https://acme.example/","enforcement":{"mode":"enforce"},
    "limits":{"authentication_api":null,"start_per_address":null},"attack_protection":{"refused_per_address":null},
    "client_address":{"trusted_proxies":["10.0.0.0/8"],"header":"x-forwarded-for"},
    "client_authentication":{"certificate_header":{"name":"client-cert","format":"rfc9440"},"certificate_authorities":[)" +
                                json_text(root.pem()) + "]}}"};
  files.applications = {"applications", R"([{"client_id":"web","app_type":"regular_web"},{"client_id":"spa","app_type":"spa"},
    {"client_id":"signs","app_type":"non_interactive"},{"client_id":"mtls","app_type":"non_interactive"}])"};
  files.keys = {"keys", R"({"state_keys":[{"kid":"2026-11","secret":")" + drawn() + R"("}],"applications":{
    "web":{"secrets":[{"value":")" +
                            drawn() + R"("}]},
    "signs":{"secrets":[{"value":")" +
                            drawn() + R"("}],"assertion_secret_algorithms":["HS256"],"jwks":{"keys":[{"kty":"EC",
      "crv":"P-256","kid":"ec","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}},
    "mtls":{"subject":{"dn":"CN=app,O=Acme,C=SE"}}}})"};
  auto loaded = service::load(files);
  if (!loaded) std::abort();
  return std::move(*loaded);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::unique_ptr<service> gate = made();
  const std::string_view line(reinterpret_cast<const char*>(data), size);
  const auto answer = json::parse(gate->decide_line(line, now));
  if (!answer || !answer->find("outcome") || !answer->find("reason")) std::abort();
  if (answer->find("reason")->text == name_of(reason::allowed_authenticated)) std::abort();
  if (!json::parse(gate->explain_line(line, now))) std::abort();
  return 0;
}
