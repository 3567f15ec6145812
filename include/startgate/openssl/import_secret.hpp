// The import of a secret: in goes its text, out comes a verifier that a file may hold and that never tells the text again.
#pragma once

#include <startgate/openssl/derive.hpp>
#include <startgate/openssl/digest.hpp>
#include <startgate/openssl/random.hpp>
#include <startgate/result.hpp>
#include <startgate/secret_text.hpp>

#include <span>
#include <string_view>

namespace startgate::openssl {

// A generated secret has that many characters or more: too many guesses for one fast digest to matter.
inline constexpr std::size_t generated_secret_size = 32;

constexpr secret_form suited_form(std::string_view text) noexcept {
  return text.size() >= generated_secret_size ? secret_form::sha256 : secret_form::scrypt;
}

// The costs of a new verifier: OWASP's Password Storage Cheat Sheet, for scrypt its row of 32 MiB.
constexpr derivation new_derivation(secret_form form) noexcept {
  switch (form) {
    case secret_form::pbkdf2: return {.form = form, .cost = 600'000, .salt_size = 16};
    case secret_form::scrypt: return {.form = form, .cost = 15, .block_size = 8, .parallelism = 3, .salt_size = 16};
    case secret_form::sha256: break;
  }
  return {};
}

// The error is a sentence that does not repeat the text.
inline result<secret_verifier_text, std::string_view> import_secret(std::string_view text, secret_form form) noexcept {
  if (text.empty()) return unexpected<std::string_view>{"an empty secret is no secret"};
  for (const char c : text)
    if (c < ' ' || c > '~') return unexpected<std::string_view>{"a secret has printable ASCII characters only (RFC 6749 A.2)"};
  derivation how = new_derivation(form);
  if (!fill_random(std::span(how.salt_bytes).first(how.salt_size)))
    return unexpected<std::string_view>{"the library gives no random bytes"};
  const auto digest = how.slow() ? derive(how, text) : sha256(text);
  if (!digest) return unexpected<std::string_view>{"the library cannot derive a verifier"};
  return print_secret_verifier(how, *digest);
}

}  // namespace startgate::openssl
