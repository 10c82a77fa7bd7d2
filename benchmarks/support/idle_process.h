// SPDX-License-Identifier: MIT
#pragma once
#include <vector>

#include <sys/types.h>

// What processes that are left alone cost, from the outside.
namespace lull::benchmarks {

struct IdleCost {
  // Read once a second, and their mean: what an agent does now and then brings pages of its program
  // in, and some seconds later they are given back, so one moment tells nothing of the rest.
  double uss_mib = 0;  // what nobody else maps (proc(5), smaps_rollup: Private_*)
  double pss_mib = 0;
  double rss_mib = 0;
  double most_uss_mib = 0;        // the worst of those seconds
  double wakeups_per_second = 0;  // voluntary context switches of its threads
  double cpu_seconds_per_hour = 0;
  int threads = 0;  // at the end
};

// Blocks for that many seconds, and answers in the order of `pids`. A thread that starts and ends
// within them has no wake-ups here: let the processes settle first. Throws std::runtime_error if
// one of them is not there.
std::vector<IdleCost> watch_idle(const std::vector<pid_t>& pids, int seconds);

}  // namespace lull::benchmarks
