// A client assertion of any bytes, against an application that registered a secret and a public key. Only what was really signed with
// the secret may pass, and nothing that fails may reach the replay memory.
#include <startgate/assertion.hpp>
#include <startgate/json/assertion.hpp>
#include <startgate/json/jwk.hpp>
#include <startgate/openssl/keys.hpp>

#include <cstdlib>
#include <string>

namespace {

using namespace startgate;

struct counting_memory {
  int calls = 0;
  replay_outcome remember(std::string_view, std::string_view, instant, instant) noexcept {
    return ++calls, replay_outcome::fresh;
  }
};

const application& registered() {
  static const application app = [] {
    application made;
    made.client_id = "app";
    made.methods.add(client_auth_method::client_secret_jwt).add(client_auth_method::private_key_jwt);
    made.keys.push_back(*openssl::make_signing_key("not-a-real-secret-for-fuzzing-only", signature_algorithm::hs256));
    const auto key = json::parse(R"({"kty":"EC","crv":"P-256","kid":"ec","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                                     "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})");
    made.keys.push_back(*openssl::make_signing_key(*json::read_jwk(*key)));
    return made;
  }();
  return app;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const client_assertion a = json::dissect_assertion(text);
  if (a.fault != reason::none && (!a.subject.empty() || a.signature_size != 0)) std::abort();
  for (const auto profile : {audience_profile::rfc10070, audience_profile::fapi2, audience_profile::legacy}) {
    counting_memory memory;
    const reason why = check_assertion(registered(), a, jwt_bearer_assertion,
                                       {.profile = profile, .issuer = "https://acme.example/"}, 1'795'514'400ULL * second, memory)
                           .why;
    if ((why == reason::assertion_valid) != (memory.calls == 1)) std::abort();
    if (why == reason::assertion_valid && a.algorithm != signature_algorithm::hs256) std::abort();  // nobody has the other key
  }
  return 0;
}
