// JSON (RFC 8259) read in place, once, for bulk: every byte is checked, nothing is copied and no tree is built. Whoever reads an
// object is called with each member's key and must consume its value. Input that ends early is told apart from input that is
// wrong, so that a reader of files can wait for the next chunk.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <startgate/detail/utf8.hpp>
#include <string_view>

namespace startgate::json {

// A string between its quotes: `raw` still holds its escapes unless it is plain.
struct raw_string {
  std::string_view raw;
  bool plain = true;
};

class scanner {
 public:
  static constexpr int max_depth = 64;

  // `any_bytes`: strings need not be UTF-8, for lines that carry what somebody sent.
  explicit scanner(std::string_view input, bool any_bytes = false) noexcept
      : at_(input.data()), end_(input.data() + input.size()), any_bytes_(any_bytes) {}

  const char* position() const noexcept { return at_; }
  bool ended_early() const noexcept { return expected_ == nullptr; }  // after a failure: the input stopped, it is not wrong
  const char* expected() const noexcept { return expected_; }

  // The first byte of the next token, or 0 at the end of the input.
  char peek() noexcept {
    while (at_ != end_ && is_blank(*at_)) ++at_;
    return at_ == end_ ? '\0' : *at_;
  }

  bool string(raw_string& out) noexcept {
    if (peek() != '"') return fail("a string");
    const char* const begin = ++at_;
    std::uint8_t seen = 0;
    for (out.plain = true;;) {
      skip_plain(seen);
      if (at_ == end_) return fail(nullptr);
      const auto c = static_cast<std::uint8_t>(*at_);
      if (c == '"') break;
      if (c < 0x20) return fail("the rest of the string");
      if (c != '\\') {
        seen |= c;
        ++at_;
      } else if (out.plain = false; !escape()) {
        return false;
      }
    }
    out.raw = {begin, static_cast<std::size_t>(at_ - begin)};
    if (seen >= 0x80 && !any_bytes_ && !is_utf8(out.raw)) return fail("UTF-8");
    ++at_;
    return true;
  }

  // Any value, skipped.
  bool value(int depth = 0) noexcept {
    raw_string text;
    switch (peek()) {
      case '"': return string(text);
      case '{': return object(depth, [this, depth](const raw_string&) { return value(depth + 1); });
      case '[': return array(depth, [this, depth] { return value(depth + 1); });
      case 't': return word("true");
      case 'f': return word("false");
      case 'n': return word("null");
      default: return number();
    }
  }

  // `on_member(key)` stands before the value and must consume it.
  template <class OnMember>
  bool object(int depth, OnMember on_member) noexcept {
    if (depth >= max_depth) return fail("at most 64 levels");
    if (peek() != '{') return fail("an object");
    ++at_;
    if (peek() == '}') return ++at_, true;
    for (raw_string key;;) {
      if (peek() != '"') return fail("a member name");
      if (!string(key)) return false;
      if (peek() != ':') return fail("`:`");
      ++at_;
      if (!on_member(key)) return false;
      const char next = peek();
      if (next != ',' && next != '}') return fail("`,` or `}`");
      ++at_;
      if (next == '}') return true;
    }
  }

  template <class OnElement>
  bool array(int depth, OnElement on_element) noexcept {
    if (depth >= max_depth) return fail("at most 64 levels");
    if (peek() != '[') return fail("an array");
    ++at_;
    if (peek() == ']') return ++at_, true;
    for (;;) {
      if (!on_element()) return false;
      const char next = peek();
      if (next != ',' && next != ']') return fail("`,` or `]`");
      ++at_;
      if (next == ']') return true;
    }
  }

 private:
  static constexpr bool is_blank(char c) noexcept { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }
  static constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
  static constexpr bool is_hex(char c) noexcept { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

  static bool is_utf8(std::string_view text) noexcept {
    while (!text.empty())
      if (!startgate::detail::take_code_point(text)) return false;
    return true;
  }

  bool fail(const char* expected) noexcept {
    expected_ = at_ == end_ ? nullptr : expected;
    return false;
  }

  // Eight bytes at a time up to the first that ends the string, escapes or is a control character.
  void skip_plain(std::uint8_t& seen) noexcept {
    constexpr std::uint64_t ones = 0x0101010101010101, highs = 0x8080808080808080;
    const auto has_zero = [](std::uint64_t w) { return (w - ones) & ~w & highs; };
    while (end_ - at_ >= 8) {
      std::uint64_t w;
      std::memcpy(&w, at_, 8);
      const std::uint64_t control = (w - ones * 0x20) & ~w & highs;
      const std::uint64_t special = has_zero(w ^ (ones * '"')) | has_zero(w ^ (ones * '\\')) | control;
      if (w & highs) seen = 0x80;
      if (special != 0) {
        // A borrow may mark bytes above the first one that is meant, never below it.
        if constexpr (std::endian::native == std::endian::little) at_ += std::countr_zero(special) / 8;
        return;
      }
      at_ += 8;
    }
  }

  bool escape() noexcept {
    ++at_;
    if (at_ == end_) return fail(nullptr);
    const char c = *at_++;
    if (c != 'u') return std::string_view{"\"\\/bfnrt"}.find(c) != std::string_view::npos || (--at_, fail("an escape sequence"));
    for (int i = 0; i < 4; ++i, ++at_)
      if (at_ == end_ || !is_hex(*at_)) return fail("four hexadecimal digits");
    return true;
  }

  bool word(std::string_view wanted) noexcept {
    for (const char c : wanted) {
      if (at_ == end_ || *at_ != c) return fail("true, false or null");
      ++at_;
    }
    return true;
  }

  bool digits() noexcept {
    if (at_ == end_ || !is_digit(*at_)) return fail("a digit");
    while (at_ != end_ && is_digit(*at_)) ++at_;
    return true;
  }

  bool number() noexcept {
    if (at_ == end_ || (*at_ != '-' && !is_digit(*at_))) return fail("a value");
    if (*at_ == '-') ++at_;
    if (at_ != end_ && *at_ == '0')
      ++at_;
    else if (!digits())
      return false;
    if (at_ != end_ && *at_ == '.' && (++at_, !digits())) return false;
    if (at_ == end_ || (*at_ != 'e' && *at_ != 'E')) return true;
    if (++at_; at_ != end_ && (*at_ == '+' || *at_ == '-')) ++at_;
    return digits();
  }

  const char* at_;
  const char* end_;
  bool any_bytes_;
  const char* expected_ = nullptr;
};

// The text of a string: `raw` itself where it is plain, else written to `out`, which must have room for raw.size() bytes. Half of
// a surrogate pair is no character and becomes U+FFFD.
class unescaper {
 public:
  static std::string_view write(std::string_view raw, char* out) noexcept {
    unescaper u{raw, out};
    while (u.at_ < raw.size()) u.step();
    return {out, static_cast<std::size_t>(u.to_ - out)};
  }

 private:
  unescaper(std::string_view raw, char* out) noexcept : raw_(raw), to_(out) {}

  void step() noexcept {
    const char c = raw_[at_++];
    if (c != '\\') {
      *to_++ = c;
      return;
    }
    switch (const char e = raw_[at_++]) {
      case 'b': *to_++ = '\b'; return;
      case 'f': *to_++ = '\f'; return;
      case 'n': *to_++ = '\n'; return;
      case 'r': *to_++ = '\r'; return;
      case 't': *to_++ = '\t'; return;
      case 'u': return code_point();
      default: *to_++ = e;
    }
  }

  std::uint32_t hex4() noexcept {
    std::uint32_t value = 0;
    for (int i = 0; i < 4; ++i) {
      const char c = raw_[at_++];
      value = value * 16 + static_cast<std::uint32_t>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    return value;
  }

  void code_point() noexcept {
    std::uint32_t point = hex4();
    if (point >= 0xD800 && point < 0xDC00 && raw_.substr(at_).starts_with("\\u")) {
      const std::size_t before = at_;
      at_ += 2;
      const std::uint32_t low = hex4();
      if (low >= 0xDC00 && low < 0xE000)
        point = 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00);
      else
        at_ = before;
    }
    if (point >= 0xD800 && point < 0xE000) point = 0xFFFD;
    encode(point);
  }

  void encode(std::uint32_t point) noexcept {
    const auto tail = [&](int shift) { *to_++ = static_cast<char>(0x80 | ((point >> shift) & 0x3F)); };
    if (point < 0x80) {
      *to_++ = static_cast<char>(point);
    } else if (point < 0x800) {
      *to_++ = static_cast<char>(0xC0 | (point >> 6));
      tail(0);
    } else if (point < 0x10000) {
      *to_++ = static_cast<char>(0xE0 | (point >> 12));
      tail(6), tail(0);
    } else {
      *to_++ = static_cast<char>(0xF0 | (point >> 18));
      tail(12), tail(6), tail(0);
    }
  }

  std::string_view raw_;
  char* to_;
  std::size_t at_ = 0;
};

}  // namespace startgate::json
