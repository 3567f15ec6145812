// A tenant log search, ready to be held against records. The language and its quirks are described in query_parser.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <startgate/instant.hpp>
#include <startgate/log/date.hpp>
#include <startgate/log/field.hpp>
#include <startgate/log/pattern.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace startgate::log {

// Where the query stops making sense: characters (not bytes) before the fault, and one sentence.
struct query_error {
  std::size_t position = 0;
  std::string message;
};

enum class deployment : std::uint8_t { public_cloud, private_cloud };

// Bounds compared by bytes: fields are not tokenised and carry no type but `date`. A missing bound is an asterisk.
struct text_range {
  std::optional<std::string> low, high;
  bool low_included = true, high_included = true;

  bool matches(std::string_view text) const noexcept {
    if (low && (low_included ? text < *low : text <= *low)) return false;
    return !high || (high_included ? text <= *high : text < *high);
  }
};

// One comparison: any of the fields holds a non-empty value that passes the test.
struct term {
  field_set fields;
  std::variant<std::string, pattern, text_range, date_span> test;

  bool passes(std::string_view text) const noexcept {
    if (const auto* exact = std::get_if<std::string>(&test)) return text == *exact;
    if (const auto* wild = std::get_if<pattern>(&test)) return wild->matches(text);
    if (const auto* range = std::get_if<text_range>(&test)) return range->matches(text);
    const auto when = parse_date(text);
    return when && std::get_if<date_span>(&test)->contains(when->begin);
  }

  template <record_like R>
  bool matches(const R& record) const noexcept {
    for (std::size_t i = 0; i < field_names.size(); ++i) {
      if (!fields.has(static_cast<field>(i))) continue;
      const std::string_view text = record.get(static_cast<field>(i));
      if (!text.empty() && passes(text)) return true;
    }
    return false;
  }
};

struct expression {
  enum class kind : std::uint8_t { everything, term, all_of, any_of, none_of } what = kind::everything;
  std::vector<expression> parts;
  std::optional<log::term> compare;

  template <record_like R>
  bool matches(const R& record) const noexcept {
    switch (what) {
      case kind::everything: return true;
      case kind::term: return compare->matches(record);
      case kind::all_of:
        for (const expression& part : parts)
          if (!part.matches(record)) return false;
        return true;
      case kind::any_of:
        for (const expression& part : parts)
          if (part.matches(record)) return true;
        return false;
      case kind::none_of:
        for (const expression& part : parts)
          if (part.matches(record)) return false;
        return true;
    }
    return false;
  }
};

class query {
 public:
  query() = default;  // matches every record, as the API without `q` lists every record
  explicit query(expression root) : root_(std::move(root)) {}

  // No allocation: the record's text is only looked at.
  template <record_like R>
  bool matches(const R& record) const noexcept {
    return root_.matches(record);
  }

  const expression& root() const noexcept { return root_; }

 private:
  expression root_;
};

}  // namespace startgate::log
