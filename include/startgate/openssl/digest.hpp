// SHA-256 with the algorithm fetched once and a context of its own for every thread.
#pragma once

#include <startgate/openssl/handle.hpp>
#include <startgate/secret.hpp>

#include <optional>
#include <string_view>

namespace startgate::openssl {

namespace detail {

inline EVP_MD_CTX* sha256_context() noexcept {
  thread_local const digest_context context = [] {
    digest_context fresh(EVP_MD_CTX_new());
    if (fresh && EVP_DigestInit_ex2(fresh.get(), sha256_algorithm(), nullptr) != 1) fresh.reset();
    return fresh;
  }();
  return context.get();
}

}  // namespace detail

inline std::optional<digest256> sha256(std::string_view text) noexcept {
  EVP_MD_CTX* const context = detail::sha256_context();
  digest256 digest;
  // Without a type the context keeps its algorithm: no reference is counted and nothing is allocated.
  if (context == nullptr || EVP_DigestInit_ex2(context, nullptr, nullptr) != 1 ||
      EVP_DigestUpdate(context, text.data(), text.size()) != 1 || EVP_DigestFinal_ex(context, digest.data(), nullptr) != 1)
    return std::nullopt;
  return digest;
}

}  // namespace startgate::openssl
