// Reads a configuration object member by member and keeps the first complaint, with the member's path and line. Reading goes on
// after a complaint (with the fallback), so that readers need no early returns; whoever started asks `problems` at the end.
#pragma once

#include <startgate/instant.hpp>
#include <startgate/json/document.hpp>

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace startgate::json {

struct problem {
  std::uint32_t line;
  std::string member;  // path, as in `limits.start_per_address.count`; empty for the whole document
  std::string text;    // what is wrong and what was expected

  // One line: `policy.json:12: limits.start_per_address.count: expected a whole number from 1`
  std::string describe(std::string_view file) const {
    std::string out(file);
    out += ':' + std::to_string(line) + ": ";
    if (!member.empty()) out += member + ": ";
    out += text;
    std::replace_if(
        out.begin(), out.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, '?');
    return out;  // one line, whatever stands in a value that it names
  }
};

class problems {
 public:
  void add(std::uint32_t line, std::string member, std::string text) {
    if (!first_) first_ = problem{line, std::move(member), std::move(text)};
  }
  const std::optional<problem>& first() const noexcept { return first_; }

 private:
  std::optional<problem> first_;
};

// Without the zeros that nobody needs, for error texts.
inline std::string print_number(double value) {
  std::string out = std::to_string(value);
  out.erase(out.find_last_not_of('0') + 1);
  if (out.back() == '.') out.pop_back();
  return out;
}

// `a`, `b` or `c`: for error texts.
inline std::string one_of(const std::vector<std::string_view>& words) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) out += i + 1 == words.size() ? " or " : ", ";
    out += '`' + std::string(words[i]) + '`';
  }
  return out;
}

class object_reader {
 public:
  object_reader(const node& object, std::string path, problems& found)
      : object_(object), path_(std::move(path)), problems_(found) {
    if (!object.is(kind::object)) complain(object, {}, "expected an object");
  }

  // The member, or null where it is absent or the literal null: both mean "not stated".
  const node* member(std::string_view name) {
    know(name);
    const node* found = object_.find(name);
    return found && !found->is(kind::null) ? found : nullptr;
  }
  // Present as null, which some members distinguish from absent: "switch this off".
  bool is_null(std::string_view name) {
    know(name);
    const node* found = object_.find(name);
    return found && found->is(kind::null);
  }

  std::optional<std::string> text(std::string_view name) {
    const node* n = typed(name, kind::string, "expected a string");
    return n ? std::optional(n->text) : std::nullopt;
  }
  std::optional<bool> boolean(std::string_view name) {
    const node* n = typed(name, kind::boolean, "expected true or false");
    return n ? std::optional(n->flag) : std::nullopt;
  }
  std::optional<std::int64_t> whole(std::string_view name, std::int64_t least, std::int64_t most) {
    const std::string wanted = "expected a whole number from " + std::to_string(least) + " to " + std::to_string(most);
    const node* n = typed(name, kind::integer, wanted);
    if (n && (n->integer < least || n->integer > most)) {
      complain(*n, name, wanted);
      return std::nullopt;
    }
    return n ? std::optional(n->integer) : std::nullopt;
  }
  std::optional<double> number(std::string_view name, double least, double most) {
    const node* n = member(name);
    if (!n) return std::nullopt;
    if ((!n->is(kind::integer) && !n->is(kind::number)) || !(n->number >= least && n->number <= most)) {
      complain(*n, name, "expected a number from " + print_number(least) + " to " + print_number(most));
      return std::nullopt;
    }
    return n->number;
  }
  std::optional<instant> moment(std::string_view name) {
    const node* n = typed(name, kind::string, "expected a date and time such as `2026-12-01T10:00:00Z`");
    if (!n) return std::nullopt;
    const auto at = parse_instant(n->text);
    if (!at) complain(*n, name, "expected a date and time such as `2026-12-01T10:00:00Z`");
    return at;
  }
  // `words` pairs each accepted word with its value.
  template <class T>
  std::optional<T> word(std::string_view name, std::initializer_list<std::pair<std::string_view, T>> words) {
    const node* n = member(name);
    if (!n) return std::nullopt;
    if (n->is(kind::string))
      for (const auto& [spelling, value] : words)
        if (spelling == n->text) return value;
    std::vector<std::string_view> spellings;
    for (const auto& w : words) spellings.push_back(w.first);
    complain(*n, name, "expected " + one_of(spellings));
    return std::nullopt;
  }
  std::vector<std::string> texts(std::string_view name) {
    std::vector<std::string> out;
    for (const node* n : elements(name)) {
      if (n->is(kind::string))
        out.push_back(n->text);
      else
        complain(*n, name, "expected an array of strings");
    }
    return out;
  }
  std::vector<const node*> elements(std::string_view name) {
    std::vector<const node*> out;
    if (const node* n = typed(name, kind::array, "expected an array"))
      for (const node& item : n->items) out.push_back(&item);
    return out;
  }

  // Members that nobody asked for are mistakes in a file of ours (in an export they are simply not ours to read).
  void refuse_unknown_members() {
    for (std::size_t i = 0; i < object_.keys.size(); ++i) {
      const std::string& key = object_.keys[i];
      if (std::find(known_.begin(), known_.end(), key) == known_.end())
        complain(object_.items[i], key, "unknown member; expected " + one_of(known_));
    }
  }

  void complain(const node& at, std::string_view name, std::string text) {
    problems_.add(at.line, path_of(name), std::move(text));
  }
  // On the member's own line where it stands, otherwise on that of the object that lacks it.
  void complain(std::string_view name, std::string text) {
    const node* n = object_.find(name);
    complain(n ? *n : object_, name, std::move(text));
  }
  void problems_at(std::uint32_t line, std::string_view name, std::string text) {
    problems_.add(line, path_of(name), std::move(text));
  }
  std::string path_of(std::string_view name) const {
    if (path_.empty() || name.empty()) return path_ + std::string(name);
    return path_ + '.' + std::string(name);
  }
  problems& found() noexcept { return problems_; }
  const node& object() const noexcept { return object_; }

 private:
  void know(std::string_view name) {
    if (std::find(known_.begin(), known_.end(), name) == known_.end()) known_.push_back(name);
  }

  const node* typed(std::string_view name, kind wanted, const std::string& text) {
    const node* n = member(name);
    if (n && !n->is(wanted)) {
      complain(*n, name, text);
      return nullptr;
    }
    return n;
  }

  const node& object_;
  std::string path_;
  problems& problems_;
  std::vector<std::string_view> known_;
};

namespace detail {

// A nested object: calls `read` with its reader where it is there, and refuses members that `read` did not ask for.
template <class Read>
void nested(object_reader& parent, std::string_view name, Read read) {
  const node* n = parent.member(name);
  if (!n) return;
  object_reader inner(*n, parent.path_of(name), parent.found());
  read(inner);
  if (n->is(kind::object)) inner.refuse_unknown_members();
}

template <class T>
void assign(std::optional<T> value, T& to) {
  if (value) to = std::move(*value);
}

inline constexpr std::int64_t most_seconds = 366LL * 86'400;

}  // namespace detail

// The document, or the problem that keeps it from being one.
inline result<node, problem> parse_file(std::string_view text, std::size_t max_depth = 64) {
  auto parsed = parse(text, {max_depth});
  if (parsed) return std::move(*parsed);
  switch (parsed.error().what) {
    case fault::duplicate_member:
      return unexpected{problem{parsed.error().line, parsed.error().member, "this member stands twice"}};
    case fault::too_deep: return unexpected{problem{parsed.error().line, {}, "nested too deeply"}};
    case fault::malformed: break;
  }
  return unexpected{problem{parsed.error().line, {}, "not valid JSON in UTF-8"}};
}

}  // namespace startgate::json
