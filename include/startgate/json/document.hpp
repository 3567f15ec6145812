// JSON text as a tree with line numbers: the one parser border. Duplicate members (also by an escaped spelling), NUL bytes, invalid
// UTF-8 and deep nesting are decided here, once, for request bodies, assertions, policies and exports alike.
#pragma once

#include <startgate/result.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace startgate::json {

enum class kind : std::uint8_t { null, boolean, integer, number, string, array, object };

struct node {
  kind type = kind::null;
  bool flag = false;             // boolean
  std::int64_t integer = 0;      // integer: within int64, written without fraction or exponent
  double number = 0;             // integer and number
  std::uint32_t line = 1;        // where the value ends
  std::string text;              // string
  std::vector<node> items;       // array: elements; object: values
  std::vector<std::string> keys; // object: names, in step with items
  std::string_view source;       // array and object: its own piece of the text that was parsed

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
};

namespace detail {

// Tells the handler how far the lexer has read, which nlohmann's SAX interface does not.
class tracking_iterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  tracking_iterator(const char* at, const char** reached) noexcept : at_(at), reached_(reached) {}
  reference operator*() const noexcept { return *at_; }
  tracking_iterator& operator++() noexcept {
    *reached_ = ++at_;
    return *this;
  }
  bool operator==(const tracking_iterator& other) const noexcept { return at_ == other.at_; }
  bool operator!=(const tracking_iterator& other) const noexcept { return at_ != other.at_; }

 private:
  const char* at_;
  const char** reached_;
};

class tree_builder : public nlohmann::json_sax<nlohmann::json> {
 public:
  tree_builder(const char* begin, const char* const* reached, parse_limits limits) noexcept
      : counted_(begin), reached_(reached), limits_(limits) {}

  bool null() override { return add({}); }
  bool boolean(bool value) override {
    node n;
    n.type = kind::boolean;
    n.flag = value;
    return add(std::move(n));
  }
  bool number_integer(number_integer_t value) override { return add_integer(value); }
  bool number_unsigned(number_unsigned_t value) override {
    return value <= INT64_MAX ? add_integer(static_cast<std::int64_t>(value)) : add_number(static_cast<double>(value));
  }
  bool number_float(number_float_t value, const string_t&) override { return add_number(value); }
  bool string(string_t& value) override {
    node n;
    n.type = kind::string;
    n.text = std::move(value);
    return add(std::move(n));
  }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open(kind::object); }
  bool start_array(std::size_t) override { return open(kind::array); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(string_t& name) override {
    node& object = open_.back();
    if (limits_.refuse_duplicates && std::find(object.keys.begin(), object.keys.end(), name) != object.keys.end())
      return fail({fault::duplicate_member, line(), std::move(name)});
    object.keys.push_back(std::move(name));
    return true;
  }

  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
    return fail({fault::malformed, line(), {}});
  }

  std::optional<json::parse_error> error;
  node root;

 private:
  bool fail(json::parse_error e) {
    if (!error) error = std::move(e);
    return false;
  }

  bool add_integer(std::int64_t value) {
    node n;
    n.type = kind::integer;
    n.integer = value;
    n.number = static_cast<double>(value);
    return add(std::move(n), 1);
  }
  bool add_number(double value) {
    node n;
    n.type = kind::number;
    n.number = value;
    return add(std::move(n), 1);
  }

  // `lookahead`: characters that the lexer has read past the value (a number ends only at the next character).
  bool add(node n, std::ptrdiff_t lookahead = 0) {
    n.line = line(lookahead);
    (open_.empty() ? root : open_.back().items.emplace_back()) = std::move(n);
    return true;
  }
  bool open(kind type) {
    if (open_.size() >= limits_.max_depth) return fail({fault::too_deep, line(), {}});
    node n;
    n.type = type;
    n.line = line();
    n.source = {*reached_ - 1, 1};
    open_.push_back(std::move(n));
    return true;
  }
  bool close() {
    node done = std::move(open_.back());
    open_.pop_back();
    done.source = {done.source.data(), static_cast<std::size_t>(*reached_ - done.source.data())};
    (open_.empty() ? root : open_.back().items.emplace_back()) = std::move(done);
    return true;
  }
  std::uint32_t line(std::ptrdiff_t lookahead = 0) {
    const char* const until = *reached_ - lookahead;
    for (; counted_ < until; ++counted_) line_ += *counted_ == '\n';
    return line_;
  }

  const char* counted_;
  const char* const* reached_;
  parse_limits limits_;
  std::uint32_t line_ = 1;
  std::vector<node> open_;
};

}  // namespace detail

// Strict RFC 8259 with one exception in each direction: duplicate names are refused, and a leading byte order mark is skipped.
inline result<node, parse_error> parse(std::string_view text, parse_limits limits = {}) {
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  // nlohmann's lexer takes a NUL byte for the end of input, which would hide whatever follows it.
  if (const auto nul = text.find('\0'); nul != std::string_view::npos)
    return unexpected{parse_error{fault::malformed, static_cast<std::uint32_t>(1 + std::count(begin, begin + nul, '\n')), {}}};

  const char* reached = begin;
  detail::tree_builder builder(begin, &reached, limits);
  const bool whole =
      nlohmann::json::sax_parse(detail::tracking_iterator(begin, &reached), detail::tracking_iterator(end, &reached), &builder);
  if (builder.error) return unexpected{std::move(*builder.error)};
  if (!whole) return unexpected{parse_error{fault::malformed, 1, {}}};
  return std::move(builder.root);
}

}  // namespace startgate::json
