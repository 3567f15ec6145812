// A stored secret as text, as the keys file holds it:
//
//   "sha256:" digest
//   "pbkdf2:" iterations ":" salt ":" digest
//   "scrypt:" log2-of-N ":" r ":" p ":" salt ":" digest
//
// Salt and digest are base64url without padding; the digest has 32 bytes, and for sha256 may also stand as 64 hexadecimal digits.
#pragma once

#include <startgate/detail/base64url.hpp>
#include <startgate/detail/fixed_text.hpp>
#include <startgate/detail/text_codes.hpp>
#include <startgate/result.hpp>
#include <startgate/secret.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace startgate {

// Lowest and highest costs that are worth anything and that a server survives.
inline constexpr std::uint32_t min_pbkdf2_iterations = 1'000, max_pbkdf2_iterations = 10'000'000;
inline constexpr std::uint32_t min_scrypt_log2_n = 10, max_scrypt_log2_n = 20;
inline constexpr std::uint64_t max_scrypt_bytes = std::uint64_t{256} << 20;
inline constexpr std::size_t min_salt_bytes = 8;

inline constexpr std::array<std::string_view, 3> secret_form_names{"sha256", "pbkdf2", "scrypt"};  // in the order of secret_form

constexpr std::string_view name_of(secret_form f) noexcept { return secret_form_names[static_cast<std::size_t>(f)]; }

constexpr std::optional<secret_form> secret_form_named(std::string_view name) noexcept {
  for (std::size_t i = 0; i < secret_form_names.size(); ++i)
    if (secret_form_names[i] == name) return static_cast<secret_form>(i);
  return std::nullopt;
}

namespace detail {

constexpr std::string_view next_field(std::string_view& rest) noexcept {
  const std::size_t colon = rest.find(':');
  const std::string_view field = rest.substr(0, colon);
  rest.remove_prefix(colon == std::string_view::npos ? rest.size() : colon + 1);
  return field;
}

constexpr std::optional<std::uint32_t> read_number(std::string_view digits, std::uint32_t low, std::uint32_t high) noexcept {
  if (digits.empty() || digits.size() > 9 || (digits.size() > 1 && digits.front() == '0')) return std::nullopt;
  std::uint32_t value = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<std::uint32_t>(c - '0');
  }
  return value >= low && value <= high ? std::optional(value) : std::nullopt;
}

constexpr std::optional<digest256> read_digest(std::string_view text, bool hexadecimal_too) noexcept {
  digest256 digest{};
  if (hexadecimal_too && text.size() == 64) {
    for (std::size_t i = 0; i < digest.size(); ++i) {
      const int high = hex_value(text[2 * i]), low = hex_value(text[2 * i + 1]);
      if (high < 0 || low < 0) return std::nullopt;
      digest[i] = static_cast<std::uint8_t>(high * 16 + low);
    }
    return digest;
  }
  const auto size = base64url_decode(text, digest);
  return size == digest.size() ? std::optional(digest) : std::nullopt;
}

constexpr bool read_salt(std::string_view text, derivation& how) noexcept {
  const auto size = base64url_decode(text, how.salt_bytes);
  how.salt_size = static_cast<std::uint8_t>(size.value_or(0));
  return how.salt_size >= min_salt_bytes;
}

}  // namespace detail

// The error is a sentence about the form; it never repeats the text.
constexpr result<secret, std::string_view> parse_secret_verifier(std::string_view text) noexcept {
  using result = result<secret, std::string_view>;
  const auto form = secret_form_named(detail::next_field(text));
  if (!form) return result(unexpected<std::string_view>{"a secret verifier begins with sha256:, pbkdf2: or scrypt:"});
  derivation how{.form = *form};
  if (form == secret_form::pbkdf2) {
    const auto iterations = detail::read_number(detail::next_field(text), min_pbkdf2_iterations, max_pbkdf2_iterations);
    if (!iterations) return result(unexpected<std::string_view>{"pbkdf2 iterations must be between 1000 and 10000000"});
    how.cost = *iterations;
  } else if (form == secret_form::scrypt) {
    const auto n = detail::read_number(detail::next_field(text), min_scrypt_log2_n, max_scrypt_log2_n);
    const auto r = detail::read_number(detail::next_field(text), 1, 32);
    const auto p = detail::read_number(detail::next_field(text), 1, 16);
    if (!n || !r || !p || (std::uint64_t{128} << *n) * *r > max_scrypt_bytes)
      return result(
          unexpected<std::string_view>{"scrypt costs must be log2(N) 10 to 20, r 1 to 32, p 1 to 16, and at most 256 MiB"});
    how.cost = *n;
    how.block_size = static_cast<std::uint8_t>(*r);
    how.parallelism = static_cast<std::uint8_t>(*p);
  }
  if (how.slow() && !detail::read_salt(detail::next_field(text), how))
    return result(unexpected<std::string_view>{"the salt must be 8 to 32 bytes of base64url"});
  const auto digest = detail::read_digest(text, !how.slow());
  if (!digest) return result(unexpected<std::string_view>{"the digest must be 32 bytes of base64url"});
  return result(secret(*digest, how));
}

using secret_verifier_text = detail::fixed_text<160>;

// What the import command prints for a derivation and the digest that it gave.
constexpr secret_verifier_text print_secret_verifier(const derivation& how, const digest256& digest) noexcept {
  secret_verifier_text text;
  const auto add = [&text](std::span<const std::uint8_t> bytes) {
    std::array<char, detail::base64url_encoded_size(32)> characters{};
    text.append({characters.data(), detail::base64url_encode(bytes, characters.data())});
  };
  text.append(name_of(how.form)).append(":");
  if (how.slow()) text.append(how.cost).append(":");
  if (how.form == secret_form::scrypt) text.append(how.block_size).append(":").append(how.parallelism).append(":");
  if (how.slow()) {
    add(how.salt());
    text.append(":");
  }
  add(digest);
  return text;
}

}  // namespace startgate
