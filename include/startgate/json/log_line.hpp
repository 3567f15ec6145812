// One tenant log record where it lies in its file: the fields that searches and the plan look at, in both published shapes
// (Management API and stream schema). Values are views into the input, or into a scratch buffer where they had escapes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <startgate/detail/base64url.hpp>
#include <startgate/detail/text_codes.hpp>
#include <startgate/json/scanner.hpp>
#include <startgate/log/field.hpp>
#include <string_view>
#include <utility>
#include <vector>

namespace startgate::json {

class log_line {
 public:
  std::string_view text;  // the record's own JSON

  std::string_view get(log::field f) const noexcept {
    const std::string_view found = values_[static_cast<std::size_t>(f)];
    return f == log::field::log_id && found.empty() ? underscore_id : found;
  }

  std::string_view tenant, underscore_id, feature_id, feature_name, sdk_name, sdk_version;
  std::string_view state;  // details.body.authParams.state; it may still open a login, so nobody may keep or show it
  bool is_page = false;    // search results with their totals: no record itself

  void set(log::field f, std::string_view value) noexcept { values_[static_cast<std::size_t>(f)] = value; }

 private:
  std::array<std::string_view, log::field_names.size()> values_{};
};

// Reads the object that begins at the start of the input. Where it is a wrapper of a log stream (`data`, EventBridge's `detail`,
// Splunk's `event`) or a page of search results (`logs`), `inner` holds the objects to read instead.
class log_line_parser {
 public:
  // `scratch` needs room for as many bytes as the input has.
  log_line_parser(std::string_view input, char* scratch) noexcept : input_(input), scan_(input), scratch_(scratch) {}

  bool parse(log_line& out, std::vector<std::string_view>& inner) {
    out = {};
    inner.clear();
    const bool whole = scan_.object(0, [&](const raw_string& key) { return member(plain(key), out, inner); });
    if (whole) out.text = consumed();
    return whole;
  }

  char* scratch_left() const noexcept { return scratch_; }
  std::string_view consumed() const noexcept {
    return {input_.data(), static_cast<std::size_t>(scan_.position() - input_.data())};
  }
  const scanner& scan() const noexcept { return scan_; }

 private:
  std::string_view plain(const raw_string& text) noexcept {
    if (text.plain) return text.raw;
    const auto written = unescaper::write(text.raw, scratch_);
    scratch_ += written.size();
    return written;
  }

  // Text as it is, numbers as they are written; everything else is as good as absent.
  bool text_value(std::string_view& into) noexcept {
    const char first = scan_.peek();
    if (first == '"') {
      raw_string text;
      if (!scan_.string(text)) return false;
      into = plain(text);
      return true;
    }
    const char* const begin = scan_.position();
    if (!scan_.value(1)) return false;
    if (first == '-' || (first >= '0' && first <= '9')) into = {begin, static_cast<std::size_t>(scan_.position() - begin)};
    return true;
  }

  bool member(std::string_view key, log_line& out, std::vector<std::string_view>& inner) {
    if (const auto f = log::field_named(key)) {
      std::string_view value;
      if (!text_value(value)) return false;
      out.set(*f, value);
      return true;
    }
    if (key == "_id") return text_value(out.underscore_id);
    if (key == "tenant_name") return text_value(out.tenant);
    if (key == "details" && scan_.peek() == '{') return details(out);
    if (key == "auth0_client") return client_of(out);
    if ((key == "data" || key == "detail" || key == "event") && scan_.peek() == '{') return span(inner);
    if (out.is_page = out.is_page || (key == "logs" && scan_.peek() == '['); key == "logs" && out.is_page)
      return scan_.array(1, [&] { return scan_.peek() == '{' ? span(inner) : scan_.value(2); });
    return scan_.value(1);
  }

  bool details(log_line& out) noexcept {
    return scan_.object(1, [&](const raw_string& key) {
      if (key.raw == "feature" && scan_.peek() == '{') return pair_of_texts(2, "id", out.feature_id, "name", out.feature_name);
      if (key.raw == "body" && scan_.peek() == '{') return body(out);
      return scan_.value(2);
    });
  }

  bool body(log_line& out) noexcept {
    std::string_view unused;
    return scan_.object(2, [&](const raw_string& key) {
      return key.raw == "authParams" && scan_.peek() == '{' ? pair_of_texts(3, "state", out.state, {}, unused) : scan_.value(3);
    });
  }

  // An object, or still as the Auth0-Client header had it: the same object as JSON in base64 or base64url.
  bool client_of(log_line& out) noexcept {
    if (scan_.peek() == '{') return pair_of_texts(1, "name", out.sdk_name, "version", out.sdk_version);
    std::string_view text;
    if (!text_value(text)) return false;
    auto size = startgate::detail::base64_decode(text, scratch_, text.size());
    if (!size) size = startgate::detail::base64url_decode(text, {reinterpret_cast<std::uint8_t*>(scratch_), text.size()});
    if (!size) return true;
    scanner header(std::string_view(scratch_, *size));
    scratch_ += *size;
    header.object(0, [&](const raw_string& key) {
      raw_string value;
      if (header.peek() != '"') return header.value(1);
      if (!header.string(value)) return false;
      if (value.plain && key.raw == "name") out.sdk_name = value.raw;
      if (value.plain && key.raw == "version") out.sdk_version = value.raw;
      return true;
    });
    return true;
  }

  bool pair_of_texts(int depth, std::string_view a, std::string_view& a_value, std::string_view b,
                     std::string_view& b_value) noexcept {
    return scan_.object(depth, [&](const raw_string& key) {
      if (key.raw == a) return text_value(a_value);
      if (key.raw == b) return text_value(b_value);
      return scan_.value(depth + 1);
    });
  }

  bool span(std::vector<std::string_view>& inner) {
    const char* const begin = scan_.position();
    if (!scan_.value(2)) return false;
    inner.emplace_back(begin, static_cast<std::size_t>(scan_.position() - begin));
    return true;
  }

  std::string_view input_;
  scanner scan_;
  char* scratch_;
};

}  // namespace startgate::json
