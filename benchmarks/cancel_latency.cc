// SPDX-License-Identifier: MIT
// Claim: from a cancel to quiet takes a walk less than 100 ms, 99 times of 100, in a tree of a
// million; what was counted is kept and marked.
//   cancel_latency [TIMES [ENTRIES]]      300 and 1,000,000 if nothing else is said
//   LULL_BENCH_TREES=DIRECTORY            keeps the tree there for the next run
// Ends with 1 if the claim does not hold.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <thread>
#include <vector>

#include <oneapi/tbb/task_arena.h>

#include "benchmarks/support/big_tree.h"
#include "core/scan/tree_size.h"

namespace lull::benchmarks {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kThreads = 2;
constexpr double kMost = 0.100;  // seconds

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

model::TreeSize measure(const std::string& path, const base::CancelToken& cancel) {
  tbb::task_arena arena(kThreads);
  scan::WalkOptions options;
  options.width = kThreads;
  options.cancel = cancel;
  return *arena.execute([&] { return scan::measure_tree(path, options); });
}

struct Outcome {
  std::vector<double> latencies;
  int unmarked = 0;  // neither whole nor marked partial
  std::uint64_t kept = 0;
};

void cancel_once(const std::string& path, double delay, const model::TreeSize& whole,
                 Outcome& outcome) {
  const base::CancelSource cancel;
  model::TreeSize size;
  Clock::time_point quiet;
  std::thread walk([&] {
    size = measure(path, cancel.token());
    quiet = Clock::now();
  });
  std::this_thread::sleep_for(std::chrono::duration<double>(delay));
  const Clock::time_point cancelled = Clock::now();
  cancel.cancel(base::CancelReason::kUser);
  walk.join();
  if (!size.partial) {
    if (size.allocated_bytes != whole.allocated_bytes) ++outcome.unmarked;
    return;  // it was over before
  }
  outcome.latencies.push_back(std::chrono::duration<double>(quiet - cancelled).count());
  outcome.kept += size.files + size.directories;
  if (size.allocated_bytes > whole.allocated_bytes) ++outcome.unmarked;
}

int run(int times, std::uint64_t entries) {
  const BigTree tree(entries);
  measure(tree.path(), {});
  const Clock::time_point start = Clock::now();
  const model::TreeSize whole = measure(tree.path(), {});
  const double length = seconds_since(start);
  std::mt19937_64 random(42);
  std::uniform_real_distribution<double> moment(0, length);
  Outcome outcome;
  for (int i = 0; i < times; ++i) cancel_once(tree.path(), moment(random), whole, outcome);
  auto& all = outcome.latencies;
  std::sort(all.begin(), all.end());
  if (all.empty()) return 1;
  const auto at = [&](double share) {
    return all[static_cast<std::size_t>(share * static_cast<double>(all.size() - 1))];
  };
  std::printf("%llu entries, a walk of %.0f ms, %zu of %d cancelled in it\n",
              static_cast<unsigned long long>(entries), length * 1e3, all.size(), times);
  std::printf("cancel to quiet: p50 %.2f ms, p99 %.2f ms, most %.2f ms\n", at(0.5) * 1e3,
              at(0.99) * 1e3, all.back() * 1e3);
  std::printf("kept: %.0f entries on average; wrongly marked: %d\n",
              static_cast<double>(outcome.kept) / static_cast<double>(all.size()),
              outcome.unmarked);
  return at(0.99) < kMost && outcome.unmarked == 0 ? 0 : 1;
}

}  // namespace
}  // namespace lull::benchmarks

int main(int argc, char** argv) {
  return lull::benchmarks::run(argc > 1 ? std::max(1, std::atoi(argv[1])) : 300,
                               argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1'000'000);
}
