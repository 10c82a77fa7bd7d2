// SPDX-License-Identifier: MIT
// Claims about a whole run: every guard, the journal, the trash; each beside its floor in the same
// run, by turns, on the file system of LULL_BENCH_DIR (else /tmp):
// - files to the trash: at most 1.3 times writing an info and renaming, at least 5 times as fast as
//   trash-put;
// - a directory of 100 files: at most 3 times one rename that is flushed;
// - giving back: at most 1.5 times the renames.
// Who has what open is asked once a run, by the caller, and not in here. A journal that is worth
// its name waits for the disk before the first move; the floors with `flushed` in their names write
// a page and wait for that as well (once for every batch), so that the rest is told apart from the
// disk. An ext4 without a journal passes over inodes freed in the last minutes, so that making
// infos takes everybody many times as long there: set LULL_BENCH_DIR to one with a journal.
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <oneapi/tbb/task_arena.h>
#include <sys/stat.h>
#include <unistd.h>

#include "benchmarks/support/child_cost.h"
#include "benchmarks/support/process_cost.h"
#include "benchmarks/support/trash_floor.h"
#include "core/clean/cleaner.h"
#include "core/clean/journal/journal.h"
#include "core/clean/undo.h"
#include "core/scan/status_values.h"

namespace lull::benchmarks {
namespace {

constexpr int kThreads = 2;
constexpr unsigned kWidth = 4;  // performance.max_parallel_deletes

// A home with a rule's root of its own, a trash and a journal.
class Home {
 public:
  Home()
      : root_(scratch_ / "home/.cache/app"),
        at_(open_directory(root_)),
        arena_(kThreads),
        places_{.data_home = scratch_ / "home/data", .volumes = {}, .owner = ::geteuid()} {
    auto journal = clean::Journal::open(scratch_ / "home/state/journal.db", nullptr);
    must(journal.has_value(), "opening the journal");
    journal_ = *std::move(journal);
    arena_.initialize();
  }

  const std::string& root() const { return root_; }
  int at() const { return at_.get(); }
  std::string operator/(const std::string& name) const { return scratch_ / name; }

  clean::Plan plan(const std::vector<std::string>& names) const {
    clean::Plan plan;
    plan.owner = ::geteuid();
    plan.made_at = base::WallTime::max();
    for (const std::string& name : names) {
      struct stat status {};
      must(::fstatat(at_.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0, "looking");
      clean::PlanItem item;
      item.rule = "bench";
      item.root = root_;
      item.path = root_ + "/" + name;
      item.directory = S_ISDIR(status.st_mode);
      item.device = status.st_dev;
      item.inode = status.st_ino;
      item.size = item.directory ? 0 : static_cast<std::uint64_t>(status.st_size);
      item.mtime_ns = scan::times_of(status).mtime_ns;
      item.ctime_ns = scan::times_of(status).ctime_ns;
      item.bytes = scan::blocks_of(status);
      plan.items.push_back(std::move(item));
    }
    return plan;
  }

  std::int64_t clean(const clean::Plan& plan) {
    clean::CleanOptions options;
    options.trash = port();
    options.width = kWidth;
    options.guards.places.whole = {scratch_ / "home"};
    options.guards.use.open_files.emplace();
    options.guards.use.locks.emplace();
    std::int64_t run = 0;
    arena_.execute([&] {
      const auto result = clean::clean(plan, *journal_, base::system_clock(), options);
      must(result && result->outcome == "done", "cleaning");
      run = result->run;
    });
    return run;
  }
  void undo(std::int64_t run) {
    clean::UndoOptions options;
    options.trash = port();
    options.width = kWidth;
    arena_.execute([&] {
      const auto result = clean::undo(run, *journal_, base::system_clock(), options);
      must(result && result->outcome == "done", "giving back");
    });
  }

 private:
  clean::TrashPort port() const {
    return {[this](dev_t device, const std::string& path) {
              return clean::Trash::open_for(places_, device, path);
            },
            [this](const std::string& path) { return clean::Trash::open(places_, path); }};
  }

  const Scratch scratch_;
  const std::string root_;
  const base::UniqueFd at_;
  tbb::task_arena arena_;
  const clean::TrashPlaces places_;
  std::unique_ptr<clean::Journal> journal_;
};

// What any journal of intents has to do: a write that is on the disk before it returns.
class Flushed {
 public:
  explicit Flushed(const std::string& path)
      : file_(::open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600)) {
    must(::pwrite(file_.get(), page_, sizeof page_, 0) > 0 && ::fsync(file_.get()) == 0,
         "flushing");
  }
  void operator()() const {
    must(::pwrite(file_.get(), page_, sizeof page_, 0) > 0, "writing");
    must(::fdatasync(file_.get()) == 0, "flushing");
  }

 private:
  const base::UniqueFd file_;
  char page_[4096] = {};
};

// As many flushes as we have batches.
void take_flushed(const FloorTrash& floor, int directory, const std::string& path,
                  const std::vector<std::string>& names, const Flushed& flush) {
  const std::size_t batch = clean::CleanOptions().batch;
  for (std::size_t at = 0; at < names.size(); at += batch) {
    const auto first = names.begin() + static_cast<std::ptrdiff_t>(at);
    const auto count = static_cast<std::ptrdiff_t>(std::min(batch, names.size() - at));
    flush();
    floor.take(directory, path, {first, first + count});
  }
}

// There and back, so that every round moves the same files.
void files_there_and_back(benchmark::State& state) {
  const int files = static_cast<int>(state.range(0));
  Home home;
  const FloorTrash floor(home / "floor-trash");
  const auto floor_at = open_directory(home / "floor"), bare_at = open_directory(home / "bare"),
             bare_to = open_directory(home / "bare2");
  const base::UniqueFd ours_at = open_directory(home.root());
  const Flushed flush(home / "flushed");
  const auto names = fill(ours_at, files);
  fill(floor_at, files);
  fill(bare_at, files);
  ::sync();
  ProcessCosts ours, floors, flushed, back, renames, flushed_renames;
  // By turns: ext4 passes over inodes freed in the last seconds, so whoever is second makes its
  // infos more slowly.
  bool ours_first = false;
  for (auto _ : state) {
    const clean::Plan plan = home.plan(names);
    const auto run_floor = [&] {
      floors.measure([&] { floor.take(floor_at.get(), home / "floor", names); });
    };
    std::int64_t run = 0;
    if (!ours_first) run_floor();
    ours.measure([&] { run = home.clean(plan); });
    if (ours_first) run_floor();
    ours_first = !ours_first;
    floor.give_back(floor_at.get(), names);
    flushed.measure([&] { take_flushed(floor, floor_at.get(), home / "floor", names, flush); });
    renames.measure([&] {
      for (const std::string& name : names) FloorTrash::move(bare_at.get(), name, bare_to.get());
    });
    for (const std::string& name : names) FloorTrash::move(bare_to.get(), name, bare_at.get());
    flushed_renames.measure([&] {
      for (const std::string& name : names) FloorTrash::move(bare_at.get(), name, bare_to.get());
      flush();
    });
    back.measure([&] { home.undo(run); });
    floor.give_back(floor_at.get(), names);
    for (const std::string& name : names) FloorTrash::move(bare_to.get(), name, bare_at.get());
    state.SetIterationTime(ours.wall.back());
  }
  compare(state, ours, floors);
  state.counters["flushed_floor_ms"] = flushed.least_wall() * 1e3;
  state.counters["over_flushed_floor"] = ours.least_wall() / flushed.least_wall();
  state.counters["back_ms"] = back.least_wall() * 1e3;
  state.counters["back_over_renames"] = back.least_wall() / renames.least_wall();
  state.counters["back_over_flushed_renames"] = back.least_wall() / flushed_renames.least_wall();
  state.counters["back_over_renames_cpu"] = back.median_cpu() / renames.median_cpu();
}

void directory_there(benchmark::State& state) {
  Home home;
  const auto away = open_directory(home / "away");
  const FloorTrash floor_trash(home / "floor-trash");
  for (const char* name : {"dir", "bare"}) fill(open_directory(home.root() + "/" + name), 100);
  const Flushed flush(home / "flushed");
  ProcessCosts ours, floor, flushed, with_info;
  for (auto _ : state) {
    const clean::Plan plan = home.plan({"dir"});
    floor.measure([&] { FloorTrash::move(home.at(), "bare", away.get()); });
    FloorTrash::move(away.get(), "bare", home.at());
    flushed.measure([&] {
      flush();
      FloorTrash::move(home.at(), "bare", away.get());
    });
    FloorTrash::move(away.get(), "bare", home.at());
    with_info.measure([&] { floor_trash.take(home.at(), home.root(), {"bare"}); });
    floor_trash.give_back(home.at(), {"bare"});
    std::int64_t run = 0;
    ours.measure([&] { run = home.clean(plan); });
    home.undo(run);
    state.SetIterationTime(ours.wall.back());
  }
  compare(state, ours, floor);
  state.counters["over_flushed_rename"] = ours.median_wall() / flushed.median_wall();
  state.counters["over_info_and_rename"] = ours.least_wall() / with_info.least_wall();
}

// All files in one call of trash-put.
void files_beside_trash_put(benchmark::State& state) {
  const int files = static_cast<int>(state.range(0));
  Home home;
  for (const auto& [variable, name] :
       {std::pair{"HOME", "peer"}, std::pair{"XDG_DATA_HOME", "peer/d"}})
    ::setenv(variable, open_directory(home / name) ? (home / name).c_str() : "", 1);
  const base::UniqueFd theirs_at = open_directory(home / "theirs");
  const base::UniqueFd ours_at = open_directory(home.root());
  const auto names = fill(ours_at, files);
  std::vector<std::string> words{"trash-put"};
  for (const std::string& name : names) words.push_back(home / "theirs/" + name);
  ProcessCosts ours;
  double theirs = 1e9;
  for (auto _ : state) {
    fill(theirs_at, files);
    const ChildCost cost = run_child(words, false);
    if (cost.exit_code != 0) return state.SkipWithError("not installed, or it failed");
    theirs = std::min(theirs, cost.wall);
    const clean::Plan plan = home.plan(names);
    std::int64_t run = 0;
    ours.measure([&] { run = home.clean(plan); });
    home.undo(run);
    state.SetIterationTime(ours.wall.back());
  }
  beside_peer(state, ours, theirs);
}

BENCHMARK(files_there_and_back)
    ->Arg(100)
    ->UseManualTime()
    ->Iterations(20)
    ->Unit(benchmark::kMillisecond);
BENCHMARK(files_there_and_back)
    ->Arg(10'000)
    ->UseManualTime()
    ->Iterations(2)
    ->Unit(benchmark::kMillisecond);
BENCHMARK(directory_there)->UseManualTime()->Iterations(50)->Unit(benchmark::kMicrosecond);
BENCHMARK(files_beside_trash_put)
    ->Arg(100)
    ->UseManualTime()
    ->Iterations(3)
    ->Unit(benchmark::kMillisecond);
BENCHMARK(files_beside_trash_put)
    ->Arg(10'000)
    ->UseManualTime()
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace lull::benchmarks
