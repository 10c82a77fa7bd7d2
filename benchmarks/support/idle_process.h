// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <map>
#include <string>

#include <sys/types.h>

// What a process that is left alone costs, from the outside.
namespace lull::benchmarks {

struct ProcessReading {
  std::uint64_t uss_kib = 0;  // what nobody else maps (proc(5), smaps_rollup: Private_*)
  std::uint64_t pss_kib = 0;
  std::uint64_t rss_kib = 0;
  // Voluntary context switches by thread: how often each went to sleep. What a thread that ended
  // did is not known any more: settle first.
  std::map<std::string, std::uint64_t> switches;
  double cpu_seconds = 0;
  int threads = 0;
};

// Throws std::runtime_error if there is no such process.
ProcessReading read_process(pid_t pid);

struct IdleCost {
  double uss_mib = 0, pss_mib = 0, rss_mib = 0;  // at the end
  double wakeups_per_second = 0;
  double cpu_seconds_per_hour = 0;
  int threads = 0;
};

IdleCost cost_between(const ProcessReading& before, const ProcessReading& after, double seconds);

}  // namespace lull::benchmarks
