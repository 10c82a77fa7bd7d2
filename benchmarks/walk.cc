// SPDX-License-Identifier: MIT
// Claim: the disk usage of a tree costs at most 1.10 times the bare system calls on two threads, at
// every size, in at most 24 MiB.
//   LULL_BENCH_WALK_ENTRIES=1000000  a tree of that size too
//   LULL_BENCH_TREES=DIRECTORY       keeps the trees there for the next run
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <oneapi/tbb/task_arena.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "benchmarks/support/big_tree.h"
#include "benchmarks/support/process_cost.h"
#include "benchmarks/support/walk_floor.h"
#include "core/scan/tree_size.h"

namespace lull::benchmarks {
namespace {

constexpr unsigned kThreads = 2;

const BigTree& tree_of(std::uint64_t entries) {
  static std::map<std::uint64_t, std::unique_ptr<BigTree>> trees;
  auto& tree = trees[entries];
  if (!tree) tree = std::make_unique<BigTree>(entries);
  return *tree;
}

base::Result<model::TreeSize> measure(const std::string& path) {
  scan::WalkOptions options;
  options.width = kThreads;
  return scan::measure_tree(path, options);
}

// What a process that does nothing but one walk takes at most, and how long it is alive.
struct ChildCost {
  double seconds = 0;
  double resident_mib = 0;
};
template <class Run>
ChildCost cost_of_child(Run&& run) {
  const auto start = std::chrono::steady_clock::now();
  const pid_t child = ::fork();
  if (child == 0) {
    run();
    ::_exit(0);
  }
  int status = 0;
  rusage usage{};
  ::wait4(child, &status, 0, &usage);
  return {std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(),
          static_cast<double>(usage.ru_maxrss) / 1024};
}

void run_du(const std::string& path) {
  ::execlp("du", "du", "-s", "-x", "--block-size=1", path.c_str(), nullptr);
  ::_exit(127);
}

void walk_over_floor(benchmark::State& state) {
  const std::string& path = tree_of(static_cast<std::uint64_t>(state.range(0))).path();
  // Before this process has threads of its own.
  static const double resident = cost_of_child([&] {
                                   tbb::task_arena arena(kThreads);
                                   arena.execute([&] { benchmark::DoNotOptimize(measure(path)); });
                                 }).resident_mib;
  tbb::task_arena arena(kThreads);
  ProcessCosts ours, floor;
  model::TreeSize size;
  FloorSum sum;
  arena.execute([&] { benchmark::DoNotOptimize(measure(path)); });  // warm
  for (auto _ : state) {
    floor.measure([&] { sum = walk_floor(path, kThreads); });
    ours.measure([&] { arena.execute([&] { size = *measure(path); }); });
    state.SetIterationTime(ours.wall.back());
  }
  if (size.allocated_bytes != sum.bytes || size.files != sum.files)
    state.SkipWithError("the walk and its floor do not agree");
  state.counters["entries"] = static_cast<double>(size.files + size.directories);
  state.counters["ours_ms"] = ours.least_wall() * 1e3;
  state.counters["floor_ms"] = floor.least_wall() * 1e3;
  state.counters["ratio_wall"] = ours.least_wall() / floor.least_wall();
  state.counters["ratio_cpu"] = ours.median_cpu() / floor.median_cpu();
  state.counters["rss_mib"] = resident;
}

void walk_over_du(benchmark::State& state) {
  const std::string& path = tree_of(static_cast<std::uint64_t>(state.range(0))).path();
  tbb::task_arena arena(kThreads);
  double du = 1e9, resident = 0;
  ProcessCosts ours;
  for (auto _ : state) {
    const ChildCost peer = cost_of_child([&] {
      if (::freopen("/dev/null", "w", stdout) != nullptr) run_du(path);
    });
    du = std::min(du, peer.seconds);
    resident = peer.resident_mib;
    ours.measure([&] { arena.execute([&] { benchmark::DoNotOptimize(measure(path)); }); });
    state.SetIterationTime(ours.wall.back());
  }
  state.counters["du_ms"] = du * 1e3;
  state.counters["ours_ms"] = ours.least_wall() * 1e3;
  state.counters["ratio_wall"] = ours.least_wall() / du;
  state.counters["du_rss_mib"] = resident;
}

void sizes(benchmark::internal::Benchmark* one) {
  one->Arg(100'000);
  if (const char* more = std::getenv("LULL_BENCH_WALK_ENTRIES")) one->Arg(std::atoll(more));
  one->UseManualTime()->Iterations(9)->Unit(benchmark::kMillisecond);
}
BENCHMARK(walk_over_floor)->Apply(sizes);
BENCHMARK(walk_over_du)->Apply(sizes);

}  // namespace
}  // namespace lull::benchmarks
