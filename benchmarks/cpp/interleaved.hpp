// Two ways of doing a thing, measured in turns of random order within one run, so that whatever else the machine does falls on
// both. Times are CPU time of the thread, per call.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <random>
#include <vector>

namespace startgate::bench {

inline double thread_cpu_ns() noexcept {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) * 1e9 + static_cast<double>(t.tv_nsec);
}

struct pair_of_samples {
  std::vector<double> a, b;

  static double median(std::vector<double> values) {
    std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
    return values[values.size() / 2];
  }
  double median_a() const { return median(a); }
  double median_b() const { return median(b); }
  double ratio() const { return median_a() / median_b(); }

  // Welch's t over the lower nine tenths of each class: what is above is the machine's interrupts, not the code (dudect crops
  // alike).
  double welch_t() const {
    const auto moments = [](std::vector<double> values) {
      std::sort(values.begin(), values.end());
      values.resize(values.size() * 9 / 10);
      double mean = 0, square = 0;
      for (const double v : values) mean += v / static_cast<double>(values.size());
      for (const double v : values) square += (v - mean) * (v - mean);
      const auto n = static_cast<double>(values.size());
      return std::pair{mean, square / (n - 1) / n};
    };
    const auto [mean_a, error_a] = moments(a);
    const auto [mean_b, error_b] = moments(b);
    return (mean_a - mean_b) / std::sqrt(error_a + error_b);
  }
};

template <class A, class B>
pair_of_samples in_turns(std::size_t rounds, std::size_t calls, A&& one, B&& other) {
  pair_of_samples samples;
  std::minstd_rand order(42);
  const auto measure = [calls](auto& work, std::vector<double>& into) {
    const double start = thread_cpu_ns();
    for (std::size_t i = 0; i < calls; ++i) work();
    into.push_back((thread_cpu_ns() - start) / static_cast<double>(calls));
  };
  for (std::size_t i = 0; i < calls; ++i) one(), other();  // warm
  for (std::size_t i = 0; i < rounds; ++i) {
    const bool a_first = order() % 2 == 0;
    if (a_first) measure(one, samples.a);
    measure(other, samples.b);
    if (!a_first) measure(one, samples.a);
  }
  return samples;
}

}  // namespace startgate::bench
