// SPDX-License-Identifier: MIT
// Claim: to measure a tree again that did not change costs at most 1.3 times one lstat for each of
// its directories, on two threads, also after a restart; the memory for it is given back.
//   LULL_BENCH_RESCAN_TREE=DIRECTORY  an existing tree (only read)
//   LULL_BENCH_WALK_ENTRIES=1000000   else one of that many entries is made; 100,000 otherwise
//   LULL_BENCH_TREES=DIRECTORY        and kept there for the next run
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <benchmark/benchmark.h>
#include <dirent.h>
#include <fcntl.h>
#include <malloc.h>
#include <oneapi/tbb/task_arena.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "benchmarks/beside.h"
#include "benchmarks/support/big_tree.h"
#include "benchmarks/support/process_cost.h"
#include "core/base/unique_fd.h"
#include "core/cache/store_disk.h"
#include "core/cache/tree_measure.h"
#include "core/scan/tree_size.h"
#include "tests/support/temp_dir.h"

namespace lull::benchmarks {
namespace {

constexpr unsigned kThreads = 2;

std::string tree_path() {
  if (const char* given = std::getenv("LULL_BENCH_RESCAN_TREE")) return given;
  const char* entries = std::getenv("LULL_BENCH_WALK_ENTRIES");
  static const BigTree tree(entries != nullptr ? std::strtoull(entries, nullptr, 10) : 100'000);
  return tree.path();
}

// Every directory below the root, by its path from there and by its name in its parent.
struct Directories {
  struct One {
    std::string path;
    std::size_t parent;  // index
    std::size_t name;    // where it begins in the path
  };
  std::vector<One> all;

  explicit Directories(const std::string& root) {
    all.push_back({".", 0, 0});
    const base::UniqueFd top(::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    list(top.get(), 0);
  }

 private:
  void list(int directory, std::size_t index) {
    DIR* stream = ::fdopendir(::dup(directory));
    if (stream == nullptr) return;
    while (const dirent* entry = ::readdir(stream)) {
      const std::string name = entry->d_name;
      if (entry->d_type != DT_DIR || name == "." || name == "..") continue;
      const std::string before = index == 0 ? std::string() : all[index].path + "/";
      all.push_back({before + name, index, before.size()});
      const std::size_t child = all.size() - 1;
      const base::UniqueFd below(
          ::openat(directory, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
      if (below) list(below.get(), child);
    }
    ::closedir(stream);
  }
};

const Directories& directories() {
  static const Directories all(tree_path());
  return all;
}

// Runs body(index) for all directories on two threads, a few hundred at a time.
template <class Body>
void on_two_threads(std::size_t count, const Body& body) {
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    constexpr std::size_t kChunk = 512;
    for (std::size_t begin = next.fetch_add(kChunk); begin < count; begin = next.fetch_add(kChunk))
      for (std::size_t i = begin; i < std::min(begin + kChunk, count); ++i) body(i);
  };
  std::thread other(work);
  work();
  other.join();
}

// The floor: one fstatat for each directory, by its path from the root.
void stat_by_path(int root) {
  const auto& all = directories().all;
  on_two_threads(all.size(), [&](std::size_t i) {
    struct stat status {};
    benchmark::DoNotOptimize(
        ::fstatat(root, all[i].path.c_str(), &status, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT));
  });
}

// The same by its name alone, with every parent open already: what nobody can have, since there are
// more of them than descriptors. Only root may try.
class OpenParents {
 public:
  explicit OpenParents(int root) : fds_(directories().all.size(), -1) {
    const rlimit enough{200'000, 200'000};
    complete_ = ::setrlimit(RLIMIT_NOFILE, &enough) == 0;
    if (!complete_) return;
    const auto& all = directories().all;
    for (std::size_t i = 1; i < all.size(); ++i) {
      int& parent = fds_[all[i].parent];
      if (parent < 0)
        parent = ::openat(root, all[all[i].parent].path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
      complete_ = complete_ && parent >= 0;
    }
  }
  ~OpenParents() {
    for (const int fd : fds_)
      if (fd >= 0) ::close(fd);
  }
  bool complete() const { return complete_; }
  void stat_by_name() const {
    const auto& all = directories().all;
    on_two_threads(all.size(), [&](std::size_t i) {
      struct stat status {};
      benchmark::DoNotOptimize(::fstatat(fds_[all[i].parent], all[i].path.c_str() + all[i].name,
                                         &status, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT));
    });
  }

 private:
  std::vector<int> fds_;
  bool complete_ = true;
};

class Rescan {
 public:
  Rescan() { restart(); }

  void restart() {
    store_.reset();
    store_ = cache::make_disk_store({.directory = temp_ / "lull"});
  }
  cache::MeasureReport measure(base::Duration believe = std::chrono::hours(24)) {
    cache::MeasureRequest request;
    request.path = tree_path();
    request.now = base::system_clock().wall_now();
    request.believe = believe;
    request.settle = {};  // a tree that was made just now counts as old
    scan::WalkOptions options;
    options.width = kThreads;
    cache::MeasureReport report;
    arena_.execute([&] { report = *cache::measure(*store_, request, options); });
    return report;
  }
  std::optional<model::TreeSize> recall(const std::string& path) {
    cache::MeasureRequest request;
    request.path = path;
    request.now = base::system_clock().wall_now();
    request.believe = std::chrono::hours(24);
    return cache::recall(*store_, request);
  }
  cache::TreeStore& store() { return *store_; }

 private:
  const support::TempDir temp_;
  std::unique_ptr<cache::TreeStore> store_;
  tbb::task_arena arena_{kThreads};
};

void rescan(benchmark::State& state, bool restarts) {
  Rescan ours;
  const base::UniqueFd root(::open(tree_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const OpenParents parents(root.get());
  ours.measure();
  cache::MeasureReport report = ours.measure();
  ProcessCosts our_costs, by_path, by_name;
  for (auto _ : state) {
    by_path.measure([&] { stat_by_path(root.get()); });
    if (restarts) ours.restart();
    our_costs.measure([&] { report = ours.measure(); });
    if (parents.complete()) by_name.measure([&] { parents.stat_by_name(); });
    state.SetIterationTime(our_costs.wall.back());
  }
  if (report.directories_read != 0 || report.directories_checked != directories().all.size())
    state.SkipWithError("something was read again, or not looked at");
  state.counters["directories"] = static_cast<double>(report.directories_checked);
  state.counters["ours_ms"] = our_costs.median_wall() * 1e3;
  state.counters["floor_ms"] = by_path.median_wall() * 1e3;
  state.counters["ratio_wall"] = our_costs.median_wall() / by_path.median_wall();
  state.counters["ratio_least"] = our_costs.least_wall() / by_path.least_wall();
  state.counters["ratio_cpu"] = our_costs.median_cpu() / by_path.median_cpu();
  // Of two: less where the kernel lets both threads share a processor with each other or with
  // somebody else. Ratios of wall clock times compare only rounds that had as many.
  state.counters["our_processors"] = our_costs.median_cpu() / our_costs.median_wall();
  state.counters["floor_processors"] = by_path.median_cpu() / by_path.median_wall();
  if (!parents.complete()) return;
  state.counters["ratio_by_name_wall"] = our_costs.median_wall() / by_name.median_wall();
  state.counters["ratio_by_name_cpu"] = our_costs.median_cpu() / by_name.median_cpu();
}
void rescan_unchanged(benchmark::State& state) { rescan(state, false); }
void rescan_after_a_restart(benchmark::State& state) { rescan(state, true); }

// What it costs to remember: a walk that makes rows and stores them, beside one that does not.
void first_walk(benchmark::State& state) {
  Rescan ours;
  tbb::task_arena arena(kThreads);
  scan::WalkOptions options;
  options.width = kThreads;
  ProcessCosts remembered, plain;
  for (auto _ : state) {
    plain.measure([&] {
      arena.execute([&] { benchmark::DoNotOptimize(scan::measure_tree(tree_path(), options)); });
    });
    remembered.measure([&] { ours.measure(base::Duration(0)); });
    state.SetIterationTime(remembered.wall.back());
  }
  state.counters["ours_ms"] = remembered.median_wall() * 1e3;
  state.counters["plain_ms"] = plain.median_wall() * 1e3;
  state.counters["ratio_wall"] = remembered.median_wall() / plain.median_wall();
  state.counters["ratio_cpu"] = remembered.median_cpu() / plain.median_cpu();
  state.counters["store_mib"] = static_cast<double>(ours.store().stats().bytes) / (1 << 20);
}

// A known tree, and a part in the middle of it, answered from the store.
void recall(benchmark::State& state) {
  Rescan ours;
  ours.measure();
  const auto& all = directories().all;
  const std::string path =
      state.range(0) == 0 ? tree_path() : tree_path() + "/" + all[all.size() / 2].path;
  for (auto _ : state)
    if (!ours.recall(path)) state.SkipWithError("not known");
}

struct Memory {
  double resident = 0, anonymous = 0;
};
Memory memory_mib() {
  Memory memory;
  long pages = 0, resident = 0, shared = 0;
  if (FILE* file = std::fopen("/proc/self/statm", "r")) {
    if (std::fscanf(file, "%ld %ld %ld", &pages, &resident, &shared) != 3) resident = shared = 0;
    std::fclose(file);
  }
  const double page = static_cast<double>(::sysconf(_SC_PAGESIZE)) / (1 << 20);
  memory.resident = static_cast<double>(resident) * page;
  memory.anonymous = static_cast<double>(resident - shared) * page;
  return memory;
}

// In a process of its own: how much it grows at most, and what is left after a rest.
void memory(benchmark::State& state) {
  struct Answer {
    double before, peak, after;
  };
  const auto ask = [](bool walks) {
    int pipe[2];
    if (::pipe(pipe) != 0) return Answer{};
    const pid_t child = ::fork();
    if (child == 0) {
      Answer answer{memory_mib().resident, 0, 0};
      {
        Rescan ours;
        ours.measure(walks ? base::Duration(0) : std::chrono::hours(24));
        for (int i = 0; i < 3; ++i) ours.measure();
        ours.store().rest();
        ::malloc_trim(0);
        rusage usage{};
        ::getrusage(RUSAGE_SELF, &usage);
        answer.peak = static_cast<double>(usage.ru_maxrss) / 1024;
        answer.after = memory_mib().resident;
      }
      (void)!::write(pipe[1], &answer, sizeof answer);
      ::_exit(0);
    }
    Answer answer{};
    (void)!::read(pipe[0], &answer, sizeof answer);
    ::waitpid(child, nullptr, 0);
    ::close(pipe[0]);
    ::close(pipe[1]);
    return answer;
  };
  Answer answer{};
  for (auto _ : state) answer = ask(true);
  state.counters["before_mib"] = answer.before;
  state.counters["growth_mib"] = answer.peak - answer.before;
  state.counters["kept_mib"] = answer.after - answer.before;
}

}  // namespace
}  // namespace lull::benchmarks

// The memory comes first: while there are no threads and no lists of this program's own.
int main(int argc, char** argv) {
  using namespace lull::benchmarks;
  using benchmark::RegisterBenchmark;
  RegisterBenchmark("memory", memory)->Iterations(1)->Unit(benchmark::kMillisecond);
  for (auto* one : {RegisterBenchmark("rescan_unchanged", rescan_unchanged),
                    RegisterBenchmark("rescan_after_a_restart", rescan_after_a_restart)})
    one->UseManualTime()->Iterations(21)->Unit(benchmark::kMillisecond);
  RegisterBenchmark("first_walk", first_walk)
      ->UseManualTime()
      ->Iterations(5)
      ->Unit(benchmark::kMillisecond);
  RegisterBenchmark("recall", recall)
      ->ArgName("part")
      ->Arg(0)
      ->Arg(1)
      ->Unit(benchmark::kMicrosecond);
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
