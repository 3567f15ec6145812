// What the rules need from a cryptographic library. The rules are templates over this concept; openssl/verifier.hpp satisfies it,
// and so may anything that a server already has.
#pragma once

#include <startgate/client_certificate.hpp>
#include <startgate/mac_key.hpp>
#include <startgate/reason.hpp>
#include <startgate/result.hpp>
#include <startgate/secret.hpp>

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

namespace startgate {

// Every member is safe to call from several threads at once and throws nothing.
// An empty optional means that the library could not answer (no memory, or too many slow derivations under way); the rules then
// refuse with authentication_busy. A digest made of a constant would be something that an attacker could foresee.
template <class V>
concept verifier = requires(const V& v, std::string_view text, const derivation& how, const digest256& digest, instant now,
                            std::span<std::uint8_t> out) {
  { v.sha256(text) }
  noexcept->std::same_as<std::optional<digest256>>;
  { v.derive(how, text) }
  noexcept->std::same_as<std::optional<digest256>>;
  { v.equal(digest, digest) }
  noexcept->std::same_as<bool>;  // in constant time
  { v.fill_random(out) }
  noexcept->std::same_as<bool>;
  { v.make_mac_key(text) }
  noexcept->std::same_as<std::shared_ptr<const mac_key>>;
  // PEM (the first certificate is the client's, further ones are intermediates) or DER; the chain is checked only where asked
  // for.
  { v.read_certificate(text, now, /*check_chain*/ true) }
  noexcept->std::same_as<result<client_certificate, reason>>;
};

}  // namespace startgate
