// Page templates: `{{name}}` stands for a value, and every value is escaped for HTML text and attributes alike.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace startgate::http {

inline std::string escape_html(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
  return out;
}

inline std::string render(std::string_view page, std::initializer_list<std::pair<std::string_view, std::string_view>> values) {
  std::string out;
  while (true) {
    const std::size_t open = page.find("{{"), close = page.find("}}", open);
    if (close == std::string_view::npos) return out.append(page);
    const std::string_view name = page.substr(open + 2, close - open - 2);
    out.append(page.substr(0, open));
    for (const auto& [known, value] : values)
      if (known == name) out += escape_html(value);
    page.remove_prefix(close + 2);
  }
}

}  // namespace startgate::http
