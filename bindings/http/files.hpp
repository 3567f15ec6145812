// The files that the server is started with.
#pragma once

#include "options.hpp"
#include "token.hpp"

#include <startgate/result.hpp>
#include <startgate/service/service.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <optional>
#include <string>
#include <utility>

namespace startgate::http {

inline result<std::string, std::string> read_file(const std::string& path) {
  std::string text;
  std::FILE* const file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) return unexpected{path + ": " + std::strerror(errno)};
  char piece[16'384];
  for (std::size_t count = 0; (count = std::fread(piece, 1, sizeof piece, file)) > 0;) text.append(piece, count);
  const int fault = std::ferror(file) != 0 ? errno : 0;
  std::fclose(file);
  if (fault != 0) return unexpected{path + ": " + std::strerror(fault)};
  return text;
}

namespace detail {

// Login states of this run only: nobody else has to verify them, and after a restart everybody starts again.
inline std::string keys_of_this_run() { return R"({"state_keys":[{"kid":"this-run","secret":")" + random_text(32) + R"("}]})"; }

}  // namespace detail

inline result<service_files, std::string> read_service_files(const options& o) {
  service_files out;
  out.policy = {"policy", R"({"schema":1,"profile":"auth0"})"};
  for (const auto& [path, file] : {std::pair{&o.policy, &out.policy},
                                   {&o.applications, &out.applications},
                                   {&o.tenant, &out.tenant},
                                   {&o.keys, &out.keys}}) {
    if (path->empty()) continue;
    auto text = read_file(*path);
    if (!text) return unexpected{text.error()};
    *file = {*path, std::move(*text)};
  }
  return out;
}

// The token that `path` holds, or a new one that it holds from now on, readable by its owner only.
inline result<std::string, std::string> token_in(const std::string& path) {
  if (const auto text = read_file(path)) {
    std::string token = text.value_or("");
    while (!token.empty() && (token.back() == '\n' || token.back() == '\r' || token.back() == ' ')) token.pop_back();
    if (token.size() < 16) return unexpected{path + ": a token has at least 16 characters"};
    return token;
  }
  const std::string made = random_text();
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  const std::string line = made + "\n";
  const bool written = file >= 0 && ::write(file, line.data(), line.size()) == static_cast<ssize_t>(line.size());
  const std::string why = std::strerror(errno);
  if (file >= 0) ::close(file);
  if (!written) return unexpected{path + ": " + why};
  return made;
}

}  // namespace startgate::http
