// What callers ask of a shared store, and the commands that it becomes. Whatever has to be taken at the same time becomes one call of
// one script, since a command costs the server more than a bucket does.
#pragma once

#include <startgate/store.hpp>
#include <startgate/store/redis_connection.hpp>
#include <startgate/store/redis_scripts.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace startgate::store {

struct redis_request {
  std::optional<redis_script> script{};
  std::span<const std::string_view> keys{};   // of the script
  std::span<const std::string_view> words{};  // its arguments (of `take`: one kind of call), or a command as it stands
  std::array<long long, most_charges> numbers{};
  bool answered = false;  // false: `numbers` mean nothing
  bool done = false;
};

class redis_command {
 public:
  explicit redis_command(redis_request& only) : asked_by_{&only} {}

  // Takes, of which equal ones stand beside one another.
  explicit redis_command(std::vector<redis_request*> takes) : asked_by_(std::move(takes)) {
    std::ranges::sort(asked_by_, [](const redis_request* a, const redis_request* b) {
      return std::ranges::lexicographical_compare(a->words, b->words);
    });
  }

  std::optional<redis_script> script() const noexcept { return asked_by_.front()->script; }

  // The bytes of it; a script is called as `how` says, EVALSHA or EVAL, by its digest or text.
  void append_to(std::string& bytes, std::string_view how, std::string_view text) const {
    command_bytes command;
    if (script()) {
      command.add(how);
      command.add(text);
      command.add(std::to_string(key_count()));
      for (const redis_request* r : asked_by_)
        for (const std::string_view key : r->keys) command.add(key);
    }
    if (script() == redis_script::take)
      add_kinds(command);
    else
      command.add(asked_by_.front()->words);
    command.append_to(bytes);
  }

  // Gives everybody their part of a reply. An error is nobody's answer: what is wrong with one bucket leaves the others alone. False
  // where the server is to be left: one that is loading, read only or out of memory.
  bool hand_out(const redisReply& reply) const noexcept {
    if (is_error(reply)) return blames_the_command(reply);
    if (script() != redis_script::take) {
      redis_request& only = *asked_by_.front();
      only.numbers[0] = reply.integer;
      only.answered = true;
      return true;
    }
    if (reply.type != REDIS_REPLY_ARRAY || reply.elements != key_count()) return false;
    bool stay = true;
    std::span<redisReply* const> left(reply.element, reply.elements);
    for (redis_request* r : asked_by_) {
      r->answered = true;
      for (std::size_t i = 0; i < r->keys.size(); ++i) {
        r->numbers[i] = left[i]->integer;
        r->answered = r->answered && left[i]->type == REDIS_REPLY_INTEGER;
        stay = stay && (!is_error(*left[i]) || blames_the_command(*left[i]));
      }
      left = left.subspan(r->keys.size());
    }
    return stay;
  }

 private:
  static bool blames_the_command(const redisReply& error) noexcept {
    return is_error(error, "ERR ") || is_error(error, "WRONGTYPE ");
  }

  std::size_t key_count() const noexcept {
    std::size_t count = 0;
    for (const redis_request* r : asked_by_) count += r->keys.size();
    return count;
  }

  void add_kinds(command_bytes& command) const {
    for (auto first = asked_by_.begin(); first != asked_by_.end();) {
      const std::span words = (*first)->words;
      const auto next =
          std::find_if_not(first, asked_by_.end(), [&](const redis_request* r) { return std::ranges::equal(r->words, words); });
      command.add(std::to_string(next - first));
      command.add(words);
      first = next;
    }
  }

  std::vector<redis_request*> asked_by_;  // never empty
};

inline std::vector<redis_command> commands_for(std::span<redis_request* const> batch) {
  std::vector<redis_command> commands;
  std::vector<redis_request*> takes;
  for (redis_request* r : batch)
    if (r->script == redis_script::take)
      takes.push_back(r);
    else
      commands.emplace_back(*r);
  if (!takes.empty()) commands.emplace_back(std::move(takes));
  return commands;
}

}  // namespace startgate::store
