// A value with asterisks: literals that must follow one another, the first and the last anchored unless an asterisk stands there.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace startgate::log {

class pattern {
 public:
  // Literals between asterisks, in order and none of them empty; `open_*` says whether an asterisk stands at that end.
  pattern(std::vector<std::string> literals, bool open_front, bool open_back)
      : literals_(std::move(literals)), open_front_(open_front), open_back_(open_back) {}

  bool matches(std::string_view text) const noexcept {
    std::size_t first = 0, last = literals_.size();
    if (!open_front_ && first < last && !text.starts_with(literals_[first])) return false;
    if (!open_front_ && first < last) text.remove_prefix(literals_[first++].size());
    if (!open_back_ && first < last) {
      if (!text.ends_with(literals_[--last])) return false;
      text.remove_suffix(literals_[last].size());
    }
    for (; first < last; ++first) {
      const auto at = text.find(literals_[first]);
      if (at == std::string_view::npos) return false;
      text.remove_prefix(at + literals_[first].size());
    }
    return true;
  }

  const std::vector<std::string>& literals() const noexcept { return literals_; }

  // The documented rule: a prefix may have any length, and a lone asterisk asks for presence; any other placement needs literals
  // of at least three characters.
  bool is_prefix() const noexcept { return !open_front_ && open_back_ && literals_.size() == 1; }
  bool is_presence() const noexcept { return literals_.empty(); }

 private:
  std::vector<std::string> literals_;
  bool open_front_;
  bool open_back_;
};

}  // namespace startgate::log
