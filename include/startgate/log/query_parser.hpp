// The tenant log search language: the subset of Lucene that the log search page documents.
//
//   query   = any                                          nothing at all matches every record
//   any     = all { [ "OR" ] all }                         side by side is OR, Lucene's default
//   all     = clause { "AND" clause }
//   clause  = [ "NOT" ] ( "(" any ")" | [ field ":" ] value | field ":" "(" any ")" )
//   value   = word | '"' phrase '"' | ( "[" | "{" ) bound "TO" bound ( "]" | "}" )
//
// The quirks, as documented: every comparison is case-sensitive and against the whole value (`description:rule` does not find
// "Create a rule"); `*` stands for any text, `?` is not supported; an asterisk anywhere but at the end needs literals of three
// characters; an unknown field is an error; a word without a field is compared with seven fields only. Settled where the page is
// silent: asterisks in quotes are plain characters; a NOT beside other clauses without an operator excludes, as in Lucene
// (`type:s NOT ip:"203.0.113.9"`); lower-case operators and Lucene's other operators are refused, because they would be taken for
// words. On private cloud only user, connection, application, type and ip can be searched, and a word without quotes is
// contained.
#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <startgate/log/query.hpp>
#include <startgate/log/query_text.hpp>
#include <startgate/result.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace startgate::log::detail {

class query_parser {
 public:
  query_parser(std::string_view text, deployment where)
      : in_(text),
        where_(where),
        bare_(where == deployment::public_cloud ? bare_fields : private_bare_fields),
        defaults_(bare_) {}

  result<query, query_error> parse() {
    in_.skip_blanks();
    if (in_.done()) return query{};
    auto root = any();
    if (root && !in_.done())
      root = in_.fail(in_.peek() == ')' ? "this parenthesis was never opened" : "expected an operator or a term");
    if (!root) return unexpected{in_.error()};
    return query{std::move(*root)};
  }

 private:
  using parsed = std::optional<expression>;
  static constexpr field_set private_bare_fields{field::user_name,   field::user_id, field::connection,
                                                 field::client_name, field::type,    field::ip};
  static constexpr int max_depth = 64;

  static expression combine(expression::kind what, std::vector<expression> parts) {
    if (parts.size() == 1 && what != expression::kind::none_of) return std::move(parts.front());
    return {what, std::move(parts), std::nullopt};
  }

  // Side by side, a clause with NOT excludes from what the others find; next to a written OR it is an alternative like any other.
  parsed any() {
    std::vector<expression> wanted, excluded;
    bool after_or = false, several = false;
    for (;;) {
      auto next = all();
      if (!next) return std::nullopt;
      const bool before_or = in_.take_operator("OR");
      const bool last = !before_or && (in_.done() || in_.peek() == ')');
      several = several || !last;
      const bool excludes = next->what == expression::kind::none_of && several && !after_or && !before_or;
      if (!excludes)
        wanted.push_back(std::move(*next));
      else
        std::move(next->parts.begin(), next->parts.end(), std::back_inserter(excluded));
      if (last) break;
      after_or = before_or;
    }
    if (excluded.empty()) return combine(expression::kind::any_of, std::move(wanted));
    expression rest = combine(expression::kind::none_of, std::move(excluded));
    if (wanted.empty()) return rest;
    std::vector<expression> both;
    both.push_back(combine(expression::kind::any_of, std::move(wanted)));
    both.push_back(std::move(rest));
    return combine(expression::kind::all_of, std::move(both));
  }

  parsed all() {
    std::vector<expression> parts;
    do {
      auto next = clause();
      if (!next) return std::nullopt;
      parts.push_back(std::move(*next));
    } while (in_.take_operator("AND"));
    return combine(expression::kind::all_of, std::move(parts));
  }

  parsed clause() {
    if (in_.take_operator("NOT")) {
      if (++depth_ > max_depth) return in_.fail("nested deeper than 64 levels");
      auto inner = clause();
      --depth_;
      if (!inner) return std::nullopt;
      std::vector<expression> parts;
      parts.push_back(std::move(*inner));
      return combine(expression::kind::none_of, std::move(parts));
    }
    if (in_.done() || in_.peek() == ')') return in_.fail("expected a term here");
    for (const std::string_view op : {"AND", "OR"})
      if (in_.at_operator(op)) return in_.fail(std::string(op) + " needs a term on its left");
    if (in_.peek() == '(') return group(defaults_);
    if (in_.starts_with("*:*")) return in_.skip(3), expression{};
    return fielded();
  }

  parsed group(field_set fields) {
    const std::size_t opened = in_.position();
    if (++depth_ > max_depth) return in_.fail("nested deeper than 64 levels");
    in_.skip(1);
    in_.skip_blanks();
    const field_set outer = std::exchange(defaults_, fields);
    auto inner = any();
    defaults_ = outer;
    --depth_;
    if (!inner) return std::nullopt;
    if (in_.done()) return in_.fail_at(opened, "this parenthesis is never closed");
    in_.skip(1);
    in_.skip_blanks();
    return inner;
  }

  parsed fielded() {
    const std::size_t start = in_.position();
    const std::string_view name = in_.field_name();
    if (name.empty()) return value(defaults_, false);
    const auto fields = fields_named(name);
    if (!fields) return in_.fail_at(start, unknown_field(name));
    in_.skip(name.size() + 1);
    in_.skip_blanks();
    if (in_.done() || in_.peek() == ')') return in_.fail("expected a value after `" + std::string(name) + ":`");
    return in_.peek() == '(' ? group(*fields) : value(*fields, true);
  }

  std::optional<field_set> fields_named(std::string_view name) const {
    if (where_ == deployment::public_cloud) {
      const auto known = field_named(name);
      return known ? std::optional<field_set>{*known} : std::nullopt;
    }
    if (name == "user") return field_set{field::user_name, field::user_id};
    if (name == "application") return field_set{field::client_name};
    if (name == "connection" || name == "type" || name == "ip") return field_set{*field_named(name)};
    return std::nullopt;
  }

  std::string unknown_field(std::string_view name) const {
    if (where_ == deployment::private_cloud)
      return "private cloud cannot search `" + std::string(name) + "`, only user, connection, application, type and ip";
    std::string message = "no field is named `" + std::string(name) + "`";
    if (name.ends_with(".raw")) return message + "; the .raw extension is not supported";
    message += "; searchable are";
    for (const std::string_view known : field_names) (message += known == field_names.front() ? " " : ", ") += known;
    return message + "; put the word in quotes if it is a value";
  }

  parsed value(field_set fields, bool named) {
    const std::size_t start = in_.position();
    const bool bare = fields == bare_;
    if (in_.peek() == '[' || in_.peek() == '{') return bare ? in_.fail("a range needs a field before it") : range(fields);
    const auto word = in_.word();
    if (!word) return std::nullopt;
    if (!named && !word->quoted && (word->text() == "and" || word->text() == "or" || word->text() == "not"))
      return in_.fail_at(start, "operators are written in capitals; put the word in quotes if it is a value");
    if (word->is_asterisk() && bare) return expression{};
    auto test = fields == field_set{field::date} && !word->is_asterisk() ? date_test(*word, start) : text_test(*word, start);
    if (!test) return std::nullopt;
    return expression{expression::kind::term, {}, term{fields, std::move(*test)}};
  }

  using comparison = decltype(term::test);

  std::optional<comparison> date_test(const query_word& word, std::size_t start) {
    const auto when = word.has_wildcard() ? std::nullopt : parse_date(word.text());
    if (!when) return in_.fail_at(start, "a date is YYYY-MM, YYYY-MM-DD or a day with a time, without wildcards"), std::nullopt;
    return *when;
  }

  std::optional<comparison> text_test(const query_word& word, std::size_t start) {
    const bool contained = where_ == deployment::private_cloud && !word.quoted;
    if (!word.has_wildcard() && !contained) return word.text();
    pattern wild = word.as_pattern(contained);
    if (!contained && !wild.is_prefix() && !wild.is_presence())
      for (const std::string& literal : wild.literals())
        if (characters(literal) < 3)
          return in_.fail_at(start, "an asterisk that is not at the end needs literals of at least three characters"),
                 std::nullopt;
    return wild;
  }

  parsed range(field_set fields) {
    const std::size_t start = in_.position();
    const bool low_included = in_.peek() == '[';
    in_.skip(1);
    auto low = bound();
    if (!low) return std::nullopt;
    if (!in_.take_operator("TO")) return in_.fail("expected TO between the two ends of the range");
    auto high = bound();
    if (!high) return std::nullopt;
    if (in_.done() || (in_.peek() != ']' && in_.peek() != '}')) return in_.fail_at(start, "this range is never closed");
    const bool high_included = in_.peek() == ']';
    in_.skip(1);
    in_.skip_blanks();
    if (fields == field_set{field::date}) return date_range(*low, *high, low_included, high_included);
    text_range texts{std::nullopt, std::nullopt, low_included, high_included};
    if (!low->is_asterisk()) texts.low = low->text();
    if (!high->is_asterisk()) texts.high = high->text();
    return expression{expression::kind::term, {}, term{fields, std::move(texts)}};
  }

  std::optional<query_word> bound() {
    in_.skip_blanks();
    const std::size_t start = in_.position();
    if (in_.done() || in_.peek() == ']' || in_.peek() == '}') return in_.fail("expected one end of the range here");
    auto word = in_.word(true);
    if (word && word->has_wildcard() && !word->is_asterisk())
      return in_.fail_at(start, "one end of a range is a value or a lone asterisk");
    return word;
  }

  // An end that names a whole day or month takes all of it in, or leaves all of it out.
  parsed date_range(const query_word& low, const query_word& high, bool low_included, bool high_included) {
    date_span span{0, ~instant{0}};
    if (!low.is_asterisk()) {
      const auto when = date_test(low, low.start);
      if (!when) return std::nullopt;
      span.begin = low_included ? std::get<date_span>(*when).begin : std::get<date_span>(*when).end;
    }
    if (!high.is_asterisk()) {
      const auto when = date_test(high, high.start);
      if (!when) return std::nullopt;
      span.end = high_included ? std::get<date_span>(*when).end : std::get<date_span>(*when).begin;
    }
    return expression{expression::kind::term, {}, term{field::date, span}};
  }

  query_reader in_;
  deployment where_;
  field_set bare_;
  field_set defaults_;
  int depth_ = 0;
};

}  // namespace startgate::log::detail

namespace startgate::log {

inline result<query, query_error> parse_query(std::string_view text, deployment where = deployment::public_cloud) {
  return detail::query_parser{text, where}.parse();
}

}  // namespace startgate::log
