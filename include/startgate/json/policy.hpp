// A policy file on top of the profile that it names. Every member is optional; null switches off what can be switched off. Whatever
// is wrong is told with its member and line, and nothing of a wrong file is used.
#pragma once

#include <startgate/json/application_keys.hpp>
#include <startgate/json/attack_protection.hpp>
#include <startgate/json/limits.hpp>
#include <startgate/json/profiles.hpp>
#include <startgate/json/reader.hpp>
#include <startgate/policy.hpp>
#include <startgate/store/redis_url.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace startgate::json {

namespace detail {

inline std::optional<mode> read_mode(object_reader& in, std::string_view name) {
  return in.word<mode>(name, {{"off", mode::off}, {"notice", mode::notice}, {"warn", mode::warn}, {"enforce", mode::enforce}});
}

inline void read_windows(object_reader& in, enforcement& out) {
  if (!in.member("windows")) return;
  out.windows.clear();
  for (const node* n : in.elements("windows")) {
    object_reader w(*n, in.path_of("windows"), in.found());
    const auto mode = read_mode(w, "mode");
    const auto from = w.moment("from"), to = w.moment("to");
    w.refuse_unknown_members();
    if (!from || !to)
      w.complain(*n, {}, "a window needs `from` and `to`");
    else if (*from >= *to)
      w.complain(*n, {}, "`from` must be before `to`");
    else
      out.windows.push_back({mode.value_or(mode::enforce), *from, *to});
  }
}

inline void read_enforcement(object_reader& in, enforcement& out) {
  assign(read_mode(in, "mode"), out.mode);
  if (in.is_null("share")) out.share.reset();
  nested(in, "share", [&](object_reader& s) {
    enforcement_share share;
    assign(read_mode(s, "mode"), share.mode);
    assign(s.number("percent", 0, 100), share.percent);
    assign(s.text("salt"), share.salt);
    out.share = share;
  });
  if (const node* named = in.member("applications")) {
    object_reader each(*named, in.path_of("applications"), in.found());
    out.applications.clear();
    for (const std::string& client_id : named->keys)
      if (const auto m = read_mode(each, client_id)) out.applications.emplace_back(client_id, *m);
    out.sort_applications();
  }
  read_windows(in, out);
  if (in.is_null("deprecated_since")) out.deprecated_since.reset();
  if (in.is_null("sunset")) out.sunset.reset();
  if (const auto at = in.moment("deprecated_since")) out.deprecated_since = at;
  if (const auto at = in.moment("sunset")) out.sunset = at;
}

template <key_maker Maker>
void read_client_authentication(object_reader& in, policy& out, const Maker& maker) {
  client_auth_policy& auth = out.client_authentication;
  assign(in.boolean("strict_method"), auth.strict_method);
  assign(in.word<two_methods_rule>("two_methods",
                                   {{"assertion_wins", two_methods_rule::assertion_wins}, {"refuse", two_methods_rule::refuse}}),
         auth.two_methods);
  assign(in.word<audience_profile>("audience", {{"rfc10070", audience_profile::rfc10070},
                                                {"fapi2", audience_profile::fapi2},
                                                {"legacy", audience_profile::legacy}}),
         auth.audience.profile);
  assign(in.word<basic_form>("basic", {{"tolerant", basic_form::tolerant}, {"strict", basic_form::strict}}), auth.basic);
  if (in.member("certificate_authorities")) out.certificate_authorities = in.texts("certificate_authorities");
  for (const std::string& pem : out.certificate_authorities)
    if (!maker.thumbprint(pem))
      in.complain(*in.member("certificate_authorities"), "certificate_authorities", "expected certificates in PEM");
  if (in.is_null("certificate_header")) out.certificate_header.reset();
  nested(in, "certificate_header", [&](object_reader& h) {
    certificate_header_policy header;
    assign(h.text("name"), header.name);
    assign(h.word<certificate_header_format>("format", {{"nginx", certificate_header_format::nginx},
                                                        {"rfc9440", certificate_header_format::rfc9440},
                                                        {"xfcc", certificate_header_format::xfcc}}),
           header.format);
    if (header.name.empty() || startgate::detail::token_length(header.name) != header.name.size())
      h.complain("name", "expected the name of the header that carries the certificate");
    out.certificate_header = header;
  });
}

inline void read_login_state(object_reader& in, transaction_policy& out) {
  if (const auto s = in.whole("lifetime_s", 1, 86'400)) out.lifetime = static_cast<duration>(*s) * second;
  if (const auto n = in.whole("max_starts", 1, 1'000)) out.max_starts = static_cast<std::uint64_t>(*n);
  if (const auto n = in.whole("max_recipients", 1, 1'000)) out.max_recipients = static_cast<std::uint64_t>(*n);
  if (in.is_null("allowed_origins")) out.allowed_origins.clear();
  if (in.member("allowed_origins")) out.allowed_origins = in.texts("allowed_origins");
  assign(in.word<cookie_rule>("cookie", {{"where_sent", cookie_rule::where_sent}, {"required", cookie_rule::required}}),
         out.cookie);
}

inline void read_trusted_proxies(object_reader& in, proxy_trust_settings& out) {
  if (!in.member("trusted_proxies")) return;
  out.trusted_proxies.clear();
  for (const node* n : in.elements("trusted_proxies")) {
    if (!n->is(kind::string)) {
      in.complain(*n, "trusted_proxies", "expected an array of prefixes such as `10.0.0.0/8`");
      continue;
    }
    const auto p = parse_prefix(n->text);
    if (p)
      out.trusted_proxies.push_back(*p);
    else
      in.complain(*n, "trusted_proxies", '`' + n->text + "`: " + std::string(sentence_of(p.error())));
  }
}

inline void read_client_address(object_reader& in, client_address_policy& out) {
  proxy_trust_settings proxies = out.proxies.settings();
  read_trusted_proxies(in, proxies);
  assign(in.text("header"), proxies.header);
  if (in.is_null("hops")) proxies.hops.reset();
  if (const auto n = in.whole("hops", 1, max_hops)) proxies.hops = static_cast<unsigned>(*n);
  assign(in.word<on_invalid>("on_invalid",
                             {{"last_hop", on_invalid::last_hop}, {"peer", on_invalid::peer}, {"error", on_invalid::error}}),
         proxies.on_invalid);
  assign(in.word<on_all_trusted>(
             "on_all_trusted",
             {{"leftmost", on_all_trusted::leftmost}, {"peer", on_all_trusted::peer}, {"error", on_all_trusted::error}}),
         proxies.on_all_trusted);
  auto made = proxy_trust::make(std::move(proxies));
  if (made)
    out.proxies = std::move(*made);
  else
    in.complain(made.error() == proxy_trust_error::header_name_invalid ? "header" : "hops",
                std::string(sentence_of(made.error())));
  if (const auto name = in.text("application_header")) {
    if (!startgate::detail::is_token(*name)) in.complain("application_header", std::string(not_a_field_name));
    out.application_header = *name;
  }
  // What a proxy passes on unchanged its caller writes: as both headers it would need no credential.
  if (same_name(out.application_header, out.proxies.settings().header))
    in.complain("application_header", "the header in which proxies name the caller cannot be the one in which applications do");
  assign(in.boolean("requires_switch"), out.requires_switch);
  if (const auto bits = in.whole("ipv6_prefix", 1, 128)) out.grouping.ipv6_prefix = static_cast<std::uint8_t>(*bits);
  assign(in.boolean("fold_nat64"), out.grouping.fold_nat64);
  assign(in.boolean("fold_6to4"), out.grouping.fold_6to4);
}

inline void read_request(object_reader& in, request_policy& out) {
  if (const auto n = in.whole("max_body_bytes", 64, 1 << 24)) out.max_body_bytes = static_cast<std::size_t>(*n);
  assign(in.boolean("strict_members"), out.strict_members);
  assign(in.word<bool>("on_unobserved", {{"allow", false}, {"deny", true}}), out.deny_unobserved);
}

inline void read_store(object_reader& in, store_policy& out) {
  if (in.is_null("url")) out.url.clear();
  assign(in.text("url"), out.url);
  if (!out.url.empty() && !store::parse_redis_url(out.url)) in.complain("url", std::string(store::redis_url_forms));
  if (const auto ms = in.whole("deadline_ms", 1, 10'000)) out.deadline_ms = static_cast<unsigned>(*ms);
  assign(in.number("local_share", 0, 1), out.local_share);
  assign(in.word<bool>("replay_unavailable", {{"local", false}, {"closed", true}}), out.replay_closed);
}

inline void read_issuer(object_reader& in, std::string& out) {
  assign(in.text("issuer"), out);
  const bool scheme = out.starts_with("https://") || out.starts_with("http://");
  if (!scheme || origin_of(out).size() < 10) in.complain("issuer", "expected a URL such as `https://acme.example/`");
}

template <key_maker Maker>
void read_members(object_reader& in, policy& out, const Maker& maker) {
  if (const auto schema = in.whole("schema", 1, 1)) static_cast<void>(schema);
  read_issuer(in, out.issuer);
  nested(in, "enforcement", [&](object_reader& r) { read_enforcement(r, out.enforcement); });
  nested(in, "client_authentication", [&](object_reader& r) { read_client_authentication(r, out, maker); });
  nested(in, "login_state", [&](object_reader& r) { read_login_state(r, out.login_state); });
  nested(in, "client_address", [&](object_reader& r) { read_client_address(r, out.client_address); });
  nested(in, "limits", [&](object_reader& r) { read_limits(r, out.client_address.grouping.ipv6_prefix, out.limits); });
  nested(in, "attack_protection", [&](object_reader& r) {
    read_optional_limit(r, "refused_per_address", out.limits.refused_per_address);
    nested(r, "suspicious_ip_throttling",
           [&](object_reader& s) { read_suspicious_ip_throttling(s, out.attack_protection.suspicious_ip); });
    nested(r, "brute_force_protection",
           [&](object_reader& b) { read_brute_force_protection(b, out.attack_protection.brute_force); });
  });
  nested(in, "request", [&](object_reader& r) { read_request(r, out.request); });
  nested(in, "notices", [&](object_reader& r) {
    assign(r.word<notice_scope>("per", {{"application", notice_scope::application}, {"tenant", notice_scope::tenant}}),
           out.notices);
  });
  nested(in, "store", [&](object_reader& r) { read_store(r, out.store); });
  in.refuse_unknown_members();
}

// The line of a member two levels down; that of the object where it is not there.
inline std::uint32_t line_of(const node& object, std::string_view outer, std::string_view inner) noexcept {
  const node* o = object.find(outer);
  const node* n = o ? o->find(inner) : nullptr;
  return n ? n->line : object.line;
}

inline void complete(object_reader& in, policy& out) {
  // A list that others may add to has to have the issuer's own in it.
  if (out.login_state.allowed_origins.empty()) out.login_state.allowed_origins.emplace_back(origin_of(out.issuer));
  const std::string base = out.issuer.ends_with('/') ? out.issuer : out.issuer + '/';
  out.endpoints = {base + "passwordless/start", base + "oauth/token"};
  if (!out.certificate_header) return;
  const auto& proxies = out.client_address.proxies.settings().trusted_proxies;
  const auto complain = [&](std::string text) {
    in.problems_at(line_of(in.object(), "client_authentication", "certificate_header"),
                   "client_authentication.certificate_header", std::move(text));
  };
  // Whoever may write that header may be any application with a certificate: only prefixes say who that is, and none that holds a
  // good part of the internet.
  if (proxies.empty())
    return complain("believes a certificate from anybody; name the proxies in `client_address.trusted_proxies`");
  for (const prefix& p : proxies)
    if (p.length() < (p.is_v4() ? 8U : 16U))
      complain("believes a certificate from all of `" + std::string(print_prefix(p).view()) +
               "`; name the proxies by IPv4 prefixes from /8 and IPv6 prefixes from /16 on");
}

}  // namespace detail

// The line of a member two levels down in a file that was read, for what is found out later.
inline std::uint32_t line_in(std::string_view text, std::string_view outer, std::string_view inner) {
  const auto file = parse_file(text);
  return file ? detail::line_of(*file, outer, inner) : 1;
}

// The policy, or the first problem of the file. `text` may be empty: the profile auth0 as it is.
template <key_maker Maker>
result<policy, problem> read_policy(std::string_view text, const Maker& maker) {
  auto file = parse_file(text.empty() ? std::string_view("{}") : text);
  if (!file) return unexpected{file.error()};
  problems found;
  policy out;
  object_reader in(*file, {}, found);
  const std::string name = in.text("profile").value_or("auth0");
  const auto profile = profile_named(name);
  if (!profile) in.complain(*in.member("profile"), "profile", "expected `auth0` or `hardened`");
  const auto base = parse_file(profile.value_or(auth0_profile));
  object_reader defaults(*base, {}, found);
  defaults.member("profile");
  detail::read_members(defaults, out, maker);
  detail::read_members(in, out, maker);
  detail::complete(in, out);
  if (found.first()) return unexpected{*found.first()};
  return out;
}

}  // namespace startgate::json
