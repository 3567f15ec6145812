// The tenant log of this process: the newest records in memory, where they are searched, and all of them in a file if there is one.
#pragma once

#include "log_file.hpp"

#include <startgate/instant.hpp>
#include <startgate/json/record.hpp>
#include <startgate/log/field.hpp>
#include <startgate/log/record.hpp>
#include <startgate/policy.hpp>
#include <startgate/records.hpp>
#include <startgate/service/service.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <utility>

namespace startgate::http {

// A record that outlives its request: the texts that a search looks at, and the line that is shown.
struct kept_record {
  std::array<std::string, log::field_names.size()> texts;
  std::string line;

  std::string_view get(log::field f) const noexcept { return texts[static_cast<std::size_t>(f)]; }
  std::string_view id() const noexcept { return get(log::field::log_id); }
  std::size_t bytes() const noexcept {
    std::size_t sum = line.size();
    for (const std::string& text : texts) sum += text.size();
    return sum;
  }
};

class log_book {
 public:
  static constexpr std::size_t most_records = 10'000, most_bytes = 32U << 20;

  log_file& file() noexcept { return file_; }
  const std::deque<kept_record>& records() const noexcept { return records_; }  // oldest first

  void write(const handled_call& call, instant clock) {
    std::string lines;
    const std::string_view origin = origin_of(call.rules->rules().issuer);
    const std::string_view hostname = origin.substr(std::min(origin.size(), origin.find("://") + 3));
    for_each_record(call.decision, call.response, call.headers, hostname, call.at, [&](log::record r) {
      const std::string id = next_id(clock);
      r.log_id = id;
      keep(r);
      lines.append(records_.back().line).append("\n");
    });
    file_.append(lines);
  }

 private:
  // Twenty digits, later ones greater, also across restarts: nanoseconds of receipt, moved on where two would be the same.
  std::string next_id(instant clock) {
    last_id_ = std::max(last_id_ + 1, clock);
    std::string digits = std::to_string(last_id_);
    return digits.insert(0, 20 - digits.size(), '0');
  }

  void keep(const log::record& r) {
    kept_record kept;
    for (std::size_t i = 0; i < kept.texts.size(); ++i) kept.texts[i] = r.get(log::field(i));
    kept.line = json::record_to_json(r);
    bytes_ += kept.bytes();
    records_.push_back(std::move(kept));
    while (records_.size() > most_records || bytes_ > most_bytes) {
      bytes_ -= records_.front().bytes();
      records_.pop_front();
    }
  }

  std::deque<kept_record> records_;
  std::size_t bytes_ = 0;
  instant last_id_ = 0;
  log_file file_;
};

}  // namespace startgate::http
