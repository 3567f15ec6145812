// A hosted page's state of any bytes, with a Cookie header behind the first line break. Only the one that was issued is a proof.
#include <startgate/login_state.hpp>
#include <startgate/openssl/verifier.hpp>

#include <array>
#include <cstdlib>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace startgate;
  constexpr instant now = 1'795'514'400ULL * second;
  static const openssl::verifier v;
  static const state_keys keys{{"2026-11", v.make_mac_key("not-a-real-key-for-fuzzing-at-all")}};
  static const std::string issued(issue_state(keys, "https://acme.example/", "app", "cookie", transaction_id{1}, now, v)->view());

  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t line_break = input.find('\n');
  const std::string_view state = input.substr(0, line_break);
  const std::string_view cookie = line_break == std::string_view::npos ? std::string_view{} : input.substr(line_break + 1);
  const std::array lines{header{"cookie", cookie}, header{"origin", "https://acme.example"}};
  const std::array<std::string, 1> origins{"https://acme.example"};
  for (const auto rule : {cookie_rule::where_sent, cookie_rule::required}) {
    const login_state_policy policy{
        .issuer = "https://acme.example/", .lifetime = hour, .cookie = rule, .allowed_origins = origins};
    const auto answer = check_state(keys, policy, state, "app", lines, now, v);
    if (answer.proved() && state != issued) std::abort();
    if (answer.foreign() == state.starts_with("sgs1.")) std::abort();
  }
  return 0;
}
