// Attack protection settings as the Management API exports them: GET /api/v2/attack-protection/suspicious-ip-throttling and
// .../brute-force-protection. What is left out keeps its value.
#pragma once

#include <startgate/attack_protection.hpp>
#include <startgate/json/reader.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace startgate::json {

namespace detail {

// `block` and one word for who is told.
inline void read_shields(object_reader& in, std::string_view notification, shields& out) {
  if (!in.member("shields")) return;
  out = {.block = false, .report = false};
  for (const node* n : in.elements("shields")) {
    if (n->is(kind::string) && n->text == "block")
      out.block = true;
    else if (n->is(kind::string) && n->text == notification)
      out.report = true;
    else
      in.complain(*n, "shields", "expected " + one_of({"block", notification}));
  }
}

// Addresses and prefixes, up to 100 of them as published; more are taken.
inline void read_allowlist(object_reader& in, prefix_set& out) {
  if (!in.member("allowlist")) return;
  std::vector<prefix> allowed;
  for (const std::string& text : in.texts("allowlist")) {
    const auto p = parse_prefix(text);
    if (p)
      allowed.push_back(*p);
    else
      in.complain(*in.member("allowlist"), "allowlist", '`' + text + "`: " + std::string(sentence_of(p.error())));
  }
  out = prefix_set(allowed);
}

// {"max_attempts", "rate"}: the rate is the number of milliseconds after which one attempt comes back.
inline void read_stage(object_reader& stages, std::string_view name, quota& out) {
  const node* n = stages.member(name);
  if (!n) return;
  object_reader in(*n, stages.path_of(name), stages.found());
  const auto attempts = in.whole("max_attempts", 1, 1'000'000);
  const auto rate = in.whole("rate", 1, 30LL * 24 * 3'600'000);
  const auto made = quota::make(1, rate ? static_cast<duration>(*rate) * millisecond : out.emission_interval(),
                                attempts ? static_cast<std::uint64_t>(*attempts) : out.burst());
  if (made)
    out = *made;
  else
    in.complain(*n, {}, std::string(sentence_of(made.error())));
  if (n->is(kind::object)) in.refuse_unknown_members();
}

}  // namespace detail

inline void read_suspicious_ip_throttling(object_reader& in, suspicious_ip_throttling& out) {
  out.enabled = in.boolean("enabled").value_or(out.enabled);
  detail::read_shields(in, "admin_notification", out.shields);
  detail::read_allowlist(in, out.allowlist);
  const node* stages = in.member("stage");
  if (!stages) return;
  object_reader each(*stages, in.path_of("stage"), in.found());
  detail::read_stage(each, "pre-login", out.pre_login);
  detail::read_stage(each, "pre-user-registration", out.pre_user_registration);
  (void)each.member("pre-custom-token-exchange");  // of another endpoint
  if (stages->is(kind::object)) each.refuse_unknown_members();
}

inline void read_brute_force_protection(object_reader& in, brute_force_protection& out) {
  out.enabled = in.boolean("enabled").value_or(out.enabled);
  detail::read_shields(in, "user_notification", out.shields);
  detail::read_allowlist(in, out.allowlist);
  out.mode = in.word<brute_force_count>("mode", {{"count_per_identifier_and_ip", brute_force_count::per_identifier_and_ip},
                                                 {"count_per_identifier", brute_force_count::per_identifier}})
                 .value_or(out.mode);
  if (const auto n = in.whole("max_attempts", 1, 100))
    out.failures = throttling_stage(static_cast<std::uint64_t>(*n), out.failures.emission_interval());
}

}  // namespace startgate::json
