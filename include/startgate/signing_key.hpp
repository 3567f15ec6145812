// A registered key that client assertions are verified with. The key itself belongs to the edge that parsed it (openssl/).
#pragma once

#include <startgate/instant.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace startgate {

// JSON Web Algorithms (RFC 7518 section 3.1, RFC 8037) that a client assertion may be signed with.
enum class signature_algorithm : std::uint8_t {
  hs256,
  hs384,
  hs512,
  rs256,
  rs384,
  rs512,
  ps256,
  ps384,
  ps512,
  es256,
  es384,
  es512,
  eddsa,
};

inline constexpr std::array<std::string_view, 13> signature_algorithm_names{
    "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"};

constexpr std::string_view name_of(signature_algorithm a) noexcept {
  return signature_algorithm_names[static_cast<std::size_t>(a)];
}

// Exactly as spelt in the registry (RFC 7515 section 4.1.1: case-sensitive); `none` is not among them.
constexpr std::optional<signature_algorithm> signature_algorithm_named(std::string_view name) noexcept {
  for (std::size_t i = 0; i < signature_algorithm_names.size(); ++i)
    if (signature_algorithm_names[i] == name) return static_cast<signature_algorithm>(i);
  return std::nullopt;
}

constexpr bool is_mac(signature_algorithm a) noexcept { return a <= signature_algorithm::hs512; }

class key_material {
 public:
  virtual ~key_material() = default;
  virtual bool verify(std::string_view input, std::span<const std::uint8_t> signature) const noexcept = 0;
};

struct signing_key {
  std::string kid;
  signature_algorithm algorithm;
  std::optional<instant> expires_at;
  std::shared_ptr<const key_material> material;
  bool previous_secret = false;  // made of the secret that is on its way out
};

}  // namespace startgate
