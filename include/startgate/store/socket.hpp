// A stream of bytes over a socket: TCP, or a local one.
#pragma once

#include <startgate/byte_stream.hpp>
#include <startgate/instant.hpp>

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace startgate::store {

inline deadline after(duration d) noexcept {
  return static_cast<deadline>(std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count()) + d;
}

class descriptor {
 public:
  explicit descriptor(int fd = -1) noexcept : fd_(fd) {}
  descriptor(descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  descriptor& operator=(descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const noexcept { return fd_; }
  explicit operator bool() const noexcept { return fd_ >= 0; }

 private:
  int fd_;
};

// Waits until the descriptor is ready for `events`; false at the deadline.
inline bool ready(int fd, short events, deadline until) noexcept {
  while (true) {
    const deadline now = after(0);
    if (until <= now) return false;
    constexpr deadline whole = 1'000'000'000;
    const timespec limit{static_cast<time_t>((until - now) / whole), static_cast<long>((until - now) % whole)};
    pollfd p{fd, events, 0};
    const int n = ::ppoll(&p, 1, &limit, nullptr);
    if (n > 0) return true;
    if (n < 0 && errno != EINTR) return false;
  }
}

class socket_stream final : public byte_stream {
 public:
  explicit socket_stream(descriptor fd) noexcept : fd_(std::move(fd)) {}

  std::size_t read_some(std::span<char> into, deadline until) noexcept override {
    while (true) {
      const ssize_t n = ::recv(fd_.get(), into.data(), into.size(), 0);
      if (n >= 0) return static_cast<std::size_t>(n);
      if (errno == EINTR) continue;
      if ((errno != EAGAIN && errno != EWOULDBLOCK) || !ready(fd_.get(), POLLIN, until)) return 0;
    }
  }

  bool write_all(std::string_view bytes, deadline until) noexcept override {
    while (!bytes.empty()) {
      const ssize_t n = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n >= 0) {
        bytes.remove_prefix(static_cast<std::size_t>(n));
      } else if (errno != EINTR && ((errno != EAGAIN && errno != EWOULDBLOCK) || !ready(fd_.get(), POLLOUT, until))) {
        return false;
      }
    }
    return true;
  }

 private:
  descriptor fd_;
};

// A non-blocking socket that is connected before the deadline, or none.
inline descriptor connected_socket(const sockaddr* to, socklen_t size, deadline until) noexcept {
  descriptor fd(::socket(to->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) return fd;
  if (to->sa_family != AF_UNIX) {
    const int on = 1;
    (void)::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  if (::connect(fd.get(), to, size) == 0) return fd;
  int error = errno;
  socklen_t length = sizeof error;
  if ((error != EINPROGRESS && error != EAGAIN) || !ready(fd.get(), POLLOUT, until)) return descriptor();
  if (::getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &error, &length) != 0 || error != 0) return descriptor();
  return fd;
}

class tcp_connector final : public connector {
 public:
  tcp_connector(std::string host, unsigned port) : host_(std::move(host)), port_(std::to_string(port)) {}

  // The first of the host's addresses that answers. Looking the name up is not bounded by the deadline.
  std::unique_ptr<byte_stream> connect(deadline until) const override {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (::getaddrinfo(host_.c_str(), port_.c_str(), &hints, &found) != 0) return nullptr;
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> addresses(found, ::freeaddrinfo);
    for (const addrinfo* a = found; a != nullptr; a = a->ai_next)
      if (descriptor fd = connected_socket(a->ai_addr, a->ai_addrlen, until))
        return std::make_unique<socket_stream>(std::move(fd));
    return nullptr;
  }

 private:
  std::string host_, port_;
};

class unix_connector final : public connector {
 public:
  explicit unix_connector(std::string path) : path_(std::move(path)) {}

  std::unique_ptr<byte_stream> connect(deadline until) const override {
    sockaddr_un to{};
    to.sun_family = AF_UNIX;
    if (path_.size() >= sizeof to.sun_path) return nullptr;
    std::ranges::copy(path_, to.sun_path);
    descriptor fd = connected_socket(reinterpret_cast<const sockaddr*>(&to), sizeof to, until);
    return fd ? std::make_unique<socket_stream>(std::move(fd)) : nullptr;
  }

 private:
  std::string path_;
};

}  // namespace startgate::store
