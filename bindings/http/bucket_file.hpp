// The buckets of this process on disk: read at the start, written once a minute and at the end. A thread of its own writes, so that
// no request waits for the disk.
#pragma once

#include <startgate/instant.hpp>
#include <startgate/result.hpp>
#include <startgate/service/service.hpp>
#include <startgate/store/snapshot.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstring>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>

namespace startgate::http {

// Two processes that keep their buckets in one file would forgive each other's callers: the first one has it.
class bucket_lock {
 public:
  explicit bucket_lock(const std::string& path) : path_(path + ".lock") {
    if (path.empty()) return;
    file_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (file_ < 0) why_ = path_ + ": " + std::strerror(errno);
    if (file_ >= 0 && ::flock(file_, LOCK_EX | LOCK_NB) != 0) why_ = path + ": another server keeps its buckets there";
  }
  ~bucket_lock() {
    if (file_ >= 0) ::close(file_);
  }
  bucket_lock(const bucket_lock&) = delete;
  bucket_lock& operator=(const bucket_lock&) = delete;

  bool held() const noexcept { return why_.empty(); }
  const std::string& why() const noexcept { return why_; }

 private:
  std::string path_, why_;
  int file_ = -1;
};

class bucket_file {
 public:
  static constexpr std::chrono::seconds between{60};

  // The buckets that the file holds: none where there is no such file yet, or why they cannot be had.
  static result<std::shared_ptr<service_store>, std::string> read(const std::string& path, instant now) {
    auto restored = restore_snapshot(path, {}, now);
    if (restored) return std::make_shared<service_store>(std::move(**restored));
    if (restored.error() == snapshot_error::no_file) return std::shared_ptr<service_store>();
    return unexpected{path + ": " + std::string(sentence_of(restored.error()))};
  }

  bucket_file(std::string path, const service& of, instant (*clock)())
      : path_(std::move(path)), service_(of), clock_(clock), writing_([this] { write_now_and_then(); }) {}
  ~bucket_file() { static_cast<void>(close()); }
  bucket_file(const bucket_file&) = delete;
  bucket_file& operator=(const bucket_file&) = delete;

  // Writes for the last time. False where that did not work.
  [[nodiscard]] bool close() {
    if (!writing_.joinable()) return true;
    {
      const std::lock_guard lock(mutex_);
      ending_ = true;
    }
    changed_.notify_all();
    writing_.join();
    return write();
  }

 private:
  void write_now_and_then() {
    std::unique_lock lock(mutex_);
    while (!changed_.wait_for(lock, between, [this] { return ending_; })) {
      lock.unlock();
      static_cast<void>(write());
      lock.lock();
    }
  }

  bool write() const {
    const auto rules = service_.current();
    const memory_store* const memory = rules->store()->memory();
    if (memory == nullptr) return true;  // a shared store keeps them
    const auto fault = save_snapshot(*memory, path_, clock_());
    if (fault) std::fprintf(stderr, "startgate serve: %s: %s\n", path_.c_str(), std::string(sentence_of(*fault)).c_str());
    return !fault;
  }

  std::string path_;
  const service& service_;
  instant (*clock_)();
  std::mutex mutex_;
  std::condition_variable changed_;
  bool ending_ = false;
  std::thread writing_;  // last: it uses all the others
};

}  // namespace startgate::http
