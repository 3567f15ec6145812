// The Management API's client export as applications: an array, or an object with `clients`. Members that are not ours are passed
// over, because the export is not ours; what is ours must be right.
#pragma once

#include <startgate/application.hpp>
#include <startgate/json/application_keys.hpp>
#include <startgate/json/reader.hpp>
#include <startgate/verifier.hpp>

#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace startgate::json {

namespace detail {

inline constexpr std::string_view passwordless_grant = "http://auth0.com/oauth/grant-type/passwordless/otp";

// spa and native never keep a secret; everything else is confidential unless its method is `none`.
inline application_kind kind_of_client(const std::string& app_type, const std::string& method) {
  const bool is_public = app_type == "spa" || app_type == "native" || method == "none";
  return is_public ? application_kind::public_client : application_kind::confidential;
}

// Methods that the export names with keys or certificates; with any of them the secret no longer counts.
template <key_maker Maker>
client_auth_methods methods_with_keys(object_reader& client, application& app, const Maker& maker) {
  client_auth_methods out;
  const node* named = client.member("client_authentication_methods");
  if (!named) return out;
  object_reader methods(*named, client.path_of("client_authentication_methods"), client.found());
  for (const auto m : {client_auth_method::private_key_jwt, client_auth_method::tls_client_auth,
                       client_auth_method::self_signed_tls_client_auth}) {
    const node* n = methods.member(startgate::name_of(m));
    if (!n) continue;
    out.add(m);
    object_reader method(*n, methods.path_of(startgate::name_of(m)), client.found());
    for (const node* c : method.elements("credentials")) {
      object_reader credential(*c, method.path_of("credentials"), client.found());
      read_export_credential(credential, m, app, maker);
    }
  }
  return out;
}

template <key_maker Maker>
client_auth_methods registered_methods(object_reader& client, application& app, const std::string& method, const Maker& maker) {
  client_auth_methods out = methods_with_keys(client, app, maker);
  if (!out.empty()) return out;
  if (const auto named = client_auth_method_named(method)) return out.add(*named);
  if (!method.empty())
    client.complain(*client.member("token_endpoint_auth_method"), "token_endpoint_auth_method",
                    "not a known client authentication method");
  return out.add(client_auth_method::client_secret_post);  // what an application without the member has
}

inline bool has_passwordless_grant(object_reader& client) {
  if (!client.member("grant_types")) return true;  // not exported: nothing to say
  const auto grants = client.texts("grant_types");
  return std::find(grants.begin(), grants.end(), passwordless_grant) != grants.end();
}

// The secret of an application that signs with it. Which algorithm it signs with stands in OpenID's member (Dynamic Client
// Registration section 2), if anywhere.
template <key_maker Maker>
void read_signing_secret(object_reader& client, application& out, const std::string& text, const Maker& maker) {
  const auto algorithm = signature_algorithm_named(client.text("token_endpoint_auth_signing_alg").value_or("HS256"));
  if (!algorithm || !is_mac(*algorithm))
    return client.complain("token_endpoint_auth_signing_alg", "client_secret_jwt signs with HS256, HS384 or HS512");
  add_secret_key(client, "client_secret", out, {client.member("client_secret"), text, std::nullopt, false}, *algorithm, maker);
}

template <verifier V, key_maker Maker>
application read_application(object_reader& client, const V& v, const Maker& maker) {
  application out;
  out.client_id = client.text("client_id").value_or("");
  if (out.client_id.empty()) client.complain("client_id", "every application needs a client_id");
  out.name = client.text("name").value_or(out.client_id);
  const std::string method = client.text("token_endpoint_auth_method").value_or("");
  const std::string type = client.text("app_type").value_or("");
  out.kind = kind_of_client(type, method);
  out.third_party = !client.boolean("is_first_party").value_or(true);
  out.has_passwordless_grant = has_passwordless_grant(client);
  if (const auto trusted = client.boolean("is_token_endpoint_ip_header_trusted"))
    out.forwarded_for_switch = *trusted ? trust_switch::on : trust_switch::off;
  const node* named = client.member("client_authentication_methods");
  if (method == "none" && named && !named->items.empty() && kind_of_client(type, "") == application_kind::confidential)
    client.complain("token_endpoint_auth_method", "`none` beside keys or certificates would need none of them: leave one out");
  if (out.kind == application_kind::public_client) return out;

  out.methods = registered_methods(client, out, method, maker);
  const bool secret_counts =
      out.methods.has(client_auth_method::client_secret_post) || out.methods.has(client_auth_method::client_secret_basic);
  const auto text = client.text("client_secret");
  if (!text || text->empty()) return out;
  if (const auto digest = secret_counts ? v.sha256(*text) : std::nullopt) out.secrets.emplace_back(*digest);
  if (out.methods.has(client_auth_method::client_secret_jwt)) read_signing_secret(client, out, *text, maker);
  return out;
}

}  // namespace detail

template <verifier V, key_maker Maker>
result<std::vector<application>, problem> read_applications(std::string_view text, const V& v, const Maker& maker) {
  const auto file = parse_file(text);
  if (!file) return unexpected{file.error()};
  const node* list = file->is(kind::object) ? file->find("clients") : &*file;
  if (!list || !list->is(kind::array))
    return unexpected{problem{file->line, {}, "expected an array of applications, or an object with `clients`"}};

  problems found;
  std::vector<application> out;
  std::set<std::string> seen;
  for (std::size_t i = 0; i < list->items.size(); ++i) {
    object_reader client(list->items[i], "clients[" + std::to_string(i) + "]", found);
    out.push_back(detail::read_application(client, v, maker));
    if (!seen.insert(out.back().client_id).second) client.complain("client_id", "this client_id stands twice");
  }
  if (found.first()) return unexpected{*found.first()};
  return out;
}

}  // namespace startgate::json
