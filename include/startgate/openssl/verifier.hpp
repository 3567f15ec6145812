// The verifier that OpenSSL 3 makes possible: what gate and the rules are given where no other library is at hand.
#pragma once

#include <startgate/detail/constant_time.hpp>
#include <startgate/openssl/certificate.hpp>
#include <startgate/openssl/derive.hpp>
#include <startgate/openssl/digest.hpp>
#include <startgate/openssl/hmac.hpp>
#include <startgate/openssl/random.hpp>
#include <startgate/verifier.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace startgate::openssl {

class verifier {
 public:
  static constexpr unsigned default_slow_checks = 2;

  // `slow_checks`: how many pbkdf2 and scrypt derivations may run at once; more are refused rather than queued, so that a flood
  // of wrong secrets cannot take every core.
  explicit verifier(openssl::authorities vouching = {}, unsigned slow_checks = default_slow_checks) noexcept
      : authorities_(std::move(vouching)), slow_checks_(slow_checks) {}

  std::optional<digest256> sha256(std::string_view text) const noexcept { return openssl::sha256(text); }

  std::optional<digest256> derive(const derivation& how, std::string_view text) const noexcept {
    const bool admitted = running_.fetch_add(1, std::memory_order_relaxed) < slow_checks_;
    const auto bytes = admitted ? openssl::derive(how, text) : std::nullopt;
    running_.fetch_sub(1, std::memory_order_relaxed);
    return bytes;
  }

  bool equal(const digest256& a, const digest256& b) const noexcept {
    return startgate::detail::equal_in_constant_time<32>(a, b);
  }
  bool fill_random(std::span<std::uint8_t> out) const noexcept { return openssl::fill_random(out); }
  std::shared_ptr<const mac_key> make_mac_key(std::string_view key) const noexcept { return openssl::make_mac_key(key); }

  result<client_certificate, reason> read_certificate(std::string_view bytes, instant now, bool check_chain) const noexcept {
    return openssl::read_certificate(bytes, now, check_chain ? &authorities_ : nullptr);
  }

 private:
  openssl::authorities authorities_;
  unsigned slow_checks_;
  mutable std::atomic<unsigned> running_{0};
};

static_assert(startgate::verifier<verifier>);

}  // namespace startgate::openssl
