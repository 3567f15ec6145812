// The tenant settings export: of all its members, the toggle of this migration and the lock beside it.
#pragma once

#include <startgate/enforcement.hpp>
#include <startgate/json/reader.hpp>

#include <string_view>

namespace startgate::json {

inline constexpr std::string_view toggle_name = "enforce_client_authentication_on_passwordless_start";

struct tenant_settings {
  tenant_flag toggle = tenant_flag::not_stated;
  bool locked = false;  // cannot_change_...: the toggle may not be changed any more
};

inline result<tenant_settings, problem> read_tenant(std::string_view text) {
  const auto file = parse_file(text);
  if (!file) return unexpected{file.error()};
  problems found;
  tenant_settings out;
  object_reader settings(*file, {}, found);
  if (const node* n = settings.member("flags")) {
    object_reader flags(*n, "flags", found);
    if (const auto on = flags.boolean(toggle_name)) out.toggle = *on ? tenant_flag::on : tenant_flag::off;
    out.locked = flags.boolean("cannot_change_enforce_client_authentication_on_passwordless_start").value_or(false);
  }
  if (found.first()) return unexpected{*found.first()};
  return out;
}

}  // namespace startgate::json
