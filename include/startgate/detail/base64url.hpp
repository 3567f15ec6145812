// base64url without padding (RFC 4648 section 5, RFC 7515 section 2): strict, canonical, into buffers of the caller. The decoder
// takes its alphabet, so that text_codes.hpp's base64 is read by the same one.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace startgate::detail {

inline constexpr std::string_view base64url_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

using base64_alphabet = std::array<std::int8_t, 256>;  // 0 to 63, or -1 for a foreign character

constexpr base64_alphabet base64_values_of(std::string_view alphabet) noexcept {
  base64_alphabet values{};
  values.fill(-1);
  for (std::size_t i = 0; i < alphabet.size(); ++i) values[static_cast<unsigned char>(alphabet[i])] = static_cast<std::int8_t>(i);
  return values;
}

inline constexpr base64_alphabet base64url_values = base64_values_of(base64url_alphabet);

constexpr std::size_t base64url_encoded_size(std::size_t bytes) noexcept { return (bytes * 4 + 2) / 3; }
constexpr std::size_t base64url_decoded_size(std::size_t characters) noexcept { return characters * 3 / 4; }

// Writes base64url_encoded_size(in.size()) characters; `out` must have room for them.
constexpr std::size_t base64url_encode(std::span<const std::uint8_t> in, char* out) noexcept {
  std::size_t at = 0;
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (const std::uint8_t byte : in) {
    bits = (bits << 8) | byte;
    for (held += 8; held >= 6; held -= 6) out[at++] = base64url_alphabet[(bits >> (held - 6)) & 63];
  }
  if (held > 0) out[at++] = base64url_alphabet[(bits << (6 - held)) & 63];
  return at;
}

// The number of bytes written, or nothing: a character outside the alphabet, padding, an impossible length, left-over bits that
// are not zero (so that one value has one spelling), or no room in `out`.
template <class Byte>
constexpr std::optional<std::size_t> base64_decode_with(const base64_alphabet& values, std::string_view in,
                                                        std::span<Byte> out) noexcept {
  if (in.size() % 4 == 1 || base64url_decoded_size(in.size()) > out.size()) return std::nullopt;
  const auto value = [&](char c) { return static_cast<std::uint32_t>(values[static_cast<unsigned char>(c)]); };
  std::size_t at = 0;
  std::uint32_t foreign = 0;  // its high bit is set by every character outside the alphabet
  for (; in.size() >= 4; in.remove_prefix(4)) {
    const std::uint32_t a = value(in[0]), b = value(in[1]), c = value(in[2]), d = value(in[3]);
    const std::uint32_t bits = a << 18 | b << 12 | c << 6 | d;
    foreign |= a | b | c | d;
    out[at++] = static_cast<Byte>(bits >> 16);
    out[at++] = static_cast<Byte>(bits >> 8);
    out[at++] = static_cast<Byte>(bits);
  }
  if (!in.empty()) {  // two or three characters carry one or two bytes
    const std::uint32_t a = value(in[0]), b = value(in[1]), c = in.size() == 3 ? value(in[2]) : 0;
    const std::uint32_t bits = a << 18 | b << 12 | c << 6;
    foreign |= a | b | c;
    out[at++] = static_cast<Byte>(bits >> 16);
    if (in.size() == 3) out[at++] = static_cast<Byte>(bits >> 8);
    if ((bits & (in.size() == 3 ? 0xFFU : 0xFFFFU)) != 0) return std::nullopt;
  }
  if ((foreign & 0x8000'0000U) != 0) return std::nullopt;
  return at;
}

constexpr std::optional<std::size_t> base64url_decode(std::string_view in, std::span<std::uint8_t> out) noexcept {
  return base64_decode_with(base64url_values, in, out);
}

// The bytes, where no buffer is at hand.
inline std::optional<std::string> base64url_bytes(std::string_view in) {
  std::string out(base64url_decoded_size(in.size()), '\0');
  const auto size = base64_decode_with(base64url_values, in, std::span(out));
  if (!size) return std::nullopt;
  out.resize(*size);
  return out;
}

}  // namespace startgate::detail
