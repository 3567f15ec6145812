#include <startgate/openssl/digest.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace {

std::string hex(const startgate::digest256& digest) {
  std::string text;
  for (const auto byte : digest) text += "0123456789abcdef"[byte >> 4], text += "0123456789abcdef"[byte & 15];
  return text;
}

TEST(openssl_digest, gives_the_published_sha256_values) {
  EXPECT_EQ(hex(*startgate::openssl::sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hex(*startgate::openssl::sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hex(*startgate::openssl::sha256(std::string(1'000'000, 'a'))),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(openssl_digest, threads_do_not_disturb_each_other) {
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&wrong, text = std::string(static_cast<std::size_t>(t + 1) * 50, static_cast<char>('a' + t))] {
      const auto expected = *startgate::openssl::sha256(text);
      for (int i = 0; i < 2'000; ++i) wrong += startgate::openssl::sha256(text) != expected;
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
