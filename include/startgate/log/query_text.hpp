// The characters of a search: words, quotes, escapes and operators, and the place of the first fault.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <startgate/log/pattern.hpp>
#include <startgate/log/query.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace startgate::log::detail {

// Characters, not bytes, of UTF-8: continuation bytes do not count.
constexpr std::size_t characters(std::string_view text) noexcept {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

// A value as written: the literals between its asterisks, escapes resolved. One literal means that there is no asterisk.
struct query_word {
  std::size_t start = 0;
  bool quoted = false;
  std::vector<std::string> literals{1};

  bool has_wildcard() const noexcept { return literals.size() > 1; }
  bool is_asterisk() const noexcept {
    return has_wildcard() && std::all_of(literals.begin(), literals.end(), [](const std::string& s) { return s.empty(); });
  }
  const std::string& text() const noexcept { return literals.front(); }

  pattern as_pattern(bool contained) const {
    std::vector<std::string> kept;
    for (const std::string& literal : literals)
      if (!literal.empty()) kept.push_back(literal);
    return {std::move(kept), contained || literals.front().empty(), contained || literals.back().empty()};
  }
};

class query_reader {
 public:
  explicit query_reader(std::string_view text) : text_(text) {}

  bool done() const noexcept { return at_ == text_.size(); }
  char peek() const noexcept { return text_[at_]; }
  std::size_t position() const noexcept { return at_; }
  bool starts_with(std::string_view wanted) const noexcept { return text_.substr(at_).starts_with(wanted); }
  void skip(std::size_t n) noexcept { at_ = std::min(at_ + n, text_.size()); }
  void skip_blanks() noexcept {
    while (!done() && is_blank(peek())) ++at_;
  }

  std::nullopt_t fail(std::string message) { return fail_at(at_, std::move(message)); }
  std::nullopt_t fail_at(std::size_t at, std::string message) {
    if (error_.message.empty()) error_ = {characters(text_.substr(0, at)), std::move(message)};
    return std::nullopt;
  }
  query_error error() const { return error_; }

  // A whole word in capitals: `ANDROID` is no operator.
  bool at_operator(std::string_view name) const noexcept {
    if (!starts_with(name)) return false;
    const std::size_t end = at_ + name.size();
    return end == text_.size() || is_blank(text_[end]) || text_[end] == '(' || text_[end] == ')' || text_[end] == '"';
  }

  bool take_operator(std::string_view name) noexcept {
    skip_blanks();
    if (!at_operator(name)) return false;
    skip(name.size());
    skip_blanks();
    return true;
  }

  // What stands before a colon and looks like a name; empty where the next thing is a value.
  std::string_view field_name() const noexcept {
    std::size_t end = at_;
    while (end < text_.size() && is_name_character(text_[end])) ++end;
    const bool named = end > at_ && end < text_.size() && text_[end] == ':' && !(text_[at_] >= '0' && text_[at_] <= '9');
    return named ? text_.substr(at_, end - at_) : std::string_view{};
  }

  std::optional<query_word> word(bool in_range = false) {
    query_word found;
    found.start = at_;
    found.quoted = peek() == '"';
    if (!(found.quoted ? phrase(found) : plain(found, in_range))) return std::nullopt;
    if (found.literals.size() == 1 && found.text().empty()) return fail_at(found.start, "an empty value matches nothing");
    skip_blanks();
    return found;
  }

 private:
  static constexpr bool is_blank(char c) noexcept { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
  static constexpr bool is_name_character(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '$';
  }

  bool escaped(query_word& into) {
    if (++at_ == text_.size()) return fail_at(at_ - 1, "a backslash needs a character after it"), false;
    into.literals.back() += text_[at_++];
    return true;
  }

  bool phrase(query_word& into) {
    for (++at_; !done() && peek() != '"';) {
      if (peek() != '\\')
        into.literals.back() += text_[at_++];
      else if (!escaped(into))
        return false;
    }
    if (done()) return fail_at(into.start, "this quote is never closed"), false;
    ++at_;
    if (done() || is_blank(peek()) || std::string_view{")]}"}.find(peek()) != std::string_view::npos) return true;
    return fail("expected a blank after the closing quote"), false;
  }

  bool plain(query_word& into, bool in_range) {
    if (starts_with("&&") || starts_with("||") || std::string_view{"+-!"}.find(peek()) != std::string_view::npos)
      if (const char before = at_ == 0 ? ' ' : text_[at_ - 1]; before != ':' && !in_range)
        return fail("write AND, OR or NOT; put the word in quotes if it is a value"), false;
    while (!done() && !is_blank(peek()) && peek() != '(' && peek() != ')') {
      const char c = peek();
      if (in_range && (c == ']' || c == '}')) return true;
      if (c == '\\') {
        if (!escaped(into)) return false;
      } else if (c == '*') {
        into.literals.emplace_back();
        ++at_;
      } else if (!special(c)) {
        into.literals.back() += text_[at_++];
      } else {
        return fail(c == '?' ? "the question mark is not supported as a wildcard; escape it with a backslash if it is meant"
                             : std::string("`") + c + "` has a meaning here; put the value in quotes or a backslash before it"),
               false;
      }
    }
    return true;
  }

  static constexpr bool special(char c) noexcept { return std::string_view{"?\"[]{}^~"}.find(c) != std::string_view::npos; }

  std::string_view text_;
  std::size_t at_ = 0;
  query_error error_;
};

}  // namespace startgate::log::detail
