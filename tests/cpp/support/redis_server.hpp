// A real redis-server on a free port of the loopback, which a test may kill, stop, restart and slow down. It ends with the test.
#pragma once

#include <startgate/store/redis_connection.hpp>
#include <startgate/store/socket.hpp>

#include <arpa/inet.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <concepts>
#include <initializer_list>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace startgate::test {

inline unsigned short free_port() {
  const store::descriptor fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof at;
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&at), size) != 0 ||
      ::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&at), &size) != 0)
    throw std::runtime_error("no free port");
  return ntohs(at.sin_port);
}

class redis_server {
 public:
  explicit redis_server(std::vector<std::string> options = {}) : port_(free_port()), options_(std::move(options)) { start(); }
  template <std::invocable<unsigned short> Options>
  explicit redis_server(Options options_for_port) : port_(free_port()), options_(options_for_port(port_)) {
    start();
  }
  ~redis_server() { kill(); }
  redis_server(const redis_server&) = delete;
  redis_server& operator=(const redis_server&) = delete;

  unsigned short port() const { return port_; }
  std::shared_ptr<const connector> address() const { return std::make_shared<store::tcp_connector>("127.0.0.1", port_); }

  void kill() { end(SIGKILL); }
  void freeze() const { ::kill(pid_, SIGSTOP); }
  void thaw() const { ::kill(pid_, SIGCONT); }
  void restart_empty() {
    kill();
    start();
  }

  // One command over a connection of its own: the integer or text it answers.
  std::string ask(std::initializer_list<std::string_view> command) const {
    store::redis_connection c(address()->connect(soon()));
    const auto reply = c.ask({command.begin(), command.size()}, soon());
    if (!reply) throw std::runtime_error("no answer from redis-server");
    if (reply->type == REDIS_REPLY_INTEGER) return std::to_string(reply->integer);
    std::string lines;
    for (std::size_t i = 0; reply->type == REDIS_REPLY_ARRAY && i < reply->elements; ++i)
      lines.append(reply->element[i]->str).append("\n");
    return reply->str != nullptr ? std::string(reply->str, static_cast<std::size_t>(reply->len)) : lines;
  }

  // Sends a command without waiting for what it answers, such as one that makes the server sleep.
  void tell(std::initializer_list<std::string_view> command) const {
    const auto bytes = address()->connect(soon());
    bytes->write_all(store::bytes_of({command.begin(), command.size()}), soon());
    char first = 0;
    bytes->read_some({&first, 1}, store::after(30 * millisecond));
  }

 private:
  static deadline soon() { return store::after(5 * second); }

  void start() {
    std::vector<std::string> arguments{"redis-server",           "--bind", "127.0.0.1",  "--save", "", "--appendonly", "no",
                                       "--enable-debug-command", "yes",    "--loglevel", "warning"};
    if (std::find(options_.begin(), options_.end(), "--port") == options_.end())
      arguments.insert(arguments.end(), {"--port", std::to_string(port_)});
    arguments.insert(arguments.end(), options_.begin(), options_.end());
    std::vector<char*> argv;
    for (std::string& a : arguments) argv.push_back(a.data());
    argv.push_back(nullptr);
    pid_ = ::fork();
    if (pid_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      const int nowhere = ::open("/dev/null", O_RDWR);
      ::dup2(nowhere, STDOUT_FILENO), ::dup2(nowhere, STDERR_FILENO);
      ::execvp(argv[0], argv.data());
      ::_exit(127);
    }
    wait_until_it_listens();
  }

  void wait_until_it_listens() {
    for (const deadline until = soon(); store::after(0) < until; std::this_thread::sleep_for(std::chrono::milliseconds(5))) {
      int status = 0;
      if (::waitpid(pid_, &status, WNOHANG) == pid_) throw std::runtime_error("redis-server did not start: is it installed?");
      if (address()->connect(soon())) return;
    }
    throw std::runtime_error("redis-server does not listen");
  }

  void end(int with) {
    if (pid_ <= 0) return;
    ::kill(pid_, with);
    ::kill(pid_, SIGCONT);
    ::waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }

  unsigned short port_;
  std::vector<std::string> options_;
  pid_t pid_ = 0;
};

}  // namespace startgate::test
