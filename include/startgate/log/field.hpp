// The fields that a tenant log search may name, and a set of them.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace startgate::log {

enum class field : std::uint8_t {
  client_id,
  client_name,
  connection,
  connection_id,
  description,
  date,
  hostname,
  ip,
  log_id,
  organization_id,
  user_id,
  user_name,
  user_agent,
  strategy,
  strategy_type,
  type,
};

inline constexpr std::array<std::string_view, 16> field_names{
    "client_id", "client_name",     "connection", "connection_id", "description", "date",     "hostname",      "ip",
    "log_id",    "organization_id", "user_id",    "user_name",     "user_agent",  "strategy", "strategy_type", "type"};

constexpr std::string_view name_of(field f) noexcept { return field_names[static_cast<std::size_t>(f)]; }

constexpr std::optional<field> field_named(std::string_view name) noexcept {
  for (std::size_t i = 0; i < field_names.size(); ++i)
    if (field_names[i] == name) return static_cast<field>(i);
  return std::nullopt;
}

struct field_set {
  std::uint32_t bits = 0;

  constexpr field_set() = default;
  template <std::same_as<field>... F>
  constexpr field_set(F... fields) noexcept : bits(((1U << static_cast<unsigned>(fields)) | ... | 0U)) {}

  constexpr bool has(field f) const noexcept { return (bits >> static_cast<unsigned>(f)) & 1U; }
  constexpr bool operator==(const field_set&) const = default;
};

// What a term without a field name is compared with.
inline constexpr field_set bare_fields{field::client_name, field::connection, field::description, field::ip,
                                       field::log_id,      field::type,       field::user_name};

// Anything that can be searched: the text of a field, empty where the record does not carry it.
template <class R>
concept record_like = requires(const R& record, field f) {
  { record.get(f) } -> std::convertible_to<std::string_view>;
};

}  // namespace startgate::log
