// A recorded request, one JSON object a line: what the edge saw, when, from whom. Header and body text is kept here; `call` in
// gate.hpp takes views of it.
#pragma once

#include <startgate/detail/text_codes.hpp>
#include <startgate/header.hpp>
#include <startgate/header_views.hpp>
#include <startgate/instant.hpp>
#include <startgate/json/document.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace startgate::json {

struct request_line {
  std::string id;             // empty: none given
  std::optional<instant> at;  // none: the reader's clock
  std::string peer;           // address text; empty: unknown
  std::vector<std::pair<std::string, std::string>> headers;
  std::optional<std::string> body;  // none: not observable
  std::string client_certificate;   // PEM, where TLS ended at the edge that wrote the line

  std::vector<header> header_views() const { return views_of(headers); }
};

namespace detail {

inline bool read_headers(const node& n, request_line& out) {
  if (!n.is(kind::array)) return false;
  for (const node& pair : n.items) {
    const bool two_strings =
        pair.is(kind::array) && pair.items.size() == 2 && pair.items[0].is(kind::string) && pair.items[1].is(kind::string);
    if (!two_strings) return false;
    out.headers.emplace_back(pair.items[0].text, pair.items[1].text);
  }
  return true;
}

inline std::optional<std::string> decode_base64(std::string_view text) {
  std::string out(text.size(), '\0');
  const auto size = startgate::detail::base64_decode(text, out.data(), out.size());
  if (!size) return std::nullopt;
  out.resize(*size);
  return out;
}

// A body that was given as JSON is judged as the bytes that stand in the line; a scalar can only be "not an object".
inline std::string source_of(const node& n) { return n.source.empty() ? std::string("null") : std::string(n.source); }

inline bool has_duplicates(std::vector<std::string> keys) {
  std::sort(keys.begin(), keys.end());
  return std::adjacent_find(keys.begin(), keys.end()) != keys.end();
}

inline bool read_optional_text(const node& line, std::string_view name, std::string& out) {
  const node* n = line.find(name);
  if (!n || n->is(kind::null)) return true;
  out = n->text;
  return n->is(kind::string);
}

inline bool read_body_of_line(const node& line, request_line& out) {
  const node* text = line.find("body");
  const node* base64 = line.find("body_base64");
  if (base64 && !base64->is(kind::null)) {
    if (!base64->is(kind::string) || (text && !text->is(kind::null))) return false;
    out.body = decode_base64(base64->text);
    return out.body.has_value();
  }
  if (!text || text->is(kind::null)) return true;
  out.body = text->is(kind::string) ? text->text : source_of(*text);
  return true;
}

}  // namespace detail

// Nothing where the line is no request: no JSON object, or a member of the wrong shape. Unknown members are not our business.
inline std::optional<request_line> read_request_line(std::string_view text) {
  // Duplicates, depth and encoding inside the body are for the body's own border to refuse, with their own reasons. Of the headers
  // nobody who sends them may choose that their line cannot be read: a value is bytes (RFC 9110 section 5.5).
  const auto parsed = parse(text, {1024, false, true});
  if (!parsed || !parsed->is(kind::object) || detail::has_duplicates(parsed->keys)) return std::nullopt;
  request_line out;
  std::string at;
  if (!detail::read_optional_text(*parsed, "id", out.id) || !detail::read_optional_text(*parsed, "at", at) ||
      !detail::read_optional_text(*parsed, "peer", out.peer) ||
      !detail::read_optional_text(*parsed, "client_certificate", out.client_certificate))
    return std::nullopt;
  if (!at.empty() && !(out.at = parse_instant(at))) return std::nullopt;
  if (const node* headers = parsed->find("headers"); headers && !headers->is(kind::null) && !detail::read_headers(*headers, out))
    return std::nullopt;
  if (!detail::read_body_of_line(*parsed, out)) return std::nullopt;
  return out;
}

}  // namespace startgate::json
