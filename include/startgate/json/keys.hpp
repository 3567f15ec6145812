// The keys file: what a policy must not hold and an export names only by id. Secrets become verifiers while they are read; nothing
// of their text is kept, and no problem repeats a value.
#pragma once

#include <startgate/application.hpp>
#include <startgate/detail/base64url.hpp>
#include <startgate/json/application_keys.hpp>
#include <startgate/json/reader.hpp>
#include <startgate/login_state.hpp>
#include <startgate/mac_key.hpp>
#include <startgate/secret_text.hpp>
#include <startgate/verifier.hpp>

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace startgate::json {

namespace detail {

// A key for HMAC-SHA-256; empty, and told, where it is none.
inline std::string read_mac_key(object_reader& in, std::string_view name, std::string_view text) {
  const auto bytes = startgate::detail::base64url_bytes(text);
  if (bytes && bytes->size() >= least_mac_key_bytes) return *bytes;
  in.complain(name, "expected at least 32 bytes in base64url without padding");
  return {};
}

template <verifier V>
state_keys read_state_keys(object_reader& file, const V& v) {
  state_keys out;
  for (const node* n : file.elements("state_keys")) {
    object_reader entry(*n, "state_keys[" + std::to_string(out.size()) + "]", file.found());
    const std::string kid = entry.text("kid").value_or("");
    const std::string text = entry.text("secret").value_or("");
    entry.refuse_unknown_members();
    if (!is_state_kid(kid)) entry.complain("kid", "expected 1 to 32 letters, digits, dashes and underscores");
    for (const state_key& other : out)
      if (other.kid == kid) entry.complain("kid", "this kid stands twice; only the first would ever be found");
    const std::string key = read_mac_key(entry, "secret", text);
    if (key.empty()) continue;
    out.push_back({kid, v.make_mac_key(key)});
    if (out.back().key == nullptr) entry.complain("secret", "the library makes no key of it");
  }
  return out;
}

template <verifier V>
digest256 read_store_secret(object_reader& file, const V& v) {
  const auto text = file.text("store_secret");
  if (!text) return {};
  read_mac_key(file, "store_secret", *text);
  return v.sha256(*text).value_or(digest256{});
}

// One entry of `secrets`: its verifier goes to the application, its text, where it has one, into `texts`.
template <verifier V>
void read_secret(object_reader& s, const node& at, application& app, std::vector<plain_secret>& texts, const V& v) {
  const auto plain = s.text("value");
  const auto stored = s.text("verifier");
  const auto expires_at = s.moment("expires_at");
  s.refuse_unknown_members();
  if (plain.has_value() == stored.has_value()) return s.complain(at, {}, "expected either `value` or `verifier`");
  if (stored) {
    const auto parsed = parse_secret_verifier(*stored);
    if (!parsed) return s.complain("verifier", std::string(parsed.error()));
    app.secrets.push_back(parsed->until(expires_at));
  } else if (plain->empty()) {
    s.complain("value", "an empty secret is no secret");
  } else if (const auto digest = v.sha256(*plain)) {
    app.secrets.emplace_back(*digest, expires_at);
    texts.push_back({&at, *plain, expires_at, false});
  }
}

// Two secrets are the current one and the one on its way out, which has to say when it is gone. They may stand in either order.
inline void put_current_first(object_reader& entry, application& app, std::vector<plain_secret>& texts) {
  std::vector<secret>& secrets = app.secrets;
  if (secrets.size() < 2) return;
  if (secrets.size() > max_secrets)
    return entry.complain("secrets", "expected at most two: the current one and the one on its way out");
  const auto gone = [](const auto& until) { return until.value_or(~instant{0}); };
  if (gone(secrets[0].expires_at()) == gone(secrets[1].expires_at()))
    return entry.complain("secrets", "of two secrets the one on its way out needs an earlier `expires_at`");
  if (gone(secrets[0].expires_at()) < gone(secrets[1].expires_at())) std::swap(secrets[0], secrets[1]);
  for (plain_secret& text : texts) text.previous = text.expires_at == secrets[1].expires_at();
}

template <verifier V>
std::vector<plain_secret> read_secrets(object_reader& entry, application& app, const V& v) {
  std::vector<plain_secret> texts;
  if (!entry.member("secrets")) return texts;
  app.secrets.clear();
  for (const node* n : entry.elements("secrets")) {
    object_reader s(*n, entry.path_of("secrets"), entry.found());
    read_secret(s, *n, app, texts, v);
  }
  put_current_first(entry, app, texts);
  return texts;
}

// A confidential application that is given a secret may send it, unless its export names keys, certificates or signing with the
// secret in its place.
inline void allow_secret(application& app) noexcept {
  using enum client_auth_method;
  const bool keys_only = app.methods.has(private_key_jwt) || app.methods.has(client_secret_jwt) ||
                         app.methods.has(tls_client_auth) || app.methods.has(self_signed_tls_client_auth);
  if (app.kind == application_kind::confidential && !app.secrets.empty() && !keys_only && !app.methods.has(client_secret_basic))
    app.methods.add(client_secret_post);
}

// The keys that the export's secret made, for a file that names the secrets itself: what signed with the old one signs with these.
inline std::optional<signature_algorithm> forget_signing_secret(application& app) {
  const auto of_secret = [](const signing_key& k) { return is_mac(k.algorithm); };
  const auto key = std::find_if(app.keys.begin(), app.keys.end(), of_secret);
  if (key == app.keys.end()) return std::nullopt;
  const signature_algorithm algorithm = key->algorithm;
  std::erase_if(app.keys, of_secret);
  return algorithm;
}

template <key_maker Maker>
void sign_with_secrets(object_reader& in, application& app, const std::vector<plain_secret>& texts, signature_algorithm algorithm,
                       const Maker& maker) {
  if (texts.empty())
    return in.complain("secrets", "an application that signs with its secret needs one that is given as `value`");
  if (std::any_of(app.keys.begin(), app.keys.end(), [&](const signing_key& k) { return k.algorithm == algorithm; })) return;
  for (const plain_secret& text : texts) add_secret_key(in, "secrets", app, text, algorithm, maker);
}

// Keys of the file add a method and remove none; its secrets stand in for the export's.
template <verifier V, key_maker Maker>
void read_application_keys(object_reader& in, application& app, const V& v, const Maker& maker) {
  const auto signed_with = in.member("secrets") ? forget_signing_secret(app) : std::nullopt;
  const std::vector<plain_secret> texts = read_secrets(in, app, v);
  allow_secret(app);
  read_key_set(in, app, maker);
  read_certificates(in, app, maker);
  read_subject(in, app);
  read_secret_algorithms(in, app, texts, maker);
  if (signed_with) sign_with_secrets(in, app, texts, *signed_with, maker);
}

}  // namespace detail

struct keys_file {
  state_keys states;
  digest256 store_secret{};  // of the secret that names the buckets of a shared store; all zero where there is none
};

// Adds secrets and keys to the applications that they are for. `text` may be empty: no keys file.
template <verifier V, key_maker Maker>
result<keys_file, problem> read_keys(std::string_view text, std::span<application> applications, const V& v, const Maker& maker) {
  if (text.empty()) return keys_file{};
  const auto parsed = parse_file(text);
  if (!parsed) return unexpected{parsed.error()};
  problems found;
  object_reader file(*parsed, {}, found);
  keys_file keys{detail::read_state_keys(file, v), detail::read_store_secret(file, v)};
  if (const node* n = file.member("applications")) {
    object_reader named(*n, "applications", found);
    for (const std::string& client_id : n->keys) {
      const node* entry = named.member(client_id);
      const auto app =
          std::find_if(applications.begin(), applications.end(), [&](const application& a) { return a.client_id == client_id; });
      if (!entry) continue;
      object_reader in(*entry, named.path_of(client_id), found);
      if (app == applications.end())
        in.complain(*entry, {}, "no application of the export has this client_id");
      else
        detail::read_application_keys(in, *app, v, maker);
      in.refuse_unknown_members();
    }
  }
  file.refuse_unknown_members();
  if (found.first()) return unexpected{*found.first()};
  return keys;
}

}  // namespace startgate::json
