// A whole service under test: files in, one decision out.
#pragma once

#include <startgate/service/service.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>

namespace startgate::test {

inline constexpr instant service_now = 1'795'514'400ULL * second;
inline std::string json_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : text)
    out += c == '\n' ? std::string("\\n") : c == '"' || c == '\\' ? std::string("\\") + c : std::string(1, c);
  return out + "\"";
}

class service_test : public testing::Test {
 protected:
  std::string policy = R"({"schema":1,"profile":"auth0","issuer":"https://acme.example/","enforcement":{"mode":"enforce"}})";
  std::string applications = R"([{"client_id":"web","app_type":"regular_web","client_secret":"not-a-real-secret-for-tests"},
                                 {"client_id":"spa","app_type":"spa"}])";
  std::string keys;

  service_files files() const {
    service_files named;
    named.policy = {"policy", policy};
    named.applications = {"applications", applications};
    named.keys = {"keys", keys};
    return named;
  }
  void load() {
    auto loaded = service::load(files());
    ASSERT_TRUE(loaded) << loaded.error();
    gate_ = std::move(*loaded);
  }

  // A body as raw text, so that duplicates reach the parser that judges them. `certificate` is the connection's own, in PEM.
  json::node decide(const std::string& body, const std::string& headers = R"([["content-type","application/json"]])",
                    const std::string& peer = "203.0.113.9", const std::string& certificate = "") {
    if (!gate_) load();
    answer = gate_->decide_line(R"({"id":"r","at":"2026-11-24T10:00:00Z","peer":")" + peer + R"(","headers":)" + headers +
                                    (certificate.empty() ? "" : R"(,"client_certificate":)" + json_string(certificate)) +
                                    R"(,"body":)" + json_string(body) + "}",
                                service_now);
    return *json::parse(answer);
  }

  static std::string reason_in(const json::node& d) { return d.find("reason")->text; }
  static std::string result_in(const json::node& d) { return d.find("authentication")->find("result")->text; }

  std::string answer;

 private:
  std::unique_ptr<service> gate_;
};

// The rest of a body that starts a login by email.
inline const std::string start = R"("connection":"email","email":"ada@example.com","send":"code"})";

}  // namespace startgate::test
