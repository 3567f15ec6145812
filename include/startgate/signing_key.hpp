// A registered key that client assertions are verified with. The key itself belongs to the edge that parsed it (openssl/).
#pragma once

#include <startgate/instant.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace startgate {

// JSON Web Algorithms (RFC 7518 section 3.1, RFC 8037) that a client assertion may be signed with.
enum class signature_algorithm : std::uint8_t { hs256, hs384, hs512, rs256, rs384, rs512, ps256, ps384, ps512, es256, es384, es512, eddsa };

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
};

}  // namespace startgate
