// `startgate logs`: the records of a stream that a query finds, each as one line of NDJSON, in the record's own spelling.
#pragma once

#include <cstdint>
#include <startgate/json/log_reader.hpp>
#include <startgate/log/query.hpp>
#include <string>
#include <string_view>
#include <utility>

namespace startgate::json {

class log_search {
 public:
  explicit log_search(log::query wanted) : query_(std::move(wanted)) {}

  // Appends what this chunk completes to `out`.
  template <class OnFault>
  void feed(std::string_view bytes, bool last, std::string& out, OnFault&& on_fault) {
    reader_.feed(
        bytes, last,
        [&](const log_line& record) {
          ++read_;
          if (!query_.matches(record)) return;
          ++found_;
          append_line(record.text, out);
        },
        on_fault);
  }

  std::uint64_t read() const noexcept { return read_; }
  std::uint64_t found() const noexcept { return found_; }

 private:
  // A line break in JSON can only stand between tokens, where it and the indentation after it mean nothing.
  static void append_line(std::string_view text, std::string& out) {
    for (;;) {
      const auto at = text.find_first_of("\r\n");
      out.append(text.substr(0, at));
      if (at == std::string_view::npos) break;
      const auto next = text.find_first_not_of(" \t\r\n", at);
      text.remove_prefix(next == std::string_view::npos ? text.size() : next);
    }
    out += '\n';
  }

  log::query query_;
  log_reader reader_;
  std::uint64_t read_ = 0;
  std::uint64_t found_ = 0;
};

}  // namespace startgate::json
