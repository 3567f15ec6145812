// How a limit would have fared, had it been applied to the calls of a log: who came near it, who past it, and when first.
#pragma once

#include <cstdint>
#include <optional>
#include <startgate/instant.hpp>
#include <startgate/rate.hpp>
#include <vector>

namespace startgate::log {

struct limit_rehearsal {
  static constexpr std::uint32_t parts = 60;  // of a period: the minutes of an hour

  std::uint64_t calls = 0, refused = 0;
  std::uint64_t peak = 0;  // the most calls within one period, wherever it begins; it is counted by parts
  std::optional<instant> peak_at, first_refusal;

  // In the order of time.
  void call(const quota& q, instant at) {
    ++calls;
    count(static_cast<std::uint32_t>(at / (q.period() / parts)));
    if (in_period_ > peak) peak = in_period_, peak_at = at;
    const taken answer = take(q, bucket_, at);
    bucket_ = answer.state;
    if (answer.outcome.allowed) return;
    ++refused;
    if (!first_refusal) first_refusal = at;
  }

 private:
  struct part {
    std::uint32_t number = 0, calls = 0;  // small, since there may be half a million callers; the number may begin anew
  };

  void count(std::uint32_t number) {
    auto kept = recent_.begin();
    for (; kept != recent_.end() && number - kept->number >= parts; ++kept) in_period_ -= kept->calls;
    recent_.erase(recent_.begin(), kept);
    if (recent_.empty() || recent_.back().number != number) recent_.push_back({number, 0});
    ++recent_.back().calls;
    ++in_period_;
  }

  bucket bucket_;
  std::vector<part> recent_;  // the parts of the last period that hold a call
  std::uint64_t in_period_ = 0;
};

}  // namespace startgate::log
