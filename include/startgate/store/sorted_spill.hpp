// Any number of small values in sorted order, duplicates dropped, in bounded memory: what does not fit is sorted and written to a
// temporary file that nobody else can open, and merged when the values are read. POSIX.
#pragma once

#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <queue>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace startgate::store {

// Value is trivially copyable, ordered by `<`, and `same(other)` says that two neighbours are one value seen twice.
template <class Value>
class sorted_spill {
  static_assert(std::is_trivially_copyable_v<Value>);

 public:
  explicit sorted_spill(std::size_t in_memory = 2'000'000) : in_memory_(std::max<std::size_t>(in_memory, 1)) {}

  // False when the temporary file could not be written: the disk is full, or there is no place for it.
  bool add(const Value& value) {
    held_.push_back(value);
    return held_.size() < in_memory_ || spill();
  }

  // Reads everything once, in order; afterwards it is empty. False when a temporary file could not be read back.
  template <class OnValue>
  bool drain(OnValue on_value) {
    std::sort(held_.begin(), held_.end());
    runs_.push_back(run{nullptr, std::exchange(held_, {}), 0});
    const auto later = [this](std::size_t a, std::size_t b) { return runs_[b].front() < runs_[a].front(); };
    std::priority_queue<std::size_t, std::vector<std::size_t>, decltype(later)> next(later);
    bool whole = true;
    for (std::size_t i = 0; i < runs_.size(); ++i)
      if (runs_[i].refill_if_empty(whole)) next.push(i);
    Value previous{};
    for (bool first = true; !next.empty(); first = false) {
      const std::size_t at = next.top();
      next.pop();
      const Value value = runs_[at].take();
      if (runs_[at].refill_if_empty(whole)) next.push(at);
      if (!first && value.same(previous))
        ++duplicates_;
      else
        on_value(value);
      previous = value;
    }
    runs_.clear();
    return whole;
  }

  std::uint64_t duplicates() const noexcept { return duplicates_; }  // known after drain

 private:
  struct close_file {
    void operator()(std::FILE* file) const noexcept { std::fclose(file); }
  };
  using temporary_file = std::unique_ptr<std::FILE, close_file>;

  struct run {
    temporary_file file;
    std::vector<Value> buffer;
    std::size_t at = 0;

    const Value& front() const noexcept { return buffer[at]; }
    Value take() noexcept { return buffer[at++]; }

    bool refill_if_empty(bool& whole) {
      if (at < buffer.size()) return true;
      if (!file) return false;
      buffer.resize(read_ahead);
      buffer.resize(std::fread(buffer.data(), sizeof(Value), buffer.size(), file.get()));
      whole = whole && std::ferror(file.get()) == 0;
      at = 0;
      return !buffer.empty();
    }
  };

  static constexpr std::size_t read_ahead = 4096;

  // In TMPDIR, which std::tmpfile does not look at. It has no name once it is open, so it is gone with the process.
  static temporary_file make_file() {
    const char* const folder = std::getenv("TMPDIR");
    std::string name = std::string(folder != nullptr && *folder != '\0' ? folder : "/tmp") + "/startgate-XXXXXX";
    const int descriptor = ::mkstemp(name.data());
    if (descriptor < 0) return nullptr;
    ::unlink(name.c_str());
    temporary_file file{::fdopen(descriptor, "w+b")};
    if (!file) ::close(descriptor);
    return file;
  }

  bool spill() {
    std::sort(held_.begin(), held_.end());
    temporary_file file = make_file();
    if (!file || std::fwrite(held_.data(), sizeof(Value), held_.size(), file.get()) != held_.size()) return false;
    if (std::fflush(file.get()) != 0 || std::fseek(file.get(), 0, SEEK_SET) != 0) return false;
    held_.clear();
    runs_.push_back(run{std::move(file), {}, 0});
    return true;
  }

  std::size_t in_memory_;
  std::vector<Value> held_;
  std::vector<run> runs_;
  std::uint64_t duplicates_ = 0;
};

}  // namespace startgate::store
