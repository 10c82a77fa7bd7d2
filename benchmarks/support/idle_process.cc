// SPDX-License-Identifier: MIT
#include "benchmarks/support/idle_process.h"

#include <ctime>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include <time.h>

namespace lull::benchmarks {
namespace {

std::uint64_t field_of(const std::string& file, const std::string& name) {
  std::ifstream lines(file);
  std::uint64_t sum = 0;
  for (std::string line; std::getline(lines, line);)
    if (line.rfind(name + ":", 0) == 0) sum += std::stoull(line.substr(name.size() + 1));
  return sum;
}

// The clock of a process is exact where the ticks of /proc/PID/stat are 10 ms wide, and counts
// threads that have ended.
double cpu_seconds_of(pid_t pid) {
  clockid_t clock{};
  timespec time{};
  if (::clock_getcpuclockid(pid, &clock) != 0 || ::clock_gettime(clock, &time) != 0)
    throw std::runtime_error("no such process: " + std::to_string(pid));
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

double mib(std::uint64_t kib) { return static_cast<double>(kib) / 1024; }

std::uint64_t switches_between(const ProcessReading& before, const ProcessReading& after) {
  std::uint64_t sum = 0;
  for (const auto& [thread, count] : after.switches) {
    const auto earlier = before.switches.find(thread);
    sum += count - (earlier == before.switches.end() ? 0 : earlier->second);
  }
  return sum;
}

}  // namespace

ProcessReading read_process(pid_t pid) {
  const std::string process = "/proc/" + std::to_string(pid);
  const std::string rollup = process + "/smaps_rollup";
  ProcessReading reading;
  reading.cpu_seconds = cpu_seconds_of(pid);
  reading.uss_kib = field_of(rollup, "Private_Clean") + field_of(rollup, "Private_Dirty");
  reading.pss_kib = field_of(rollup, "Pss");
  reading.rss_kib = field_of(rollup, "Rss");
  for (const auto& task : std::filesystem::directory_iterator(process + "/task")) {
    const std::string path = task.path().string();
    reading.switches[path] = field_of(path + "/status", "voluntary_ctxt_switches");
    ++reading.threads;
  }
  return reading;
}

IdleCost cost_between(const ProcessReading& before, const ProcessReading& after, double seconds) {
  IdleCost cost;
  cost.uss_mib = mib(after.uss_kib);
  cost.pss_mib = mib(after.pss_kib);
  cost.rss_mib = mib(after.rss_kib);
  cost.wakeups_per_second = static_cast<double>(switches_between(before, after)) / seconds;
  cost.cpu_seconds_per_hour = (after.cpu_seconds - before.cpu_seconds) * 3600 / seconds;
  cost.threads = after.threads;
  return cost;
}

}  // namespace lull::benchmarks
