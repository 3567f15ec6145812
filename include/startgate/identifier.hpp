// One normal form per recipient, so that every spelling of an address shares one bucket (CVE-2019-19844, CVE-2026-47203). The message
// still goes to the address as it was given: the form is for counting, never for delivery and never for saying who somebody is.
//
// - Blanks around it and dots at its end are no part of it.
// - Letters are folded as Unicode's compatibility caseless match does (section 3.13, D146): case, ligatures, full width, Kelvin sign,
//   composed and decomposed letters, marks in any order. What shows nothing (zero width, variation selectors) does not count.
// - The dotless i and the i with a dot are an i: databases differ in which of them they take for one.
// - A domain label in Punycode is the label that it stands for; the dots of other scripts are dots (RFC 3490 section 3.1).
//
// Joining two people's addresses costs them a shared budget, keeping two spellings apart costs the budget its meaning: the form joins.
#pragma once

#include <startgate/detail/ascii.hpp>
#include <startgate/detail/fixed_text.hpp>
#include <startgate/detail/fold.hpp>
#include <startgate/detail/punycode.hpp>
#include <startgate/detail/siphash.hpp>
#include <startgate/detail/utf8.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace startgate {

// UTF-8, or 17 bytes of which the first is 0xFF: the digest of a form that is longer. Its key is no secret; whoever found two texts
// with one digest would share a bucket, which naming the same recipient does as well.
using normal_recipient = detail::fixed_text<256>;

namespace detail {

inline constexpr std::size_t most_recipient_bytes = 254;
inline constexpr std::size_t most_normal_bytes = 256;

constexpr bool is_blank(std::uint32_t c) noexcept { return c == ' ' || (c >= '\t' && c <= '\r'); }

class recipient_digest {
 public:
  constexpr explicit recipient_digest(std::uint64_t of_what) noexcept { state_.absorb(of_what); }
  constexpr void absorb(std::uint64_t word) noexcept { state_.absorb(word); }
  constexpr normal_recipient finish() noexcept {
    const hash128 hash = state_.finish(0);
    std::array<char, 17> bytes{'\xFF'};
    for (std::size_t i = 0; i < 16; ++i) bytes[1 + i] = static_cast<char>(hash[i / 8] >> (8 * (i % 8)));
    return normal_recipient(std::string_view(bytes.data(), bytes.size()));
  }

 private:
  siphash state_{{0x7374617274676174ULL, 0x6e6f726d616c2f31ULL}};
};

// Longer than any recipient that a request may name (254 bytes): only blanks, dots and ASCII case are looked at.
constexpr normal_recipient digest_of_bytes(std::string_view text) noexcept {
  recipient_digest digest(1);
  for (const char c : text) digest.absorb(static_cast<unsigned char>(to_lower(c)));
  return digest.finish();
}

// Bytes that are no UTF-8 all count as U+FFFD, the replacement character.
constexpr void fold_text(std::string_view text, folded_points& out) noexcept {
  while (!text.empty()) {
    const auto point = take_code_point(text);
    out.fold(point.value_or(0xFFFD));
    if (!point) text.remove_prefix(1);
  }
}

constexpr bool begins_a_label(const folded_points& in, std::size_t at) noexcept {
  constexpr std::string_view prefix = "xn--";
  if (at + prefix.size() > in.size() || (in[at - 1] != '.' && in[at - 1] != '@')) return false;
  for (std::size_t i = 0; i < prefix.size(); ++i)
    if (in[at + i] != static_cast<unsigned char>(prefix[i])) return false;
  return true;
}

// Where the first label of the domain that is written in Punycode begins; the end where there is none.
constexpr std::size_t first_label(const folded_points& in) noexcept {
  std::size_t at = 0;
  while (at < in.size() && in[at] != '@') ++at;
  while (at < in.size() && (in[at] == '@' || !begins_a_label(in, at))) ++at;
  return at;
}

// `xn--bcher-kva` becomes what `bücher` becomes; a label that is no Punycode stays as it is.
constexpr void expand_labels(const folded_points& in, std::size_t first, folded_points& out) noexcept {
  for (std::size_t at = 0; at < in.size();) {
    label_points label, letters;
    std::size_t end = at;
    if (at >= first && begins_a_label(in, at))
      for (end += 4; end < in.size() && in[end] != '.' && label.size < most_label_points; ++end)
        label.points[label.size++] = in[end];
    const bool ends = end == in.size() || in[end] == '.';
    if (label.size == 0 || !ends || !punycode_decode(label, letters)) {
      out.fold(in[at++]);
      continue;
    }
    for (std::size_t i = 0; i < letters.size; ++i) out.fold(letters.points[i]);
    at = end;
  }
}

// Calls `emit` with each code point of the form: without blanks and dots around, without the dot over an i, U+0345 as the letter that
// it folds to.
template <class Emit>
constexpr void each_point(const folded_points& in, Emit emit) {
  std::size_t first = 0, last = in.size();
  while (first < last && is_blank(in[first])) ++first;
  while (first < last && (is_blank(in[last - 1]) || in[last - 1] == '.')) --last;
  bool after_i = false;
  for (std::size_t i = first; i < last; ++i) {
    if (!in.is_mark(i)) after_i = in[i] == 'i';
    if (after_i && in[i] == 0x307) continue;
    emit(in[i] == 0x345 ? 0x3B9U : in[i]);
  }
}

constexpr fixed_text<4> utf8_of(std::uint32_t point) noexcept {
  const auto tail = [point](unsigned shift) { return static_cast<char>(0x80 | (point >> shift & 0x3F)); };
  std::array<char, 4> bytes{};
  std::size_t size = 0;
  if (point < 0x80) {
    bytes[size++] = static_cast<char>(point);
  } else {
    const unsigned tails = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
    bytes[size++] = static_cast<char>((tails == 1 ? 0xC0 : tails == 2 ? 0xE0 : 0xF0) | point >> (6 * tails));
    for (unsigned i = tails; i-- > 0;) bytes[size++] = tail(6 * i);
  }
  return fixed_text<4>(std::string_view(bytes.data(), size));
}

constexpr normal_recipient text_of(const folded_points& points) noexcept {
  normal_recipient out;
  recipient_digest digest(2);
  std::size_t size = 0;
  each_point(points, [&](std::uint32_t p) {
    const auto bytes = utf8_of(p);
    size += bytes.view().size();
    out.append(bytes);
    digest.absorb(p);
  });
  return size <= most_normal_bytes ? out : digest.finish();
}

constexpr normal_recipient normalise_unicode(std::string_view text) noexcept {
  folded_points folded;
  fold_text(text, folded);
  if (folded.overflowed()) return digest_of_bytes(text);
  const std::size_t first = first_label(folded);
  if (first == folded.size()) return text_of(folded);
  folded_points expanded;
  expand_labels(folded, first, expanded);
  return expanded.overflowed() ? digest_of_bytes(text) : text_of(expanded);
}

// Most recipients are plain ASCII, where lower case is all there is to do. True where this is one. Blocks of 16, so that the compiler
// takes them at once.
constexpr bool lower_ascii(normal_recipient& text) noexcept {
  using words = std::array<std::uint64_t, 2>;
  std::array<std::uint8_t, 16> seen{}, dashes{};
  for (std::size_t block = 0; block < text.view().size(); block += 16) {
    for (std::size_t i = 0; i < 16; ++i) {
      const auto c = static_cast<std::uint8_t>(text.data()[block + i]);
      seen[i] |= c;
      dashes[i] |= c == '-';
      text.data()[block + i] = static_cast<char>(c + (static_cast<std::uint8_t>(c - 'A') < 26 ? 32 : 0));
    }
  }
  const words all = std::bit_cast<words>(seen), dash = std::bit_cast<words>(dashes);
  if (((all[0] | all[1]) & 0x8080808080808080U) != 0) return false;
  return (dash[0] | dash[1]) == 0 || text.view().find("xn--") == std::string_view::npos;
}

}  // namespace detail

// The form of a recipient; of text that is none, some form that is its own. A phone number in E.164 is its own normal form.
constexpr normal_recipient normalise(std::string_view recipient) noexcept {
  while (!recipient.empty() && detail::is_blank(static_cast<unsigned char>(recipient.front()))) recipient.remove_prefix(1);
  while (!recipient.empty() && (detail::is_blank(static_cast<unsigned char>(recipient.back())) || recipient.back() == '.'))
    recipient.remove_suffix(1);
  normal_recipient out(recipient);  // the one object that is returned: copying it would take longer than the rest
  if (recipient.size() > detail::most_recipient_bytes)
    out = detail::digest_of_bytes(recipient);
  else if (!detail::lower_ascii(out))
    out = detail::normalise_unicode(out);
  return out;
}

}  // namespace startgate
