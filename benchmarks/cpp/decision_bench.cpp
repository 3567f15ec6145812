// One decision: typed, from the body's bytes, and from a request line to a decision line. Beside the time each row says how often a
// decision called operator new (the engine's own allocations) and CRYPTO_malloc (OpenSSL's, inside its digests).
#include <startgate/json/body.hpp>
#include <startgate/service/service.hpp>

#include <benchmark/benchmark.h>
#include <openssl/crypto.h>

#include <cstdlib>
#include <string>

#include "support/count_allocations.hpp"
#include "support/world.hpp"

namespace {

using namespace startgate;
using test::start;
using test::ten_oclock;
using test::world;

thread_local std::size_t openssl_allocations = 0;

void* counted_malloc(std::size_t size, const char*, int) {
  ++openssl_allocations;
  return std::malloc(size);
}
void* counted_realloc(void* block, std::size_t size, const char*, int) {
  ++openssl_allocations;
  return std::realloc(block, size);
}
void plain_free(void* block, const char*, int) { std::free(block); }

// Has to come before OpenSSL allocates anything.
const bool counting = CRYPTO_set_mem_functions(counted_malloc, counted_realloc, plain_free) == 1;

// The rules at work, with limits that no benchmark reaches.
struct tenant : world {
  explicit tenant(mode m = mode::enforce) : world(m) {
    rules.limits.authentication_api = rules.limits.start_per_address = rules.limits.refused_per_address =
        at_most(1'000'000'000, second);
    rules.login_state.max_starts = rules.login_state.max_recipients = 1'000'000;
    reopen();
  }
};

// Runs `decide(now)` and counts. The clock of the rules moves by a microsecond a decision.
template <class Decide>
void measure(benchmark::State& state, Decide decide) {
  instant now = ten_oclock;
  decide(now);
  std::size_t calls = 0;
  const std::size_t openssl_before = openssl_allocations;
  const test::count_allocations counted;
  for (auto _ : state) {
    decide(now += 1'000);
    ++calls;
  }
  const auto per_call = [&](std::size_t n) { return static_cast<double>(n) / static_cast<double>(calls); };
  state.counters["new"] = per_call(counted.so_far());
  if (counting) state.counters["openssl_malloc"] = per_call(openssl_allocations - openssl_before);
}

void typed(benchmark::State& state, const start& s, mode m = mode::enforce, outcome wanted = outcome::allow) {
  const tenant t(m);
  const auto lines = s.lines();
  const call c = s.as_call(lines);
  if (t.door().decide(c, ten_oclock).outcome != wanted) return state.SkipWithError("not the outcome that is to be measured");
  measure(state, [&](instant now) {
    decision d = t.door().decide(c, now);
    benchmark::DoNotOptimize(d);
  });
}

start right() { return {.client_secret = std::string(test::right_secret)}; }

void typed_public(benchmark::State& s) { typed(s, {.client_id = "spa"}); }
void typed_secret(benchmark::State& s) { typed(s, right()); }
void typed_secret_and_forwarded_address(benchmark::State& s) { typed(s, right().with("auth0-forwarded-for", "198.51.100.7")); }
void typed_basic(benchmark::State& s) { typed(s, start{}.with_basic("backend:" + std::string(test::right_secret))); }
void typed_state(benchmark::State& s) {
  start with_state{.state = tenant().state()};
  with_state.with("Origin", "https://acme.example").with("Cookie", "startgate_transaction=" + std::string(test::right_cookie));
  typed(s, with_state);
}
void typed_missing_noticed(benchmark::State& s) { typed(s, {}, mode::notice, outcome::notice); }
void typed_missing_refused(benchmark::State& s) { typed(s, {}, mode::enforce, outcome::deny); }
void typed_wrong_secret(benchmark::State& s) {
  typed(s, {.client_secret = std::string(test::wrong_secret)}, mode::enforce, outcome::deny);
}
void typed_unknown_application(benchmark::State& s) {
  typed(s, {.client_id = "nobody", .client_secret = std::string(test::wrong_secret)}, mode::enforce, outcome::deny);
}
void typed_bad_recipient(benchmark::State& s) { typed(s, {.recipient = "nobody at all"}, mode::enforce, outcome::deny); }

constexpr std::string_view body =
    R"({"client_id":"backend","client_secret":"not-a-real-secret-for-tests","connection":"email","email":"ada@example.com","send":"code",)"
    R"("authParams":{"scope":"openid","state":"af0ifjsldkj"}})";

void body_secret(benchmark::State& state) {
  const tenant t;
  const auto decide = [&](instant now) {
    call c;
    c.peer = parse_address("203.0.113.9");
    const auto read = json::read_body(body, t.rules.request.max_body_bytes);
    if (!read) return outcome::deny;
    c.members = read->members();
    return t.door().decide(c, now).outcome;
  };
  if (decide(ten_oclock) != outcome::allow) return state.SkipWithError("not the outcome that is to be measured");
  measure(state, [&](instant now) { benchmark::DoNotOptimize(decide(now)); });
}

void line_secret(benchmark::State& state) {
  const auto made =
      service::load({{"policy", R"({"enforcement": {"mode": "enforce"}, "limits": {"authentication_api": null}})"},
                     {"applications",
                      R"([{"client_id": "backend", "app_type": "regular_web", "client_secret": "not-a-real-secret-for-tests"}])"},
                     {},
                     {}});
  if (!made) return state.SkipWithError(made.error().c_str());
  const std::string line =
      R"({"id":"r1","at":"2026-11-24T10:00:00.000Z","peer":"203.0.113.9","headers":[["content-type","application/json"]],"body":)" +
      std::string(body) + '}';
  measure(state, [&](instant now) {
    std::string decided = (*made)->decide_line(line, now);
    benchmark::DoNotOptimize(decided);
  });
}

BENCHMARK(typed_public);
BENCHMARK(typed_secret);
BENCHMARK(typed_secret_and_forwarded_address);
BENCHMARK(typed_basic);
BENCHMARK(typed_state);
BENCHMARK(typed_missing_noticed);
BENCHMARK(typed_missing_refused);
BENCHMARK(typed_wrong_secret);
BENCHMARK(typed_unknown_application);
BENCHMARK(typed_bad_recipient);
BENCHMARK(body_secret);
BENCHMARK(line_secret);

}  // namespace
