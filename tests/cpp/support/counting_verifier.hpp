// The real verifier with a tally of what it was asked for.
#pragma once

#include <startgate/openssl/verifier.hpp>

#include <atomic>
#include <string>

namespace startgate::test {

struct tally {
  int digests = 0, derivations = 0, compares = 0;
  int iterations = 0;  // of all derivations together
  bool operator==(const tally&) const = default;
};

class counting_verifier {
 public:
  explicit counting_verifier(unsigned slow_checks = openssl::verifier::default_slow_checks) : real_({}, slow_checks) {}

  std::optional<digest256> sha256(std::string_view text) const noexcept { return add(count.digests), real_.sha256(text); }
  std::optional<digest256> derive(const derivation& how, std::string_view text) const noexcept {
    add(count.iterations, static_cast<int>(how.cost));
    return add(count.derivations), real_.derive(how, text);
  }
  bool equal(const digest256& a, const digest256& b) const noexcept { return add(count.compares), real_.equal(a, b); }
  bool fill_random(std::span<std::uint8_t> out) const noexcept { return real_.fill_random(out); }
  std::shared_ptr<const mac_key> make_mac_key(std::string_view key) const noexcept { return real_.make_mac_key(key); }
  result<client_certificate, reason> read_certificate(std::string_view bytes, instant now, bool chain) const noexcept {
    return real_.read_certificate(bytes, now, chain);
  }

  mutable tally count;

 private:
  static void add(int& n, int by = 1) noexcept { std::atomic_ref(n).fetch_add(by, std::memory_order_relaxed); }

  openssl::verifier real_;
};

static_assert(verifier<counting_verifier>);

}  // namespace startgate::test
