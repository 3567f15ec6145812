// Bytes to and from a server, each step before a deadline. store/socket.hpp is one over a socket, openssl/tls_stream.hpp one over
// another stream; neither knows the other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace startgate {

using deadline = std::uint64_t;  // nanoseconds of the system's monotonic clock

class byte_stream {
 public:
  virtual ~byte_stream() = default;
  // The number of bytes read, or 0 at the end, on an error or at the deadline: the stream is of no more use then.
  virtual std::size_t read_some(std::span<char> into, deadline until) noexcept = 0;
  virtual bool write_all(std::string_view bytes, deadline until) noexcept = 0;
};

class connector {
 public:
  virtual ~connector() = default;
  virtual std::unique_ptr<byte_stream> connect(deadline until) const = 0;
};

}  // namespace startgate
