// SPDX-License-Identifier: MIT
// Claim: a sample of memory, honest about ZFS, zram and cgroup limits, costs at most 1.3 times the
// pread of /proc/meminfo that it cannot do without.
#include <benchmark/benchmark.h>

#include "benchmarks/beside.h"
#include "benchmarks/proc_floor.h"
#include "core/platform/memory_probe.h"
#include "core/platform/pressure_probe.h"

namespace lull::benchmarks {
namespace {

void memory_sample_over_kept_pread(benchmark::State& state) {
  const auto probe = platform::make_memory_probe({});
  const KeptRead floor("/proc/meminfo");
  run_beside(
      state, 50, [&] { benchmark::DoNotOptimize(probe->sample()); }, floor);
}
BENCHMARK(memory_sample_over_kept_pread)->UseManualTime();

// What it would be with a new probe each time: discovery of limits, ZFS and zram.
void memory_first_sample_over_kept_pread(benchmark::State& state) {
  const KeptRead floor("/proc/meminfo");
  run_beside(
      state, 50, [] { benchmark::DoNotOptimize(platform::make_memory_probe({})->sample()); },
      floor);
}
BENCHMARK(memory_first_sample_over_kept_pread)->UseManualTime();

void pressure_reading_over_kept_pread(benchmark::State& state) {
  const auto probe = platform::make_pressure_probe({});
  const KeptRead floor("/proc/pressure/memory");
  if (!floor) {
    state.SkipWithError("no pressure stall information");
    return;
  }
  run_beside(
      state, 50, [&] { benchmark::DoNotOptimize(probe->read()); }, floor);
}
BENCHMARK(pressure_reading_over_kept_pread)->UseManualTime();

}  // namespace
}  // namespace lull::benchmarks
