// The tenant log on disk: NDJSON, appended to, each decision's records in one write before its answer goes out.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

namespace startgate::http {

class log_file {
 public:
  log_file() = default;
  log_file(const log_file&) = delete;
  log_file& operator=(const log_file&) = delete;
  ~log_file() { static_cast<void>(close()); }

  // Empty, or why the file cannot be written to. Recipients are personal data: only the owner may read the file.
  std::string open(const std::string& path) {
    file_ = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    return file_ < 0 ? std::strerror(errno) : std::string();
  }
  bool is_open() const noexcept { return file_ >= 0; }

  // What cannot be written is lost: said once here, and by close().
  void append(std::string_view text) noexcept {
    while (is_open() && !text.empty()) {
      const ssize_t written = ::write(file_, text.data(), text.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return lose();
      text.remove_prefix(static_cast<std::size_t>(written));
    }
  }

  // True where every record has reached the disk.
  [[nodiscard]] bool close() noexcept {
    if (!is_open()) return !lost_;
    const bool synced = ::fsync(file_) == 0 || errno == EINVAL;  // a pipe or a terminal cannot be synced
    ::close(std::exchange(file_, -1));
    return synced && !lost_;
  }

 private:
  void lose() noexcept {
    if (!std::exchange(lost_, true))
      std::fprintf(stderr, "startgate serve: the log cannot be written: %s\n", std::strerror(errno));
  }

  int file_ = -1;
  bool lost_ = false;
};

}  // namespace startgate::http
