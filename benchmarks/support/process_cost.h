// SPDX-License-Identifier: MIT
#pragma once
#include <algorithm>
#include <cstddef>
#include <ctime>
#include <vector>

namespace lull::benchmarks {

inline double seconds_of(clockid_t clock) {
  ::timespec time{};
  ::clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

// What one thing took each time, in seconds; CPU of all threads of this process.
struct ProcessCosts {
  std::vector<double> wall, cpu;

  template <class Run>
  void measure(Run&& run) {
    const double start = seconds_of(CLOCK_MONOTONIC);
    const double cpu_start = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
    run();
    cpu.push_back(seconds_of(CLOCK_PROCESS_CPUTIME_ID) - cpu_start);
    wall.push_back(seconds_of(CLOCK_MONOTONIC) - start);
  }
  // Everything that a shared machine does to a run makes it longer.
  double least_wall() const { return *std::min_element(wall.begin(), wall.end()); }
  double median_wall() const { return median(wall); }
  double median_cpu() const { return median(cpu); }

 private:
  static double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values.empty() ? 0 : values[values.size() / 2];
  }
};

}  // namespace lull::benchmarks
