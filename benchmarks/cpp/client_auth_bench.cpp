// Client authentication beside the bare cryptography that it cannot do without, and the two timing classes that an outsider must
// not be able to tell apart. Every line measures both sides in turns within itself; read the counters, not the time of the
// benchmark.
//
//   ratio            median of ours through median of the floor
//   difference_ns    median of the first class less median of the second; welch_t says whether it is more than noise
#include <startgate/applications.hpp>
#include <startgate/client_auth.hpp>
#include <startgate/json/assertion.hpp>
#include <startgate/openssl/keys.hpp>
#include <startgate/openssl/verifier.hpp>

#include "interleaved.hpp"
#include "support/signer.hpp"

#include <benchmark/benchmark.h>

#include <barrier>
#include <memory>
#include <string>
#include <thread>

namespace {

using namespace startgate;

constexpr std::int64_t seconds_now = 1'795'514'400;
constexpr instant now = static_cast<instant>(seconds_now) * second;
const std::string presented(64, 's');  // as long as the secrets that the service gives out

struct forgetful_memory {  // replay memory has a benchmark of its own
  replay_outcome remember(std::string_view, std::string_view, instant, instant) const noexcept { return replay_outcome::fresh; }
};

application with_secret(std::string_view text) {
  application app;
  app.client_id = "an-application-id-of-32-letters-";
  app.methods.add(client_auth_method::client_secret_post);
  app.secrets.emplace_back(*openssl::sha256(text));
  return app;
}

struct by_secret {
  explicit by_secret(std::string_view registered = presented) : app(with_secret(registered)) {}
  by_secret(const by_secret&) = delete;  // `sent` views `app`

  application app;
  openssl::verifier v;
  client_auth_policy policy;
  credentials sent{.client_id = app.client_id, .client_secret = presented};

  void operator()() const {
    forgetful_memory memory;
    benchmark::DoNotOptimize(authenticate(&app, sent, policy, now, v, memory).result);
  }
};

// The floor: the same bytes through a fetched EVP_MD and a context that is reused.
struct bare_sha256 {
  openssl::fetched_digest algorithm{EVP_MD_fetch(nullptr, "SHA256", nullptr)};
  openssl::digest_context context{EVP_MD_CTX_new()};

  void operator()() const {
    digest256 digest;
    EVP_DigestInit_ex2(context.get(), algorithm.get(), nullptr);
    EVP_DigestUpdate(context.get(), presented.data(), presented.size());
    EVP_DigestFinal_ex(context.get(), digest.data(), nullptr);
    benchmark::DoNotOptimize(digest);
  }
};

struct by_assertion {
  explicit by_assertion(signature_algorithm a) : algorithm(a) {
    app.client_id = "an-application-id-of-32-letters-";
    app.methods.add(client_auth_method::private_key_jwt);
    app.keys.push_back(*openssl::make_signing_key_from_pem(test::public_pem(test::private_key(a)), a, "key-1"));
    policy.audience.issuer = "https://acme.example/";
    text = test::jws(a, R"({"alg":")" + std::string(name_of(a)) + R"(","kid":"key-1","typ":"JWT"})",
                     R"({"iss":")" + app.client_id + R"(","sub":")" + app.client_id +
                         R"(","aud":"https://acme.example/","exp":)" + std::to_string(seconds_now + 60) + R"(,"iat":)" +
                         std::to_string(seconds_now) + R"(,"jti":"3f1c2b1e-6a1b-4b52-9f35-7d3d2f0a9b11"})");
  }

  signature_algorithm algorithm;
  application app;
  openssl::verifier v;
  client_auth_policy policy;
  std::string text;

  void operator()() const {
    forgetful_memory memory;
    const client_assertion assertion = json::dissect_assertion(text);
    const auto answer =
        authenticate(&app, {.client_id = app.client_id, .client_assertion_type = jwt_bearer_assertion, .assertion = &assertion},
                     policy, now, v, memory);
    if (!answer.proved()) std::abort();
  }
};

// The floor: EVP_DigestVerify of the same signature, on a copy of a context that was prepared once.
struct bare_verify {
  explicit bare_verify(const by_assertion& from) {
    const auto assertion = json::dissect_assertion(from.text);
    input = assertion.signing_input;
    openssl::detail::ecdsa_der der;
    const auto raw = assertion.signature();
    const auto encoded = openssl::detail::coordinate_bytes(from.algorithm) > 0 ? openssl::detail::encode_ecdsa(raw, der) : raw;
    signature.assign(encoded.begin(), encoded.end());
    EVP_DigestVerifyInit(prepared.get(), nullptr, test::digest_for(from.algorithm), nullptr, test::private_key(from.algorithm));
  }

  std::string input;
  std::vector<std::uint8_t> signature;
  openssl::digest_context prepared{EVP_MD_CTX_new()}, scratch{EVP_MD_CTX_new()};

  void operator()() const {
    EVP_MD_CTX_copy_ex(scratch.get(), prepared.get());
    if (EVP_DigestVerify(scratch.get(), signature.data(), signature.size(), reinterpret_cast<const unsigned char*>(input.data()),
                         input.size()) != 1)
      std::abort();
  }
};

void report(benchmark::State& state, const bench::pair_of_samples& samples) {
  state.counters["ours_ns"] = samples.median_a();
  state.counters["floor_ns"] = samples.median_b();
  state.counters["ratio"] = samples.ratio();
}

void client_secret_post_and_bare_sha256(benchmark::State& state) {
  const by_secret ours;
  const bare_sha256 floor;
  for (auto _ : state) report(state, bench::in_turns(401, 2'000, ours, floor));
}
BENCHMARK(client_secret_post_and_bare_sha256)->Iterations(1)->Unit(benchmark::kMillisecond);

void private_key_jwt_and_bare_verify(benchmark::State& state, signature_algorithm a) {
  const by_assertion ours(a);
  const bare_verify floor(ours);
  for (auto _ : state) report(state, bench::in_turns(101, 50, ours, floor));
}
BENCHMARK_CAPTURE(private_key_jwt_and_bare_verify, RS256, signature_algorithm::rs256)
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(private_key_jwt_and_bare_verify, ES256, signature_algorithm::es256)
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(private_key_jwt_and_bare_verify, EdDSA, signature_algorithm::eddsa)
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);

// CPU time per call of one thread alone, and of one of two that run at once over the same registration.
template <class Work>
void two_threads(benchmark::State& state, const Work& work, std::size_t calls) {
  std::vector<double> alone, together;
  const auto measure = [&] {
    const double start = bench::thread_cpu_ns();
    for (std::size_t i = 0; i < calls; ++i) work();
    return (bench::thread_cpu_ns() - start) / static_cast<double>(calls);
  };
  for (auto _ : state) {
    std::barrier start(2);
    std::atomic<bool> done = false;
    std::thread other([&] {
      for (int round = 0; round < 31; ++round) {
        start.arrive_and_wait();  // the first thread measures alone
        start.arrive_and_wait();
        while (!done.load(std::memory_order_relaxed)) work();
        start.arrive_and_wait();
      }
    });
    for (int round = 0; round < 31; ++round) {
      done = false;
      start.arrive_and_wait();
      alone.push_back(measure());
      start.arrive_and_wait();
      together.push_back(measure());
      done = true;
      start.arrive_and_wait();
    }
    other.join();
  }
  state.counters["alone_ns"] = bench::pair_of_samples::median(alone);
  state.counters["together_ns"] = bench::pair_of_samples::median(together);
  state.counters["ratio"] = bench::pair_of_samples::median(together) / bench::pair_of_samples::median(alone);
}

void two_threads_client_secret_post(benchmark::State& state) { two_threads(state, by_secret(), 20'000); }
BENCHMARK(two_threads_client_secret_post)->Iterations(1)->Unit(benchmark::kMillisecond);
void two_threads_private_key_jwt(benchmark::State& state) { two_threads(state, by_assertion(signature_algorithm::rs256), 300); }
BENCHMARK(two_threads_private_key_jwt)->Iterations(1)->Unit(benchmark::kMillisecond);
void two_threads_counting(benchmark::State& state) {  // what the machine itself costs: work that shares nothing
  two_threads(
      state,
      [] {
        for (int i = 0; i < 200; ++i) benchmark::DoNotOptimize(i);
      },
      20'000);
}
BENCHMARK(two_threads_counting)->Iterations(1)->Unit(benchmark::kMillisecond);

void report_classes(benchmark::State& state, const bench::pair_of_samples& samples) {
  state.counters["first_ns"] = samples.median_a();
  state.counters["second_ns"] = samples.median_b();
  state.counters["difference_ns"] = samples.median_a() - samples.median_b();
  state.counters["welch_t"] = samples.welch_t();
}

// First class: an application that does not exist. Second: one that does, with another secret. Registry lookup excluded.
void timing_of_unknown_and_wrong(benchmark::State& state) {
  const by_secret known("another secret");
  const auto decide = [&](const application* app) {
    benchmark::DoNotOptimize(app);  // or the compiler would make a program of its own for null
    forgetful_memory memory;
    benchmark::DoNotOptimize(authenticate(app, known.sent, known.policy, now, known.v, memory).result);
  };
  for (auto _ : state)
    report_classes(state, bench::in_turns(
                              20'001, 20, [&] { decide(nullptr); }, [&] { decide(&known.app); }));
}
BENCHMARK(timing_of_unknown_and_wrong)->Iterations(1)->Unit(benchmark::kMillisecond);

// First class: the right secret, but expired. Second: a wrong one. The work is the same but for the note of the match, some
// nanoseconds that only whoever holds the expired secret can cause.
void timing_of_expired_and_wrong(benchmark::State& state) {
  by_secret expired, wrong("another secret");
  expired.app.secrets.front() = secret(*openssl::sha256(presented), now - second);
  for (auto _ : state) report_classes(state, bench::in_turns(20'001, 20, expired, wrong));
}
BENCHMARK(timing_of_expired_and_wrong)->Iterations(1)->Unit(benchmark::kMillisecond);

// First class: an application that does not exist, where the registry's dearest secret costs as much. Second: a wrong secret of it.
void timing_of_unknown_and_wrong_pbkdf2(benchmark::State& state) {
  constexpr derivation slow{.form = secret_form::pbkdf2, .cost = 1'000, .salt_size = 8};
  by_secret known;
  known.app.secrets.front() = secret(*openssl::derive(slow, "another secret"), slow);
  const applications registry({known.app});
  known.policy.decoys = registry.decoys();
  const auto decide = [&](const application* app) {
    benchmark::DoNotOptimize(app);
    forgetful_memory memory;
    benchmark::DoNotOptimize(authenticate(app, known.sent, known.policy, now, known.v, memory).result);
  };
  for (auto _ : state)
    report_classes(state, bench::in_turns(
                              2'001, 1, [&] { decide(nullptr); }, [&] { decide(&known.app); }));
}
BENCHMARK(timing_of_unknown_and_wrong_pbkdf2)->Iterations(1)->Unit(benchmark::kMillisecond);

// First class: digests that differ in the first byte. Second: in the last.
void timing_of_compare(benchmark::State& state) {
  const openssl::verifier v;
  digest256 base{}, first{}, last{};
  first.front() = last.back() = 1;
  const auto compare = [&](const digest256& other) {
    benchmark::DoNotOptimize(base);
    benchmark::DoNotOptimize(v.equal(base, other));
  };
  for (auto _ : state)
    report_classes(state, bench::in_turns(
                              20'001, 100, [&] { compare(first); }, [&] { compare(last); }));
}
BENCHMARK(timing_of_compare)->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace
