// SPDX-License-Identifier: MIT
#include "benchmarks/support/idle_process.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string>
#include <thread>

#include <time.h>

namespace lull::benchmarks {
namespace {

// The fields of a file of "Name:  value" lines; several of one name are added up.
std::map<std::string, std::uint64_t> fields_of(const std::string& file) {
  std::map<std::string, std::uint64_t> fields;
  std::ifstream lines(file);
  for (std::string line; std::getline(lines, line);)
    if (const auto colon = line.find(':'); colon != std::string::npos)
      fields[line.substr(0, colon)] += std::strtoull(line.c_str() + colon + 1, nullptr, 10);
  return fields;
}

std::string process_of(pid_t pid) { return "/proc/" + std::to_string(pid); }

// The clock of a process is exact where the ticks of /proc/PID/stat are 10 ms wide, and counts
// threads that have ended.
double cpu_seconds_of(pid_t pid) {
  clockid_t clock{};
  timespec time{};
  if (::clock_getcpuclockid(pid, &clock) != 0 || ::clock_gettime(clock, &time) != 0)
    throw std::runtime_error("no such process: " + std::to_string(pid));
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

using Switches = std::map<std::string, std::uint64_t>;  // by thread: how often it went to sleep

Switches switches_of(pid_t pid) {
  Switches switches;
  for (const auto& task : std::filesystem::directory_iterator(process_of(pid) + "/task")) {
    const std::string path = task.path().string();
    switches[path] = fields_of(path + "/status")["voluntary_ctxt_switches"];
  }
  return switches;
}

std::uint64_t between(const Switches& before, const Switches& after) {
  std::uint64_t sum = 0;
  for (const auto& [thread, count] : after) {
    const auto earlier = before.find(thread);
    sum += count - (earlier == before.end() ? 0 : earlier->second);
  }
  return sum;
}

// One process over the window.
class Watched {
 public:
  explicit Watched(pid_t pid)
      : pid_(pid), cpu_seconds_(cpu_seconds_of(pid)), switches_(switches_of(pid)) {}

  void look() {
    constexpr double kKibPerMib = 1024;
    auto fields = fields_of(process_of(pid_) + "/smaps_rollup");
    if (fields.empty()) throw std::runtime_error("no such process: " + std::to_string(pid_));
    const auto mib = [&](const char* name) {
      return static_cast<double>(fields[name]) / kKibPerMib;
    };
    const double uss = mib("Private_Clean") + mib("Private_Dirty");
    sum_.uss_mib += uss;
    sum_.pss_mib += mib("Pss");
    sum_.rss_mib += mib("Rss");
    sum_.most_uss_mib = std::max(sum_.most_uss_mib, uss);
    ++looks_;
  }

  IdleCost cost(double seconds) const {
    const Switches now = switches_of(pid_);
    IdleCost cost = sum_;
    for (double* mean : {&cost.uss_mib, &cost.pss_mib, &cost.rss_mib}) *mean /= looks_;
    cost.wakeups_per_second = static_cast<double>(between(switches_, now)) / seconds;
    cost.cpu_seconds_per_hour = (cpu_seconds_of(pid_) - cpu_seconds_) * 3600 / seconds;
    cost.threads = static_cast<int>(now.size());
    return cost;
  }

 private:
  pid_t pid_;
  double cpu_seconds_;
  Switches switches_;
  IdleCost sum_;
  int looks_ = 0;
};

}  // namespace

std::vector<IdleCost> watch_idle(const std::vector<pid_t>& pids, int seconds) {
  std::vector<Watched> all(pids.begin(), pids.end());
  auto next = std::chrono::steady_clock::now();
  for (int second = 0; second < seconds; ++second) {
    std::this_thread::sleep_until(next += std::chrono::seconds(1));
    for (Watched& one : all) one.look();
  }
  std::vector<IdleCost> costs;
  for (const Watched& one : all) costs.push_back(one.cost(seconds));
  return costs;
}

}  // namespace lull::benchmarks
