// startgate-serve: the embedded HTTP demo as a program. The first line of its output is one JSON object that says where it listens.
#include "bucket_file.hpp"
#include "endpoint.hpp"
#include "files.hpp"
#include "options.hpp"
#include "server.hpp"
#include "site.hpp"

#include <startgate/json/decision.hpp>
#include <startgate/json/tenant.hpp>
#include <startgate/service/linked_stores.hpp>
#include <startgate/version.hpp>

#include <boost/asio/signal_set.hpp>

#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <exception>
#include <optional>
#include <string>
#include <utility>

namespace startgate::http {

namespace {

int complain(const std::string& what) {
  std::fprintf(stderr, "startgate serve: %s\n", what.c_str());
  return 2;
}

// The server starts all the same: a fleet must not hang on its store.
void warn_about_the_store(const service& s) {
  if (const std::string trouble = s.store_trouble(); !trouble.empty()) complain("store.url: " + trouble);
}

// What main has to know while the server runs.
struct running {
  const options& chosen;
  const config_file& own_keys;  // for this run, where there is no keys file
  http::site& site;
  http::server& server;
  asio::signal_set end, again;
  asio::steady_timer limit;

  running(asio::io_context& loop, const options& o, const config_file& keys, http::site& s, http::server& v)
      : chosen(o), own_keys(keys), site(s), server(v), end(loop, SIGINT, SIGTERM), again(loop, SIGHUP), limit(loop) {}

  void start() {
    server.start();
    end.async_wait([this](boost::system::error_code cancelled, int) {
      if (!cancelled) stop();
    });
    wait_for_reload();
    if (chosen.seconds == 0) return;
    limit.expires_after(std::chrono::seconds(chosen.seconds));
    limit.async_wait([this](boost::system::error_code cancelled) {
      if (!cancelled) stop();
    });
  }

  void stop() {
    server.stop();
    end.cancel();
    again.cancel();
    limit.cancel();
  }

  void wait_for_reload() {
    again.async_wait([this](boost::system::error_code cancelled, int) {
      if (cancelled) return;
      if (const auto why = reload()) complain(*why + "; the rules from before stay in force");
      wait_for_reload();
    });
  }

  std::optional<std::string> reload() {
    auto files = read_service_files(chosen);
    if (!files) return files.error();
    if (files->keys.text.empty()) files->keys = own_keys;
    files->page_origins = {site.settings.origin};
    if (auto why = site.service->reload(*files)) return why;
    site.settings.toggle_is_locked = is_locked(*files);
    warn_about_the_store(*site.service);
    return std::nullopt;
  }

  static bool is_locked(const service_files& files) {
    if (files.tenant.text.empty()) return false;
    const auto tenant = json::read_tenant(files.tenant.text);
    return tenant && tenant->locked;
  }
};

// For programs on standard output, for people on a terminal.
void announce(const std::string& url, const std::string& origin, const std::string& printed_token) {
  json::ordered line{{"url", url}, {"origin", origin}};
  if (!printed_token.empty()) line["token"] = printed_token;
  std::printf("%s\n", json::print(line).c_str());
  std::fflush(stdout);
  if (::isatty(STDERR_FILENO) == 0) return;
  std::fprintf(stderr, "\n  sign in as a person would:  %s/\n", url.c_str());
  if (!printed_token.empty())
    std::fprintf(stderr, "  see the codes and links:    %s/outbox#%s\n", url.c_str(), printed_token.c_str());
  std::fprintf(stderr, "  stop:                       Ctrl-C\n\n");
}

// The origin of the login page: said, or where it listens in the clear, which is for loopback only; else the issuer's own.
std::string origin_for(const options& o, const endpoint& where, const policy& rules) {
  if (!o.origin.empty()) return std::string(origin_of(o.origin));
  return where.address().is_loopback() ? url_of(where) : std::string(origin_of(rules.issuer));
}

int serve(const options& o) {
  const auto wanted = read_endpoint(o.listen);
  if (!wanted) return complain(wanted.error());
  asio::io_context loop{1};
  auto listener = listen_on(loop, *wanted);
  if (!listener) return complain(listener.error());
  const endpoint where = listener->local_endpoint();

  auto token = o.token_file.empty() ? result<std::string, std::string>(random_text()) : token_in(o.token_file);
  if (!token) return complain(token.error());
  auto files = read_service_files(o);
  if (!files) return complain(files.error());
  const config_file own_keys{"keys", detail::keys_of_this_run()};
  if (files->keys.text.empty()) files->keys = own_keys;
  const bucket_lock alone(o.buckets);
  if (!alone.held()) return complain(alone.why());
  auto kept = o.buckets.empty() ? result<std::shared_ptr<service_store>, std::string>(nullptr)
                                : bucket_file::read(o.buckets, server::now());
  if (!kept) return complain(kept.error());
  auto loaded = service::load(*files, {linked_stores, false, *kept});
  if (!loaded) return complain(loaded.error());
  const std::string origin = origin_for(o, where, (*loaded)->current()->rules());
  files->page_origins = {origin};
  if (const auto why = (*loaded)->reload(*files)) return complain(*why);
  warn_about_the_store(**loaded);

  site site(std::move(*loaded), access_token(*token),
            {origin, where.address().is_loopback(), running::is_locked(*files), o.lines_bring_time});
  if (!o.log.empty())
    if (const std::string why = site.log.file().open(o.log); !why.empty()) return complain(o.log + ": " + why);
  std::optional<bucket_file> buckets;
  if (!o.buckets.empty() && site.service->current()->store()->memory() == nullptr)
    complain("--buckets: the store of the policy keeps the buckets, so nothing is written");
  if (!o.buckets.empty()) buckets.emplace(o.buckets, *site.service, &server::now);
  time_limits times;
  times.request = std::chrono::seconds(o.request_timeout);
  server server(loop, std::move(*listener), site, times);
  running run(loop, o, own_keys, site, server);
  run.start();
  announce(url_of(where), origin, o.token_file.empty() ? *token : std::string());
  loop.run();
  const bool kept_all = !buckets || buckets->close();
  const bool logged_all = site.log.file().close();
  if (!logged_all) complain(o.log + ": records were lost");
  return kept_all && logged_all ? 0 : 1;
}

}  // namespace

}  // namespace startgate::http

int main(int count, char** arguments) {
  using namespace startgate::http;
  std::signal(SIGPIPE, SIG_IGN);
  try {
    const auto chosen = read_options({arguments + 1, arguments + count});
    if (!chosen) return complain(chosen.error());
    if (chosen->help || chosen->version) {
      std::printf("%s", chosen->help ? std::string(usage).c_str() : STARTGATE_VERSION "\n");
      return 0;
    }
    return serve(*chosen);
  } catch (const std::exception& fault) {
    return complain(fault.what());
  }
}
