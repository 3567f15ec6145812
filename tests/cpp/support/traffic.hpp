// Random calls that mean something: every kind of application, proof, header and fault, from a fixed seed.
#pragma once

#include "world.hpp"

#include <cstdint>
#include <initializer_list>
#include <random>
#include <string>

namespace startgate::test {

class traffic {
 public:
  traffic(const world& w, std::uint32_t seed) : random_(seed), states_(w) {}

  std::uint32_t below(std::uint32_t n) { return static_cast<std::uint32_t>(random_() % n); }
  bool one_in(std::uint32_t n) { return below(n) == 0; }
  std::string any(std::initializer_list<std::string> of) { return *(of.begin() + below(static_cast<std::uint32_t>(of.size()))); }

  // Names are few and most calls come from few addresses, so that limits are met too.
  start call() {
    start s;
    s.client_id = any({"backend", "backend", "switch-on", "switch-off", "rotating", "spa", "partner", "keyed", "nobody"});
    s.peer = any({"203.0.113.9", "203.0.113.10", "2001:db8::1", "no-address"});
    s.recipient = any({"ada@example.com", "bob@example.com", "cy@example.com", "dan@example.com"});
    if (one_in(6)) s.connection = "sms", s.recipient = any({"+4915112345678", "+33612345678"});
    s.observed = !one_in(8);
    add_secret(s);
    add_state(s);
    add_forwarded(s);
    if (one_in(5)) s.with("Origin", any({"https://acme.example", "https://evil.example", "null"}));
    if (one_in(20)) s.recipient = "nobody at all";
    return s;
  }

  std::string secret() {
    return any({std::string(right_secret), std::string(right_secret), std::string(older_secret), std::string(wrong_secret)});
  }

  void add_secret(start& s) {
    if (one_in(3)) s.client_secret = secret();
    if (!one_in(4)) return;
    const std::string who = one_in(8) ? "another" : s.client_id;
    if (one_in(6))
      s.with("Authorization", any({"Basic !", "Basic", "Bearer x", "Basic " + base64(who)}));
    else
      s.with_basic(who + ":" + secret());
    if (one_in(3)) s.client_id.clear();
  }

  void add_state(start& s) {
    if (!one_in(3)) return;
    const std::string mine = s.client_id, theirs = any({"backend", "spa", "rotating"});
    const auto transaction = static_cast<std::uint8_t>(1 + below(2));
    switch (below(7)) {
      case 0: s.state = "a-state-of-the-application"; break;
      case 1: s.state = states_.state(theirs, ten_oclock, transaction); break;
      case 2: s.state = states_.state(mine, ten_oclock - 2 * hour, transaction); break;
      case 3: s.state = states_.state(mine, ten_oclock, transaction, "https://other.example/"); break;
      case 4: s.state = states_.state(mine, ten_oclock, transaction).replace(40, 1, "~"); break;
      default: s.state = states_.state(mine, ten_oclock, transaction); break;
    }
    if (one_in(2))
      s.with("Cookie", "startgate_transaction=" + any({std::string(right_cookie), std::string(right_cookie), "another-browser"}));
  }

  void add_forwarded(start& s) {
    if (!one_in(2)) return;
    s.with("Auth0-Forwarded-For", forwarded());
    if (one_in(8)) s.with("auth0-forwarded-for", forwarded());
  }
  std::string forwarded() {
    return any({"198.51.100.7", "198.51.100.7:4711", "2001:db8:9::9", "10.1.2.3", "198.51.100.7, 10.0.0.1", "unknown", ""});
  }

 private:
  std::mt19937 random_;
  const world& states_;  // makes the states; all worlds have the same keys
};

}  // namespace startgate::test
