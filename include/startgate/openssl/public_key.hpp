// From the members of a JWK, or from PEM, to a public key of OpenSSL's, and what is demanded of one.
#pragma once

#include <startgate/jwk.hpp>
#include <startgate/openssl/handle.hpp>
#include <startgate/signing_key.hpp>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace startgate::openssl::detail {

using number = std::unique_ptr<BIGNUM, deleter<BN_free>>;
using parameter_builder = std::unique_ptr<OSSL_PARAM_BLD, deleter<OSSL_PARAM_BLD_free>>;
using parameter_list = std::unique_ptr<OSSL_PARAM, deleter<OSSL_PARAM_free>>;

constexpr bool uses_pss(signature_algorithm a) noexcept {
  return a >= signature_algorithm::ps256 && a <= signature_algorithm::ps512;
}

// RFC 7518 sections 3.4 and 6.2.1.1: each ES algorithm has its curve, which RFCs and OpenSSL name differently.
struct curve {
  signature_algorithm algorithm;
  std::string_view name;
  const char* group;
  std::size_t coordinate_bytes;
};
inline constexpr std::array<curve, 3> curves{{{signature_algorithm::es256, "P-256", "prime256v1", 32},
                                              {signature_algorithm::es384, "P-384", "secp384r1", 48},
                                              {signature_algorithm::es512, "P-521", "secp521r1", 66}}};

template <class Wanted>
constexpr const curve* find_curve(Wanted wanted) noexcept {
  const auto found = std::find_if(curves.begin(), curves.end(), wanted);
  return found == curves.end() ? nullptr : &*found;
}

// Null for an algorithm without one, and for a key that is on none of them.
constexpr const curve* curve_of(signature_algorithm a) noexcept {
  return find_curve([a](const curve& c) { return c.algorithm == a; });
}
inline const curve* curve_of(const EVP_PKEY* key) noexcept {
  std::array<char, 64> name{};
  std::size_t size = 0;
  if (!EVP_PKEY_is_a(key, "EC") || EVP_PKEY_get_group_name(key, name.data(), name.size(), &size) != 1) return nullptr;
  return find_curve([group = std::string_view(name.data(), size)](const curve& c) { return c.group == group; });
}

constexpr std::size_t coordinate_bytes(signature_algorithm a) noexcept {
  const curve* const of = curve_of(a);
  return of ? of->coordinate_bytes : 0;
}

inline key_pointer key_from(const char* type, const OSSL_PARAM_BLD* members) {
  const parameter_list parameters(OSSL_PARAM_BLD_to_param(const_cast<OSSL_PARAM_BLD*>(members)));
  const key_context context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (parameters && context && EVP_PKEY_fromdata_init(context.get()) == 1)
    EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get());
  ERR_clear_error();
  return key_pointer(key);
}

inline const unsigned char* bytes_of(const std::string& text) noexcept {
  return reinterpret_cast<const unsigned char*>(text.data());
}

inline key_pointer rsa_key(const jwk& from) {
  const parameter_builder builder(OSSL_PARAM_BLD_new());
  const number n(BN_bin2bn(bytes_of(from.n), static_cast<int>(from.n.size()), nullptr));
  const number e(BN_bin2bn(bytes_of(from.e), static_cast<int>(from.e.size()), nullptr));
  if (!builder || !n || !e || OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1)
    return {};
  return key_from("RSA", builder.get());
}

// RFC 7518 section 6.2.1.2: a coordinate has exactly the bytes that its curve takes.
inline key_pointer ec_key(const jwk& from) {
  const curve* const on = find_curve([&](const curve& c) { return c.name == from.crv; });
  if (!on || from.x.size() != on->coordinate_bytes || from.y.size() != on->coordinate_bytes) return {};
  const std::string point = '\x04' + from.x + from.y;
  const parameter_builder builder(OSSL_PARAM_BLD_new());
  if (!builder || OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, on->group, 0) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) != 1)
    return {};
  return key_from("EC", builder.get());
}

inline key_pointer key_from(const jwk& from) {
  if (from.kty == "RSA") return rsa_key(from);
  if (from.kty == "EC") return ec_key(from);
  if (from.kty != "OKP" || (from.crv != "Ed25519" && from.crv != "Ed448")) return {};
  key_pointer key(EVP_PKEY_new_raw_public_key_ex(nullptr, from.crv.c_str(), nullptr, bytes_of(from.x), from.x.size()));
  ERR_clear_error();
  return key;
}

inline key_pointer key_from_pem(std::string_view pem) {
  const bio_pointer source(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  if (!source) return {};
  key_pointer key(PEM_read_bio_PUBKEY(source.get(), nullptr, no_pass_phrase, nullptr));
  if (!key && BIO_reset(source.get()) == 1) {
    const certificate_pointer certificate(PEM_read_bio_X509(source.get(), nullptr, no_pass_phrase, nullptr));
    if (certificate) key.reset(X509_get_pubkey(certificate.get()));
  }
  ERR_clear_error();
  return key;
}

// RS256 is what RFC 7523 section 5 and the published credential default to; a curve knows its own algorithm.
inline std::optional<signature_algorithm> usual_algorithm(const EVP_PKEY* key) {
  using enum signature_algorithm;
  if (EVP_PKEY_is_a(key, "RSA")) return rs256;
  if (EVP_PKEY_is_a(key, "ED25519") || EVP_PKEY_is_a(key, "ED448")) return eddsa;
  const curve* const on = curve_of(key);
  return on ? std::optional(on->algorithm) : std::nullopt;
}

// CVE-2017-15361 (ROCA): the primes of a faulty smart card library are powers of 65537 modulo every small prime, and so is their
// product, which no honest modulus is.
inline bool has_roca_fingerprint(const BIGNUM* n) noexcept {
  constexpr std::array<unsigned, 38> primes{3,   5,   7,   11,  13,  17,  19,  23,  29,  31,  37,  41,  43,
                                            47,  53,  59,  61,  67,  71,  73,  79,  83,  89,  97,  101, 103,
                                            107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167};
  return std::all_of(primes.begin(), primes.end(), [n](unsigned prime) {
    const auto residue = BN_mod_word(n, prime);
    unsigned power = 1;
    do {
      if (power == residue) return true;
      power = power * (65'537 % prime) % prime;
    } while (power != 1);
    return false;
  });
}

inline std::string_view fault_of_rsa_key(const EVP_PKEY* key) {
  const int bits = EVP_PKEY_get_bits(key);
  if (bits < 2048 || bits > 4096) return "an RSA key must have 2048 to 4096 bits";
  BIGNUM *modulus = nullptr, *exponent = nullptr;
  const bool read = EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &modulus) == 1 &&
                    EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &exponent) == 1;
  const number n(modulus), e(exponent);
  if (!read || !BN_is_odd(e.get()) || BN_is_one(e.get()) || BN_num_bits(e.get()) > 32)
    return "the public exponent must be odd, above 1 and below 2 to the 32";
  return has_roca_fingerprint(n.get()) ? "the key comes from a generator that is known to be broken (ROCA)" : "";
}

inline number number_of(const char* hexadecimal) {
  BIGNUM* read = nullptr;
  BN_hex2bn(&read, hexadecimal);
  return number(read);
}

// A key of small order verifies signatures that nobody made (RFC 8725 section 3.4). Leaving signs out, the y of such a point is 0 or 1,
// and on Ed25519 also the one of order eight; a y from the prime on is another spelling of one below.
inline bool is_of_small_order(std::span<const std::uint8_t> point, bool ed25519) {
  std::vector<std::uint8_t> bytes(point.rbegin(), point.rend());  // big endian
  bytes.front() &= 0x7f;                                          // the sign of x
  const number y(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr)), negative(BN_new());
  const number prime = number_of(ed25519 ? "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed"
                                         : "fffffffffffffffffffffffffffffffffffffffffffffffffffffffe"
                                           "ffffffffffffffffffffffffffffffffffffffffffffffffffffffff");
  const number of_order_eight = number_of("05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826");
  if (!y || !negative || !prime || !of_order_eight || BN_sub(negative.get(), prime.get(), y.get()) != 1) return true;
  const auto small = [&](const BIGNUM* n) {
    return BN_is_zero(n) || BN_is_one(n) || BN_is_negative(n) || (ed25519 && BN_cmp(n, of_order_eight.get()) == 0);
  };
  return small(y.get()) || small(negative.get());
}

inline std::string_view fault_of_edwards_key(const EVP_PKEY* key) {
  const bool ed25519 = EVP_PKEY_is_a(key, "ED25519") == 1;
  if (!ed25519 && EVP_PKEY_is_a(key, "ED448") != 1) return "EdDSA needs an Ed25519 or Ed448 key";
  std::array<std::uint8_t, 57> point;
  std::size_t size = point.size();
  if (EVP_PKEY_get_raw_public_key(key, point.data(), &size) != 1 || is_of_small_order({point.data(), size}, ed25519))
    return "the key is not a valid public key";
  return "";
}

// RFC 7518 sections 3.3 to 3.5 and RFC 8725 section 3.2; 4096 bits bound what one signature may cost.
inline std::string_view fault_of_key(EVP_PKEY* key, signature_algorithm algorithm) {
  using enum signature_algorithm;
  if (is_mac(algorithm)) return "a public key cannot sign with HS256, HS384 or HS512";
  if (algorithm == eddsa) return fault_of_edwards_key(key);
  const curve* const needed = curve_of(algorithm);
  if (needed && curve_of(key) != needed) return "the curve of the key is not the one of its algorithm";
  if (!needed) {
    if (!EVP_PKEY_is_a(key, "RSA")) return "RS and PS algorithms need an RSA key";
    if (const auto fault = fault_of_rsa_key(key); !fault.empty()) return fault;
  }
  const key_context context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  const bool sound = context && EVP_PKEY_public_check(context.get()) == 1;
  ERR_clear_error();
  return sound ? "" : "the key is not a valid public key";
}

// SEQUENCE { INTEGER r, INTEGER s }: at most 2 * (2 + 67) bytes and a header of 3.
using ecdsa_der = std::array<std::uint8_t, 144>;

inline std::span<const std::uint8_t> encode_ecdsa(std::span<const std::uint8_t> r_and_s, ecdsa_der& out) noexcept {
  std::size_t at = 3;  // room for the longer form of the header
  const std::size_t half = r_and_s.size() / 2;
  for (auto part : {r_and_s.first(half), r_and_s.subspan(half)}) {
    while (part.size() > 1 && part.front() == 0) part = part.subspan(1);
    const bool padded = part.front() >= 0x80;  // else it would read as negative
    out[at++] = 0x02;
    out[at++] = static_cast<std::uint8_t>(part.size() + padded);
    if (padded) out[at++] = 0;
    at = static_cast<std::size_t>(std::copy(part.begin(), part.end(), out.begin() + static_cast<std::ptrdiff_t>(at)) -
                                  out.begin());
  }
  const std::size_t body = at - 3, header = body < 0x80 ? 2 : 3, start = 3 - header;
  out[2] = static_cast<std::uint8_t>(body);
  out[1] = header == 3 ? 0x81 : 0x30;
  out[0] = 0x30;
  return std::span<const std::uint8_t>(out).subspan(start, at - start);
}

}  // namespace startgate::openssl::detail
