// HMAC (RFC 2104) from two contexts that have absorbed the padded key once and are copied for every message.
#pragma once

#include <startgate/mac_key.hpp>
#include <startgate/openssl/handle.hpp>

#include <openssl/crypto.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

namespace startgate::openssl {

class hmac {
 public:
  using bytes = std::array<std::uint8_t, EVP_MAX_MD_SIZE>;

  // A key longer than the block of the digest is hashed down to fit (RFC 2104 section 2). Empty where the library fails.
  static std::optional<hmac> keyed(const EVP_MD* algorithm, std::string_view key) noexcept {
    std::array<std::uint8_t, max_block> block{};
    const auto block_size = static_cast<std::size_t>(EVP_MD_get_block_size(algorithm));
    unsigned hashed = 0;
    if (key.size() > block_size) {
      if (EVP_Digest(key.data(), key.size(), block.data(), &hashed, algorithm, nullptr) != 1) return std::nullopt;
    } else {
      std::copy(key.begin(), key.end(), block.begin());
    }
    hmac made;
    made.inner_ = padded(algorithm, block, block_size, 0x36);
    made.outer_ = padded(algorithm, block, block_size, 0x5c);
    OPENSSL_cleanse(block.data(), block.size());
    if (!made.inner_ || !made.outer_) return std::nullopt;
    return made;
  }

  // The number of bytes written, 0 where the library fails.
  std::size_t compute(std::string_view message, bytes& out) const noexcept {
    thread_local const digest_context scratch(EVP_MD_CTX_new());
    EVP_MD_CTX* const c = scratch.get();
    unsigned size = 0;
    const bool done = c != nullptr && EVP_MD_CTX_copy_ex(c, inner_.get()) == 1 &&
                      EVP_DigestUpdate(c, message.data(), message.size()) == 1 && EVP_DigestFinal_ex(c, out.data(), &size) == 1 &&
                      EVP_MD_CTX_copy_ex(c, outer_.get()) == 1 && EVP_DigestUpdate(c, out.data(), size) == 1 &&
                      EVP_DigestFinal_ex(c, out.data(), &size) == 1;
    if (c != nullptr) EVP_MD_CTX_reset(c);  // a thread that idles must not keep what a key was made into
    return done ? size : 0;
  }

 private:
  static constexpr std::size_t max_block = 128;  // SHA-384 and SHA-512

  hmac() = default;

  static digest_context padded(const EVP_MD* algorithm, std::array<std::uint8_t, max_block> block, std::size_t size,
                               std::uint8_t pad) noexcept {
    for (std::uint8_t& byte : block) byte ^= pad;
    digest_context context(EVP_MD_CTX_new());
    if (context &&
        (EVP_DigestInit_ex2(context.get(), algorithm, nullptr) != 1 || EVP_DigestUpdate(context.get(), block.data(), size) != 1))
      context.reset();
    OPENSSL_cleanse(block.data(), block.size());
    return context;
  }

  digest_context inner_, outer_;
};

class hmac_sha256_key final : public mac_key {
 public:
  explicit hmac_sha256_key(hmac keyed) noexcept : hmac_(std::move(keyed)) {}

  std::optional<digest256> mac(std::string_view message) const noexcept override {
    hmac::bytes bytes;
    if (hmac_.compute(message, bytes) != digest256{}.size()) return std::nullopt;
    digest256 mac;
    std::copy_n(bytes.begin(), mac.size(), mac.begin());
    return mac;
  }

 private:
  hmac hmac_;
};

// Null where the library fails or the key is too short.
inline std::shared_ptr<const mac_key> make_mac_key(std::string_view key) noexcept {
  if (key.size() < least_mac_key_bytes) return nullptr;
  auto keyed = hmac::keyed(sha256_algorithm(), key);
  if (!keyed) return nullptr;
  try {
    return std::make_shared<const hmac_sha256_key>(std::move(*keyed));
  } catch (...) {
    return nullptr;
  }
}

}  // namespace startgate::openssl
