// The command line of the server: long options with a value each, `--name value` or `--name=value`.
#pragma once

#include <startgate/result.hpp>

#include <array>
#include <charconv>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace startgate::http {

struct options {
  std::string policy, applications, tenant, keys;  // files
  std::string listen = "127.0.0.1:8080";
  std::string origin;   // empty: where it listens, or the issuer's where that is not loopback
  std::string log;      // file
  std::string buckets;  // file
  bool lines_bring_time = false;
  std::string token_file;
  std::uint32_t seconds = 0;  // 0: until it is stopped
  std::uint32_t request_timeout = 10;
  bool help = false, version = false;
};

inline constexpr std::string_view usage =
    R"(usage: startgate serve --applications FILE [options]

POST /passwordless/start as a tenant would answer it, with a login page, the tenant log and the toggle.

  -a, --applications FILE the Management API's client export
  -p, --policy FILE       the policy; without it the profile auth0 as it stands
  -t, --tenant FILE       the tenant settings export
  -k, --keys FILE         secrets, keys and state keys; without it login states are signed with a key of this run
  --listen ADDRESS:PORT   127.0.0.1:8080; port 0 takes a free one, which the first line of output names
  --origin URL            where browsers reach this server, if that is not where it listens: behind a proxy that ends TLS, say
  --log FILE              append the tenant log to FILE, one JSON object a line
  --clock server|lines    whose time counts for /v1/decide and /v1/report: server; `lines` have their own, for rehearsals
  --buckets FILE          keep the buckets in FILE over a restart
  --token-file FILE       the bearer token of the management paths is in FILE, or is made and put there; otherwise it is printed
  --request-timeout N     seconds that one request may take to arrive: 10
  --seconds N             stop after N seconds

SIGTERM and SIGINT finish what is under way and stop; SIGHUP reads the files again.
)";

namespace detail {

inline bool read_number(std::string_view text, std::uint32_t& out) noexcept {
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), out);
  return !text.empty() && fault == std::errc{} && end == text.data() + text.size() && out > 0 && out <= 1'000'000;
}

// False: there is no such option, or it takes no such value.
inline bool set_option(options& o, std::string_view name, std::string_view value) {
  const std::array<std::pair<std::string_view, std::string*>, 13> texts{{{"--policy", &o.policy},
                                                                         {"--buckets", &o.buckets},
                                                                         {"--applications", &o.applications},
                                                                         {"--tenant", &o.tenant},
                                                                         {"--keys", &o.keys},
                                                                         {"--listen", &o.listen},
                                                                         {"--origin", &o.origin},
                                                                         {"--log", &o.log},
                                                                         {"--token-file", &o.token_file},
                                                                         {"-p", &o.policy},
                                                                         {"-a", &o.applications},
                                                                         {"-t", &o.tenant},
                                                                         {"-k", &o.keys}}};
  for (const auto& [known, to] : texts) {
    if (known != name) continue;
    to->assign(value);
    return !value.empty();
  }
  if (name == "--clock") {
    o.lines_bring_time = value == "lines";
    return o.lines_bring_time || value == "server";
  }
  if (name == "--seconds") return read_number(value, o.seconds);
  return name == "--request-timeout" && read_number(value, o.request_timeout);
}

}  // namespace detail

// The options, or what is wrong with them.
inline result<options, std::string> read_options(std::span<const char* const> arguments) {
  options out;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string_view argument = arguments[i];
    if (argument == "--help" || argument == "-h") {
      out.help = true;
      continue;
    }
    if (argument == "--version") {
      out.version = true;
      continue;
    }
    const std::size_t equals = argument.find('=');
    const std::string_view name = argument.substr(0, equals);
    const bool apart = equals == std::string_view::npos && i + 1 < arguments.size();
    const std::string_view value = equals != std::string_view::npos ? argument.substr(equals + 1) : apart ? arguments[++i] : "";
    if (!detail::set_option(out, name, value))
      return unexpected{"`" + std::string(name) + "` is no option, or lacks a value that it takes; try --help"};
  }
  if (out.applications.empty() && !out.help && !out.version)
    return unexpected{std::string("--applications is needed; try --help")};
  return out;
}

}  // namespace startgate::http
