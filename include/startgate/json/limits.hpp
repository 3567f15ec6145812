// The limits of a policy file.
#pragma once

#include <startgate/application_limits.hpp>
#include <startgate/json/reader.hpp>
#include <startgate/limit.hpp>
#include <startgate/policy.hpp>
#include <startgate/tenant_plan.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace startgate::json::detail {

inline when_unavailable read_unavailable(object_reader& in) {
  return in
      .word<when_unavailable>(
          "unavailable",
          {{"local", when_unavailable::local}, {"open", when_unavailable::open}, {"closed", when_unavailable::closed}})
      .value_or(when_unavailable::local);
}

// `least`: 0 where a count of 0 blocks.
inline std::optional<limit> read_limit(object_reader& in, std::int64_t least = 1) {
  const auto count = in.whole("count", least, 1'000'000'000);
  const auto period = in.number("period_s", 1e-6, static_cast<double>(most_seconds));
  const auto burst = in.whole("burst", 1, 1'000'000'000);
  const when_unavailable unavailable = read_unavailable(in);
  if (count == 0) return limit{quota::blocked()};
  if (!count || !period) {
    in.complain(in.object(), {}, "a limit needs `count` and `period_s`");
    return std::nullopt;
  }
  const auto made = quota::make(static_cast<std::uint64_t>(*count), static_cast<duration>(*period * 1e9),
                                static_cast<std::uint64_t>(burst.value_or(*count)));
  if (!made) {
    in.complain(in.object(), {}, std::string(sentence_of(made.error())));
    return std::nullopt;
  }
  return limit{*made, unavailable};
}

inline void read_optional_limit(object_reader& in, std::string_view name, std::optional<limit>& out) {
  if (in.is_null(name)) out.reset();
  nested(in, name, [&](object_reader& l) { out = read_limit(l); });
}

// One limit or an array of at most two: five an hour and twenty a day are two buckets. `read_one` takes its object.
template <class Limit, class Read>
void read_limit_list(object_reader& in, std::string_view name, std::vector<Limit>& out, Read read_one) {
  if (in.is_null(name)) out.clear();
  const node* n = in.member(name);
  if (!n) return;
  out.clear();
  const auto read = [&](const node& one) {
    object_reader l(one, in.path_of(name), in.found());
    if (const auto made = read_one(l)) out.push_back(*made);
    l.refuse_unknown_members();
  };
  if (!n->is(kind::array)) return read(*n);
  if (n->items.empty() || n->items.size() > most_limits_of_a_kind) in.complain(*n, name, "expected one or two limits");
  for (const node& one : n->items) read(one);
}

inline std::optional<network_limit> read_network_limit(object_reader& in) {
  const auto bits = in.whole("ipv6_prefix", 1, 127);
  const auto by = read_limit(in);
  if (by && !bits) in.complain(in.object(), {}, "a limit of a network needs `ipv6_prefix`, such as 56 or 48");
  if (!by || !bits) return std::nullopt;
  return network_limit{static_cast<std::uint8_t>(*bits), *by};
}

// Two of one length would be two limits on one bucket, and one that is not wider counts nothing that its address does not.
inline void read_network_limits(object_reader& in, unsigned length_of_an_address, std::vector<network_limit>& out) {
  constexpr std::string_view name = "start_per_network";
  read_limit_list(in, name, out, read_network_limit);
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (out[i].ipv6_prefix >= length_of_an_address)
      in.complain(name, "expected a network wider than client_address.ipv6_prefix, so a smaller number");
    for (std::size_t j = 0; j < i; ++j)
      if (out[j].ipv6_prefix == out[i].ipv6_prefix) in.complain(name, "expected two different lengths");
  }
}

// The tenant's limit by the name of its plan, or in numbers of its own.
inline std::optional<limit> read_tenant_limit(object_reader& in) {
  const node* plan = in.member("plan");
  if (!plan) return read_limit(in);
  const auto named = std::find_if(tenant_plans.begin(), tenant_plans.end(),
                                  [&](const tenant_plan& p) { return plan->is(kind::string) && plan->text == p.name; });
  std::vector<std::string_view> names;
  for (const tenant_plan& p : tenant_plans) names.push_back(p.name);
  if (named == tenant_plans.end()) in.complain(*plan, "plan", "expected " + one_of(names));
  for (const std::string_view number : {"count", "period_s", "burst"})
    if (in.member(number)) in.complain(number, "the plan says it; state either `plan` or numbers");
  const auto unavailable = read_unavailable(in);
  if (named == tenant_plans.end()) return std::nullopt;
  return limit{named->authentication_api, unavailable};
}

inline std::optional<application_limit> read_application_limit(object_reader& in) {
  const auto mode =
      in.word<application_limit_mode>("mode", {{"block", application_limit_mode::block}, {"log", application_limit_mode::log}});
  const auto made = read_limit(in, 0);
  if (!made) return std::nullopt;
  return application_limit{*made, mode.value_or(application_limit_mode::block)};
}

// Objects by name: calls `read` with the reader of each.
template <class Read>
void each_named(object_reader& in, std::string_view name, Read read) {
  const node* all = in.member(name);
  if (!all) return;
  object_reader named(*all, in.path_of(name), in.found());
  for (const std::string& one : all->keys) nested(named, one, [&](object_reader& inner) { read(one, inner); });
}

inline void read_group(object_reader& in, const std::string& name, application_limits& out) {
  if (const auto made = read_application_limit(in)) out.groups.insert_or_assign(name, *made);
  if (!in.member("clients")) in.complain("clients", "expected the client ids of the group");
  for (std::string& client_id : in.texts("clients"))
    if (const auto [at, added] = out.group_of.try_emplace(std::move(client_id), name); !added)
      in.complain("clients", '`' + at->first + "` stands twice; which limit it is under must not be a matter of order");
}

// What is stated replaces the profile's.
inline void read_application_limits(object_reader& in, application_limits& out) {
  if (in.is_null("global")) out.global.reset();
  nested(in, "global", [&](object_reader& l) { out.global = read_application_limit(l); });
  each_named(in, "groups", [&](const std::string& name, object_reader& g) { read_group(g, name, out); });
  each_named(in, "clients", [&](const std::string& client_id, object_reader& l) {
    if (const auto made = read_application_limit(l)) out.clients.insert_or_assign(client_id, *made);
  });
}

inline void read_limits(object_reader& in, unsigned length_of_an_address, limits_policy& out) {
  if (in.is_null("authentication_api")) out.authentication_api.reset();
  nested(in, "authentication_api", [&](object_reader& l) { out.authentication_api = read_tenant_limit(l); });
  if (in.is_null("start_per_address")) out.start_per_address.reset();
  nested(in, "start_per_address", [&](object_reader& l) {
    assign(l.word<address_limit_scope>("applies_to", {{"unauthenticated", address_limit_scope::unauthenticated},
                                                      {"everybody", address_limit_scope::everybody}}),
           out.start_per_address_applies_to);
    out.start_per_address = read_limit(l);
  });
  read_network_limits(in, length_of_an_address, out.start_per_network);
  read_optional_limit(in, "state_issue_per_address", out.state_issue_per_address);
  read_limit_list(in, "start_per_identifier", out.start_per_identifier, [](object_reader& l) { return read_limit(l); });
  read_optional_limit(in, "sms_per_country", out.sms_per_country);
  if (in.is_null("start_per_application")) out.start_per_application = {};
  nested(in, "start_per_application", [&](object_reader& a) { read_application_limits(a, out.start_per_application); });
}

}  // namespace startgate::json::detail
