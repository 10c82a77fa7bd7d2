// SPDX-License-Identifier: MIT
// Claim: a listing of all processes costs at most 1.3 times the pread of their kept stat files, and
// is three times faster than libproc2's.
#include <functional>
#include <vector>

#include <benchmark/benchmark.h>

#include "benchmarks/beside.h"
#include "benchmarks/proc_floor.h"
#include "core/platform/process_probe.h"
#include "core/stats/process_table.h"

#ifdef LULL_HAVE_LIBPROC2
#include <libproc2/pids.h>
#endif

namespace lull::benchmarks {
namespace {

void counts(benchmark::internal::Benchmark* benchmark) {
  benchmark->Arg(90)->Arg(2000)->UseManualTime()->Unit(benchmark::kMicrosecond);
}

void start_and_end_a_process() {
  const pid_t pid = ::fork();
  if (pid == 0) ::_exit(0);
  ::waitpid(pid, nullptr, 0);
}

// `between` is what goes on between two listings, not measured.
void list_over_kept_preads(benchmark::State& state, const std::function<void()>& between) {
  const auto probe = platform::make_process_probe({});
  std::vector<model::RawProcess> rows;
  const KeptStats floor;
  run_beside(
      state, 1, [&] { benchmark::DoNotOptimize(probe->list(rows)); }, floor, between);
  state.counters["processes"] = static_cast<double>(rows.size());
}

// Nothing was started, nothing has run since the listing before.
void listing_over_kept_preads(benchmark::State& state) {
  const Sleepers sleepers(static_cast<std::size_t>(state.range(0)));
  list_over_kept_preads(state, [] {});
}
BENCHMARK(listing_over_kept_preads)->Apply(counts);

// The worst case: every process has run.
void listing_of_what_ran_over_kept_preads(benchmark::State& state) {
  const Sleepers sleepers(static_cast<std::size_t>(state.range(0)));
  list_over_kept_preads(state, [&] { sleepers.wake(); });
}
BENCHMARK(listing_of_what_ran_over_kept_preads)->Apply(counts);

// A process came and went: the directory has to be read.
void listing_after_a_fork_over_kept_preads(benchmark::State& state) {
  const Sleepers sleepers(static_cast<std::size_t>(state.range(0)));
  list_over_kept_preads(state, start_and_end_a_process);
}
BENCHMARK(listing_after_a_fork_over_kept_preads)->Apply(counts);

// With shares of CPU and the ten largest.
void top_over_kept_preads(benchmark::State& state) {
  const Sleepers sleepers(static_cast<std::size_t>(state.range(0)));
  const auto probe = platform::make_process_probe({});
  stats::ProcessTable table;
  base::SteadyTime now{};
  const KeptStats floor;
  run_beside(
      state, 1,
      [&] {
        benchmark::DoNotOptimize(probe->list(table.begin_listing()));
        table.commit(now += std::chrono::seconds(1));
        benchmark::DoNotOptimize(table.top(10, stats::SortBy::kMemory));
      },
      floor);
}
BENCHMARK(top_over_kept_preads)->Apply(counts);

#ifdef LULL_HAVE_LIBPROC2
// A ratio of a third and less is the claim. Asked for the columns that we read. Several in a row
// each, so that neither finds the caches of the processor full of what the other read.
constexpr int kWarm = 8;
void listing_over_libproc2(benchmark::State& state) {
  const Sleepers sleepers(static_cast<std::size_t>(state.range(0)));
  const auto probe = platform::make_process_probe({});
  std::vector<model::RawProcess> rows;
  std::array items = {PIDS_ID_PID, PIDS_CMD,     PIDS_TICS_ALL,  PIDS_RSS,
                      PIDS_NLWP,   PIDS_ID_EUID, PIDS_TICS_BEGAN};
  pids_info* info = nullptr;
  if (procps_pids_new(&info, items.data(), static_cast<int>(items.size())) < 0) {
    state.SkipWithError("libproc2 does not start");
    return;
  }
  run_beside(
      state, kWarm, [&] { benchmark::DoNotOptimize(probe->list(rows)); },
      [&] { benchmark::DoNotOptimize(procps_pids_reap(info, PIDS_FETCH_TASKS_ONLY)); });
  procps_pids_unref(&info);
}
BENCHMARK(listing_over_libproc2)->Apply(counts);
#endif

}  // namespace
}  // namespace lull::benchmarks
