// What it costs to decide the client address, beside what people would otherwise use: inet_pton and std::upper_bound.
// benchmarks/peers/client_ip/run.py runs this beside npm's proxy-addr and Go's realclientip-go on the same list.

#include <startgate/client_ip.hpp>

#include <arpa/inet.h>
#include <benchmark/benchmark.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <new>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace {

std::size_t allocations = 0;

}  // namespace

// Out of line: where they are inlined, GCC takes `free` for the wrong partner of `new`.
[[gnu::noinline]] void* operator new(std::size_t n) {
  ++allocations;
  if (void* p = std::malloc(n)) return p;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* p) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete(void* p, std::size_t) noexcept { std::free(p); }

namespace {

using namespace startgate;

constexpr std::size_t many = 1 << 13;  // inputs in rotation, so that no branch predictor learns them

std::vector<std::string> literals(bool v4) {
  std::mt19937_64 random(1);
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < many; ++i) {
    const address a = v4 ? address::v4(static_cast<std::uint32_t>(random())) : address{random() >> 3 | 1ULL << 61, random()};
    texts.emplace_back(print_address(a).view());
  }
  return texts;
}

void inet_pton(benchmark::State& state) {
  const bool v4 = state.range(0) == 4;
  const auto texts = literals(v4);
  std::size_t i = 0;
  for (auto _ : state) {
    unsigned char out[16];
    benchmark::DoNotOptimize(::inet_pton(v4 ? AF_INET : AF_INET6, texts[++i % many].c_str(), out));
    benchmark::DoNotOptimize(out);
  }
}
BENCHMARK(inet_pton)->ArgName("v")->Arg(4)->Arg(6);

void parse_address(benchmark::State& state) {
  const auto texts = literals(state.range(0) == 4);
  std::size_t i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(startgate::parse_address(texts[++i % many]));
}
BENCHMARK(parse_address)->ArgName("v")->Arg(4)->Arg(6);

void print_address(benchmark::State& state) {
  const auto texts = literals(state.range(0) == 4);
  std::vector<address> addresses;
  for (const auto& t : texts) addresses.push_back(*startgate::parse_address(t));
  std::size_t i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(startgate::print_address(addresses[++i % many]));
}
BENCHMARK(print_address)->ArgName("v")->Arg(4)->Arg(6);

// IPv4 anywhere; IPv6 as an operator has it: /48 and longer networks of one provider, and of another one far away.
std::vector<prefix> random_prefixes(bool v4, std::size_t count) {
  std::mt19937_64 random(2);
  std::vector<prefix> out;
  for (std::size_t i = 0; i < count; ++i) {
    const auto more = static_cast<unsigned>(random() % 17);
    if (v4)
      out.push_back(prefix::around(address::v4(static_cast<std::uint32_t>(random())), 16 + more));
    else
      out.push_back(
          prefix::around({(i % 4 == 0 ? 0x2a00'1450ULL : 0x2001'0db8ULL) << 32 | (random() >> 32), random()}, 48 + more));
  }
  return out;
}

// Half of them inside one of the prefixes, the others beside one.
std::vector<address> wanted_in(const std::vector<prefix>& prefixes) {
  std::mt19937_64 random(3);
  std::vector<address> out;
  for (std::size_t i = 0; i < many; ++i) {
    const prefix& p = prefixes[random() % prefixes.size()];
    const auto noise = static_cast<std::uint32_t>(random());
    if (i % 2 == 0)
      out.push_back(p.network());
    else
      out.push_back(p.is_v4() ? address::v4(noise) : address{(p.network().high & ~0xffff'ffffULL) | noise, random()});
  }
  std::shuffle(out.begin(), out.end(), random);
  return out;
}

void tables(benchmark::internal::Benchmark* b) { b->ArgNames({"v", "prefixes"})->ArgsProduct({{4, 6}, {16, 1'000, 10'000}}); }

void prefix_set_contains(benchmark::State& state) {
  const auto prefixes = random_prefixes(state.range(0) == 4, static_cast<std::size_t>(state.range(1)));
  const auto wanted = wanted_in(prefixes);
  const prefix_set set(prefixes);
  std::size_t i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(set.contains(wanted[++i % many]));
}
BENCHMARK(prefix_set_contains)->Apply(tables);

// The same disjoint ranges, searched as the standard library does; `key` is what they are made of.
template <class Key>
void search_ranges(benchmark::State& state, const std::vector<prefix>& prefixes, Key key) {
  const auto wanted = wanted_in(prefixes);
  std::vector<std::pair<decltype(key(address{})), decltype(key(address{}))>> ranges, merged;
  for (const auto& p : prefixes) ranges.emplace_back(key(p.network()), key(p.last()));
  std::sort(ranges.begin(), ranges.end());
  for (const auto& r : ranges) {
    if (merged.empty() || merged.back().second < r.first)
      merged.push_back(r);
    else
      merged.back().second = std::max(merged.back().second, r.second);
  }
  std::size_t i = 0;
  for (auto _ : state) {
    const auto x = key(wanted[++i % many]);
    const auto at = std::upper_bound(merged.begin(), merged.end(), x, [](const auto& v, const auto& r) { return v < r.first; });
    benchmark::DoNotOptimize(at != merged.begin() && x <= std::prev(at)->second);
  }
}

void std_upper_bound(benchmark::State& state) {
  const bool v4 = state.range(0) == 4;
  const auto prefixes = random_prefixes(v4, static_cast<std::size_t>(state.range(1)));
  if (v4)
    search_ranges(state, prefixes, [](const address& a) { return a.v4_bits(); });
  else
    search_ranges(state, prefixes, [](const address& a) { return a; });
}
BENCHMARK(std_upper_bound)->Apply(tables);

// The same job as for the peers.
const nlohmann::json& job() {
  static const nlohmann::json read =
      nlohmann::json::parse(std::ifstream(STARTGATE_SOURCE_DIR "/benchmarks/peers/client_ip/job.json"));
  return read;
}

const std::string& list() { return job()["header"].get_ref<const std::string&>(); }

proxy_trust sixteen_proxies(std::string header_name) {
  std::vector<prefix> prefixes;
  for (const auto& text : job()["prefixes"]) prefixes.push_back(*parse_prefix(text.get<std::string>()));
  return *proxy_trust::make({.trusted_proxies = prefixes, .header = std::move(header_name)});
}

void resolve(benchmark::State& state, const proxy_trust& trust, const std::vector<header>& headers) {
  const address peer = *startgate::parse_address("10.0.0.1");
  const std::size_t before = allocations;
  for (auto _ : state) benchmark::DoNotOptimize(resolve_transport(trust, peer, headers));
  state.counters["allocations"] = static_cast<double>(allocations - before);
}

// A browser's request: the header is one among a dozen.
std::vector<header> among_others(std::string_view name, std::string_view value) {
  return {{"host", "login.example"},
          {"user-agent", "Mozilla/5.0"},
          {"accept", "application/json"},
          {"content-type", "application/json"},
          {name, value},
          {"accept-language", "en"},
          {"origin", "https://login.example"},
          {"content-length", "181"}};
}

void inet_pton_of_the_answer(benchmark::State& state) {
  for (auto _ : state) {
    in_addr out;
    benchmark::DoNotOptimize(::inet_pton(AF_INET, "198.51.100.7", &out));
    benchmark::DoNotOptimize(out);
  }
}
BENCHMARK(inet_pton_of_the_answer);

void resolve_list_of_three(benchmark::State& state) {
  resolve(state, sixteen_proxies("x-forwarded-for"), {{"x-forwarded-for", list()}});
}
BENCHMARK(resolve_list_of_three);

void resolve_list_of_three_among_other_headers(benchmark::State& state) {
  resolve(state, sixteen_proxies("x-forwarded-for"), among_others("x-forwarded-for", list()));
}
BENCHMARK(resolve_list_of_three_among_other_headers);

// With other addresses each time, as inet_pton/v:4 above: no branch predictor learns the lengths of their parts.
void resolve_lists_of_three(benchmark::State& state) {
  const auto trust = sixteen_proxies("x-forwarded-for");
  const address peer = *startgate::parse_address("10.0.0.1");
  std::mt19937_64 random(5);
  std::vector<std::string> values;
  for (std::size_t i = 0; i < many; ++i) {
    const auto random_v4 = [&](std::uint32_t network) {
      return address::v4(network | (static_cast<std::uint32_t>(random()) & 0x00ff'ffff));
    };
    const auto text = [](const address& a) { return std::string(startgate::print_address(a).view()); };
    values.push_back("203.0.113.9, " + text(random_v4(0x5000'0000)) + ", " + text(random_v4(0x0a00'0000)));
  }
  std::size_t i = 0;
  for (auto _ : state) {
    const header headers[] = {{"x-forwarded-for", values[++i % many]}};
    benchmark::DoNotOptimize(resolve_transport(trust, peer, headers));
  }
}
BENCHMARK(resolve_lists_of_three);

void resolve_forwarded_of_three(benchmark::State& state) {
  resolve(state, sixteen_proxies("forwarded"), {{"forwarded", "for=203.0.113.9, for=198.51.100.7;proto=https, for=10.0.0.2"}});
}
BENCHMARK(resolve_forwarded_of_three);

void resolve_untrusted_peer(benchmark::State& state) {
  const auto trust = sixteen_proxies("x-forwarded-for");
  const auto headers = among_others("x-forwarded-for", list());
  const address peer = *startgate::parse_address("198.51.100.7");
  for (auto _ : state) benchmark::DoNotOptimize(resolve_transport(trust, peer, headers));
}
BENCHMARK(resolve_untrusted_peer);

// 64 KiB of what costs most: commas and blanks for the list, quotes and backslashes for Forwarded.
void resolve_junk(benchmark::State& state) {
  const bool forwarded = state.range(0) == 1;
  const std::string junk(65'536, forwarded ? '\\' : ' ');
  const std::string name = forwarded ? "forwarded" : "x-forwarded-for", value = junk + (forwarded ? "\"" : "");
  resolve(state, sixteen_proxies(name), {{name, value}});
}
BENCHMARK(resolve_junk)->ArgName("forwarded")->Arg(0)->Arg(1);

}  // namespace
