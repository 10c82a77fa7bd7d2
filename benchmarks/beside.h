// SPDX-License-Identifier: MIT
#pragma once
#include <algorithm>
#include <ctime>
#include <functional>
#include <vector>

#include <benchmark/benchmark.h>

// A figure means little without its floor in the same run: on a shared machine absolute times drift
// by a third, ratios hold.
namespace lull::benchmarks {

inline double median(std::vector<double>& values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// CPU time of this thread. What is compared here never sleeps, so this is the wall time of a
// machine with nobody else on it, even on one with.
inline double cpu_seconds() {
  ::timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

// Runs `ours` and `other` by turns, `batch` times each (so many that asking for the time does not
// count); the time reported is that of ours. Counters, medians of one call: `ours_us`, `other_us`,
// and `ratio` = ours ÷ other. `before_each` is not measured. Needs UseManualTime().
template <class Ours, class Other>
void run_beside(benchmark::State& state, int batch, Ours&& ours, Other&& other,
                const std::function<void()>& before_each = {}) {
  const auto measure = [batch](auto& run) {
    const double start = cpu_seconds();
    for (int i = 0; i < batch; ++i) run();
    return (cpu_seconds() - start) / batch;
  };
  std::vector<double> ours_times, other_times;
  ours();  // what is kept is opened now
  other();
  for (auto _ : state) {
    if (before_each) before_each();
    other_times.push_back(measure(other));
    ours_times.push_back(measure(ours));
    state.SetIterationTime(ours_times.back() * batch);
  }
  const double ours_median = median(ours_times);
  const double other_median = median(other_times);
  state.counters["ours_us"] = ours_median * 1e6;
  state.counters["other_us"] = other_median * 1e6;
  state.counters["ratio"] = other_median > 0 ? ours_median / other_median : 0;
}

}  // namespace lull::benchmarks
