// `startgate limit`: one line of JSON that asks a bucket in, one with its answer out. Any number of keys, each with a bucket of its
// own under one quota; the time is the line's.
#pragma once

#include <startgate/json/document.hpp>
#include <startgate/json/reader.hpp>
#include <startgate/rate.hpp>

#include <nlohmann/json.hpp>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace startgate::json {

struct limit_answer {
  std::string line;  // without a line feed
  bool read;         // the line could be read
};

enum class limit_operation : std::uint8_t { consume, peek, refund, reset };

struct limit_question {
  std::string key;
  instant now = 0;
  std::uint64_t cost = 1;
  limit_operation operation = limit_operation::consume;
};

namespace detail {

// A whole number from 0 on. What is larger than the engine's own numbers is as good as the largest of them.
inline std::optional<std::uint64_t> count_of(object_reader& in, std::string_view name) {
  const node* n = in.member(name);
  if (!n) return std::nullopt;
  if (n->is(kind::integer) && n->integer >= 0) return static_cast<std::uint64_t>(n->integer);
  constexpr auto largest = std::numeric_limits<std::uint64_t>::max();
  if (n->is(kind::number) && n->number >= 9'223'372'036'854'775'807.0) return largest;
  in.complain(*n, name, "expected a whole number from 0");
  return std::nullopt;
}

inline result<limit_question, std::string> read_limit_question(std::string_view line) {
  const auto parsed = parse(line);
  if (!parsed) return unexpected{std::string("the line is not one JSON object")};
  problems found;
  object_reader in(*parsed, {}, found);
  limit_question q;
  const auto key = in.text("key");
  const auto now = count_of(in, "now_ns");
  q.cost = count_of(in, "cost").value_or(1);
  q.operation = in.word<limit_operation>("op", {{"consume", limit_operation::consume},
                                                {"peek", limit_operation::peek},
                                                {"refund", limit_operation::refund},
                                                {"reset", limit_operation::reset}})
                    .value_or(limit_operation::consume);
  if (!found.first() && !key) in.complain(*parsed, "key", "is missing");
  if (!found.first() && !now) in.complain(*parsed, "now_ns", "is missing");
  if (found.first())
    return unexpected{found.first()->member.empty() ? found.first()->text : found.first()->member + ": " + found.first()->text};
  q.key = *key, q.now = *now;
  return q;
}

}  // namespace detail

class limit_lines {
 public:
  explicit limit_lines(const quota& limit) noexcept : limit_(limit) {}

  // A line that cannot be read answers `{"error": …}` and changes no bucket.
  limit_answer line(std::string_view text) {
    const auto question = detail::read_limit_question(text);
    if (!question) return {nlohmann::ordered_json{{"error", question.error()}}.dump(-1, ' ', false, replace), false};
    const limit_outcome o = answer(*question);
    const nlohmann::ordered_json retry =
        o.retry_after.is_never() ? nlohmann::ordered_json("never") : nlohmann::ordered_json(o.retry_after.time());
    const nlohmann::ordered_json out{
        {"allowed", o.allowed}, {"remaining", o.remaining()}, {"retry_after_ns", retry}, {"reset_after_ns", o.reset_after}};
    return {out.dump(), true};
  }

 private:
  static constexpr auto replace = nlohmann::json::error_handler_t::replace;

  limit_outcome answer(const limit_question& q) {
    const auto at = buckets_.find(q.key);
    const bucket before = at == buckets_.end() ? bucket{} : at->second;
    taken t;
    switch (q.operation) {
      case limit_operation::consume: t = take(limit_, before, q.now, q.cost); break;
      case limit_operation::peek: t = {before, peek(limit_, before, q.now, q.cost)}; break;
      case limit_operation::refund: t = refund(limit_, before, q.now, q.cost); break;
      case limit_operation::reset: t = {reset(), peek(limit_, reset(), q.now, 0)}; break;
    }
    if (at != buckets_.end())
      at->second = t.state;
    else if (t.state != bucket{})
      buckets_.emplace(q.key, t.state);
    return t.outcome;
  }

  quota limit_;
  std::unordered_map<std::string, bucket> buckets_;
};

}  // namespace startgate::json
