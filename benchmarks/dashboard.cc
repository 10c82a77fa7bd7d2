// SPDX-License-Identifier: MIT
// Claim: everything a glance shows costs at most 1.3 times the sum of the system calls below it.
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <sys/statvfs.h>

#include "benchmarks/beside.h"
#include "benchmarks/proc_floor.h"
#include "core/platform/disk_probe.h"
#include "core/stats/system_monitor.h"

namespace lull::benchmarks {
namespace {

// Every answer is out of date at once.
class HurryingClock final : public base::Clock {
 public:
  base::SteadyTime now() const override { return now_; }
  base::WallTime wall_now() const override { return {}; }
  void hurry() { now_ += std::chrono::seconds(6); }

 private:
  base::SteadyTime now_{std::chrono::hours(1)};
};

// The system calls below a glance.
class Floor {
 public:
  Floor() {
    const auto disks = platform::make_disk_probe({})->list();
    if (disks)
      for (const auto& disk : *disks)
        if (disk.total_bytes > 0) mounts_.push_back(disk.mount);
  }
  void operator()() const {
    memory_();
    cpu_();
    load_();
    if (pressure_) pressure_();
    mountinfo_();
    for (const std::string& mount : mounts_) {
      struct ::statvfs space {};
      ::statvfs(mount.c_str(), &space);
    }
    processes_();
  }

 private:
  KeptRead memory_{"/proc/meminfo"}, cpu_{"/proc/stat"}, load_{"/proc/loadavg"};
  KeptRead pressure_{"/proc/pressure/memory"}, mountinfo_{"/proc/self/mountinfo"};
  std::vector<std::string> mounts_;
  KeptStats processes_;
};

void glance_over_the_sum_of_its_floors(benchmark::State& state) {
  const Sleepers sleepers(static_cast<std::size_t>(state.range(0)));
  HurryingClock clock;
  stats::SystemMonitor monitor(stats::make_probes({}, clock), clock);
  const Floor floor;
  run_beside(
      state, 1,
      [&] {
        clock.hurry();
        benchmark::DoNotOptimize(monitor.memory());
        benchmark::DoNotOptimize(monitor.cpu());
        benchmark::DoNotOptimize(monitor.pressure());
        benchmark::DoNotOptimize(monitor.disks());
        benchmark::DoNotOptimize(monitor.top(5, stats::SortBy::kMemory));
      },
      floor);
}
BENCHMARK(glance_over_the_sum_of_its_floors)
    ->Arg(90)
    ->Arg(2000)
    ->UseManualTime()
    ->Unit(benchmark::kMicrosecond);

// Within its intervals a question costs next to nothing.
void glance_again(benchmark::State& state) {
  HurryingClock clock;
  stats::SystemMonitor monitor(stats::make_probes({}, clock), clock);
  monitor.top(5, stats::SortBy::kMemory);
  for (auto _ : state) {
    benchmark::DoNotOptimize(monitor.memory());
    benchmark::DoNotOptimize(monitor.cpu());
    benchmark::DoNotOptimize(monitor.pressure());
    benchmark::DoNotOptimize(monitor.disks());
    benchmark::DoNotOptimize(monitor.top(5, stats::SortBy::kMemory));
  }
}
BENCHMARK(glance_again)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace lull::benchmarks
