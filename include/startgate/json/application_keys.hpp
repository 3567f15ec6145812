// Keys and certificates of an application, as a keys file or an export states them. What makes a key out of its description is a
// template parameter, so that no library shows here; openssl/key_maker.hpp is one.
#pragma once

#include <startgate/application.hpp>
#include <startgate/client_certificate.hpp>
#include <startgate/json/jwk.hpp>
#include <startgate/json/reader.hpp>
#include <startgate/result.hpp>
#include <startgate/secret_text.hpp>

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace startgate::json {

// Errors are sentences that never repeat a key.
template <class M>
concept key_maker = requires(const M& m, const jwk& key, std::string_view text, std::optional<signature_algorithm> registered) {
  { m.from_jwk(key, registered) } -> std::same_as<result<signing_key, std::string_view>>;
  { m.from_pem(text, registered) } -> std::same_as<result<signing_key, std::string_view>>;
  { m.from_secret(text, signature_algorithm{}) } -> std::same_as<result<signing_key, std::string_view>>;
  { m.thumbprint(text) } -> std::same_as<std::optional<digest256>>;  // SHA-256 of a PEM certificate's DER
};

namespace detail {

inline void add_key(object_reader& in, const node& at, std::string_view name, application& app,
                    result<signing_key, std::string_view> made, std::optional<instant> expires_at = std::nullopt,
                    client_auth_method method = client_auth_method::private_key_jwt) {
  if (!made) return in.complain(at, name, std::string(made.error()));
  made->expires_at = expires_at;
  app.keys.push_back(std::move(*made));
  app.methods.add(method);
}

template <key_maker Maker>
void read_key_set(object_reader& in, application& app, const Maker& maker) {
  const node* set = in.member("jwks");
  if (!set) return;
  const auto keys = read_jwks(*set);
  if (!keys) return in.problems_at(keys.error().line, "jwks", keys.error().text);
  for (const jwk& key : *keys)
    if (key.kty == "oct")
      in.complain(*set, "jwks", "a symmetric key is no public key; give it as a secret, with `assertion_secret_algorithms`");
    else
      add_key(in, *set, "jwks", app, maker.from_jwk(key, std::nullopt));
}

// The registered certificate itself, for self_signed_tls_client_auth.
template <key_maker Maker>
void read_certificates(object_reader& in, application& app, const Maker& maker) {
  for (const node* n : in.elements("certificates")) {
    const auto digest = n->is(kind::string) ? maker.thumbprint(n->text) : std::nullopt;
    if (!digest)
      in.complain(*n, "certificates", "expected certificates in PEM");
    else
      app.certificates.push_back({*digest});
  }
  if (!app.certificates.empty()) app.methods.add(client_auth_method::self_signed_tls_client_auth);
}

// Exactly one field (RFC 8705 section 2.1.2).
inline void read_subject(object_reader& in, application& app) {
  const node* n = in.member("subject");
  if (!n) return;
  object_reader subject(*n, in.path_of("subject"), in.found());
  using field = certificate_subject::field;
  std::size_t stated = 0;
  for (const auto& [name, which] : {std::pair<std::string_view, field>{"dn", field::dn},
                                    {"san_dns", field::san_dns},
                                    {"san_uri", field::san_uri},
                                    {"san_ip", field::san_ip},
                                    {"san_email", field::san_email}}) {
    const auto value = subject.text(name);
    if (!value) continue;
    ++stated;
    app.subjects.push_back({which, which == field::dn ? normal_distinguished_name(*value) : *value});
  }
  subject.refuse_unknown_members();
  if (stated != 1 || app.subjects.back().value.empty())
    return subject.complain(*n, {}, "expected exactly one of `dn`, `san_dns`, `san_uri`, `san_ip` and `san_email`");
  app.methods.add(client_auth_method::tls_client_auth);
}

// A secret as it stands in a file, for whatever is made of it before its text is forgotten.
struct plain_secret {
  const node* at;
  std::string text;
  std::optional<instant> expires_at;
  bool previous;  // the one on its way out
};

// client_secret_jwt signs with the secret itself, so it needs the text that every other use forgets.
template <key_maker Maker>
void add_secret_key(object_reader& in, std::string_view name, application& app, const plain_secret& secret,
                    signature_algorithm algorithm, const Maker& maker) {
  auto made = maker.from_secret(secret.text, algorithm);
  if (made) made->previous_secret = secret.previous;
  add_key(in, *secret.at, name, app, std::move(made), secret.expires_at, client_auth_method::client_secret_jwt);
}

template <key_maker Maker>
void read_secret_algorithms(object_reader& in, application& app, const std::vector<plain_secret>& plain_secrets,
                            const Maker& maker) {
  for (const std::string& name : in.texts("assertion_secret_algorithms")) {
    const auto algorithm = signature_algorithm_named(name);
    const node& at = *in.member("assertion_secret_algorithms");
    if (!algorithm || !is_mac(*algorithm)) {
      in.complain(at, "assertion_secret_algorithms", "expected `HS256`, `HS384` or `HS512`");
      continue;
    }
    if (plain_secrets.empty()) in.complain(at, "assertion_secret_algorithms", "needs a secret that is given as `value`");
    for (const plain_secret& secret : plain_secrets) add_secret_key(in, "secrets", app, secret, *algorithm, maker);
  }
}

// What an export may carry beside a credential's id: {"id", "pem" | "jwk" | "subject_dn" | "thumbprint_sha256", "kid", "alg", "expires_at"}.
// Which of them count depends on the method that names the credential.
template <key_maker Maker>
void read_signing_credential(object_reader& in, application& app, std::optional<instant> expires_at, const Maker& maker) {
  const auto name = in.text("alg");
  const auto algorithm = name ? signature_algorithm_named(*name) : std::nullopt;
  if (name && !algorithm) in.complain(*in.member("alg"), "alg", "not a signature algorithm that is known here");
  const auto kid = in.text("kid");  // PEM has no place for one, and an assertion that names a key id is held to it
  const auto named = [&](result<signing_key, std::string_view> made) {
    if (made && kid) made->kid = *kid;
    return made;
  };
  if (const auto pem = in.text("pem")) add_key(in, in.object(), "pem", app, named(maker.from_pem(*pem, algorithm)), expires_at);
  if (const node* n = in.member("jwk")) {
    const auto key = read_jwk(*n);
    if (key)
      add_key(in, *n, "jwk", app, named(maker.from_jwk(*key, algorithm)), expires_at);
    else
      in.problems_at(key.error().line, "jwk", key.error().text);
  }
}

template <key_maker Maker>
void read_certificate_credential(object_reader& in, application& app, std::optional<instant> expires_at, const Maker& maker) {
  if (const auto pem = in.text("pem")) {
    if (const auto digest = maker.thumbprint(*pem))
      app.certificates.push_back({*digest, expires_at});
    else
      in.complain(*in.member("pem"), "pem", "expected a certificate in PEM");
  }
  if (const auto hex = in.text("thumbprint_sha256")) {
    if (const auto digest = startgate::detail::read_digest(*hex, true))
      app.certificates.push_back({*digest, expires_at});
    else
      in.complain(in.object(), "thumbprint_sha256", "expected 64 hexadecimal digits or 43 characters of base64url");
  }
}

template <key_maker Maker>
void read_export_credential(object_reader& in, client_auth_method method, application& app, const Maker& maker) {
  const auto expires_at = in.moment("expires_at");
  if (method == client_auth_method::private_key_jwt) return read_signing_credential(in, app, expires_at, maker);
  if (method == client_auth_method::self_signed_tls_client_auth) return read_certificate_credential(in, app, expires_at, maker);
  if (const auto dn = in.text("subject_dn"))
    app.subjects.push_back({certificate_subject::field::dn, normal_distinguished_name(*dn), expires_at});
}

}  // namespace detail

}  // namespace startgate::json
