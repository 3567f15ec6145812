#include <startgate/openssl/verifier.hpp>

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <thread>

namespace {

using namespace startgate;

TEST(openssl_verifier, random_bytes_differ) {
  const openssl::verifier v;
  std::array<std::uint8_t, 16> a{}, b{};
  EXPECT_TRUE(v.fill_random(a) && v.fill_random(b));
  EXPECT_NE(a, b);
}

// How long it takes is benchmarks/cpp/client_auth_bench.cpp's to show.
TEST(openssl_verifier, ghsa_92vm_wfm5_mxvv_cve_2024_52307_equal_compares_every_byte) {
  const openssl::verifier v;
  for (std::size_t i = 0; i < 32; ++i) {
    digest256 a{}, b{};
    b[i] = 1;
    EXPECT_FALSE(v.equal(a, b));
    EXPECT_TRUE(v.equal(a, a));
  }
}

TEST(openssl_verifier, slow_checks_over_the_cap_are_refused_not_queued) {
  const openssl::verifier v({}, 1);
  const derivation slow{.form = secret_form::pbkdf2, .cost = 400'000, .salt_size = 8};
  std::atomic<bool> started = false, finished = false;
  std::thread other([&] {
    started = true;
    while (!v.derive(slow, "x")) std::this_thread::yield();  // the quick ones may be first
    finished = true;
  });
  while (!started) std::this_thread::yield();
  bool refused = false;
  const derivation quick{.form = secret_form::pbkdf2, .cost = 1'000, .salt_size = 8};
  while (!finished && !refused) refused = !v.derive(quick, "x");
  other.join();
  EXPECT_TRUE(refused);
  EXPECT_TRUE(v.derive(quick, "x"));  // and admitted again
}

}  // namespace
