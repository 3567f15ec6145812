// JSON text as a tree with line numbers: the one parser border. Duplicate members (also by an escaped spelling), NUL bytes,
// invalid UTF-8, halves of characters and deep nesting are decided here, once, for request bodies, assertions, policies and
// exports alike.
#pragma once

#include <startgate/json/scanner.hpp>
#include <startgate/result.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace startgate::json {

enum class kind : std::uint8_t { null, boolean, integer, number, string, array, object };

struct node {
  kind type = kind::null;
  bool flag = false;              // boolean
  std::int64_t integer = 0;       // integer: within int64, written without fraction or exponent
  double number = 0;              // integer and number
  std::uint32_t line = 1;         // where the value ends
  std::string text;               // string
  std::vector<node> items;        // array: elements; object: values
  std::vector<std::string> keys;  // object: names, in step with items
  std::string_view source;        // array and object: its own piece of the text that was parsed

  bool is(kind k) const noexcept { return type == k; }

  // The member of that name; null where this is no object or has none.
  const node* find(std::string_view name) const noexcept {
    for (std::size_t i = 0; i < keys.size(); ++i)
      if (keys[i] == name) return &items[i];
    return nullptr;
  }
};

enum class fault : std::uint8_t { malformed, duplicate_member, too_deep };

struct parse_error {
  fault what;
  std::uint32_t line;
  std::string member;  // duplicate_member: the name
};

struct parse_limits {
  std::size_t max_depth = 16;
  bool refuse_duplicates = true;
  bool any_text = false;  // strings as they come: bytes that are no UTF-8 stay, half of a surrogate pair becomes U+FFFD
};

namespace detail {

// A lone half of a surrogate pair (RFC 8259 section 8.2), which one reader replaces and the next one drops. `raw` is well-formed.
inline bool has_lone_surrogate(std::string_view raw) noexcept {
  const auto unit_at = [raw](std::size_t at) {  // of `\uXXXX`, with the backslash at `at`; 0 for anything else
    unsigned value = 0;
    if (raw.substr(at, 2) == "\\u") std::from_chars(raw.data() + at + 2, raw.data() + at + 6, value, 16);
    return value;
  };
  for (std::size_t at = raw.find('\\'); at != std::string_view::npos; at = raw.find('\\', at + 2)) {
    const unsigned unit = unit_at(at);
    if (unit < 0xD800 || unit > 0xDFFF) continue;
    const unsigned next = unit_at(at + 6);
    if (unit > 0xDBFF || next < 0xDC00 || next > 0xDFFF) return true;
    at += 6;
  }
  return false;
}

class tree_builder {
 public:
  tree_builder(std::string_view text, parse_limits limits) noexcept
      : scan_(text, limits.any_text), counted_(text.data()), limits_(limits) {}

  // One value and nothing behind it.
  bool whole(node& out, const char* end) {
    if (!value(out, 0)) return fail(fault::malformed);
    return (scan_.peek() == '\0' && scan_.position() == end) || fail(fault::malformed);
  }

  std::optional<json::parse_error> error;

 private:
  bool fail(fault what, std::string member = {}) {
    if (!error) error = json::parse_error{what, line(), std::move(member)};
    return false;
  }

  bool value(node& out, std::size_t depth) {
    switch (scan_.peek()) {
      case '{': return container(out, kind::object, depth);
      case '[': return container(out, kind::array, depth);
      case '"':
        out.type = kind::string;
        if (!text(out.text)) return false;
        break;
      default:
        if (!plain(out)) return false;
    }
    out.line = line();
    return true;
  }

  bool container(node& out, kind type, std::size_t depth) {
    if (depth >= limits_.max_depth) return fail(fault::too_deep);
    out.type = type;
    out.line = line();
    const char* const begin = scan_.position();
    const bool read = type == kind::array ? scan_.array(0, [&] { return value(out.items.emplace_back(), depth + 1); })
                                          : scan_.object(0, [&](const raw_string& name) { return member(out, name, depth); });
    out.source = {begin, static_cast<std::size_t>(scan_.position() - begin)};
    return read;
  }

  bool member(node& out, const raw_string& name, std::size_t depth) {
    std::string& key = out.keys.emplace_back();
    if (!unescape(name, key)) return false;
    if (limits_.refuse_duplicates && std::find(out.keys.begin(), out.keys.end() - 1, key) != out.keys.end() - 1)
      return fail(fault::duplicate_member, std::move(key));
    return value(out.items.emplace_back(), depth + 1);
  }

  bool text(std::string& out) {
    raw_string found;
    return scan_.string(found) && unescape(found, out);
  }

  bool unescape(const raw_string& from, std::string& out) {
    out.assign(from.raw);
    if (from.plain) return true;
    if (!limits_.any_text && has_lone_surrogate(from.raw)) return false;
    out.resize(unescaper::write(from.raw, out.data()).size());
    return true;
  }

  // true, false, null or a number.
  bool plain(node& out) {
    const char* const begin = scan_.position();
    if (!scan_.value()) return false;
    const std::string_view found(begin, static_cast<std::size_t>(scan_.position() - begin));
    if (found == "null") return true;
    out.type = kind::boolean;
    out.flag = found == "true";
    return out.flag || found == "false" || number(out, found);
  }

  static bool number(node& out, std::string_view digits) {
    const char* const end = digits.data() + digits.size();
    if (digits.find_first_of(".eE") == std::string_view::npos &&
        std::from_chars(digits.data(), end, out.integer).ec == std::errc{}) {
      out.type = kind::integer;
      out.number = static_cast<double>(out.integer);
      return true;
    }
    out.type = kind::number;
    const bool in_range = std::from_chars(digits.data(), end, out.number).ec == std::errc{};
    return in_range || digits.find("e-") != std::string_view::npos ||
           digits.find("E-") != std::string_view::npos;  // 0 is near enough
  }

  std::uint32_t line() noexcept {
    for (; counted_ < scan_.position(); ++counted_) line_ += *counted_ == '\n';
    return line_;
  }

  scanner scan_;
  const char* counted_;
  parse_limits limits_;
  std::uint32_t line_ = 1;
};

}  // namespace detail

// Strict RFC 8259 with one exception in each direction: duplicate names are refused, and a leading byte order mark is skipped.
inline result<node, parse_error> parse(std::string_view text, parse_limits limits = {}) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  detail::tree_builder builder(text, limits);
  node root;
  if (!builder.whole(root, text.data() + text.size())) return unexpected{std::move(*builder.error)};
  return root;
}

}  // namespace startgate::json
