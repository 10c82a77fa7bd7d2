// SPDX-License-Identifier: MIT
// Claims, each beside its floor in the same run, on the file system of LULL_BENCH_DIR (else /tmp):
// - files to the trash: at most 1.1 times writing an info and renaming (the journal has the rest);
// - a directory: beside one rename, and beside an info and a rename, which is what there is to do;
// - giving back: at most 1.5 times the renames;
// - purging 70,000 entries: at most 1.3 times unlinking them on two threads.
// What is purged was synced before: unlinking just-written files flatters 6–7 times. The infos that
// giving back removes are just written, ours and the floor's.
#include "core/clean/trash.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <oneapi/tbb/task_arena.h>
#include <sys/stat.h>
#include <unistd.h>

#include "benchmarks/support/child_cost.h"
#include "benchmarks/support/process_cost.h"
#include "benchmarks/support/trash_floor.h"
#include "core/base/unique_fd.h"

namespace lull::benchmarks {
namespace {

namespace fs = std::filesystem;

constexpr unsigned kThreads = 2;

clean::TrashPlaces places_in(const Scratch& scratch) {
  return {.data_home = scratch / "data", .volumes = {}, .owner = ::geteuid()};
}

std::unique_ptr<clean::Trash> open_trash(const clean::TrashPlaces& places,
                                         const std::string& beside) {
  fs::create_directories(beside);
  struct stat status {};
  ::stat(beside.c_str(), &status);
  auto trash = clean::Trash::open_for(places, status.st_dev, beside + "/x");
  must(trash.has_value(), "opening the trash");
  return *std::move(trash);
}

void take(clean::Trash& trash, int directory, const std::string& path,
          const std::vector<std::string>& names) {
  const base::WallTime now{std::chrono::seconds(1'700'000'000)};
  for (const std::string& name : names) {
    const auto reserved = trash.reserve(name, "0123456789abcdef", path + "/" + name, now);
    must(reserved && trash.take(directory, name.c_str(), *reserved), "to the trash");
  }
}

void no_problem(const std::string& path, const std::string& why) {
  throw std::runtime_error(path + ": " + why);
}

// There and back, so that every round moves the same files.
void files_there_and_back(benchmark::State& state) {
  const int files = static_cast<int>(state.range(0));
  const Scratch scratch;
  const clean::TrashPlaces places = places_in(scratch);
  const auto trash = open_trash(places, scratch / "ours");
  const FloorTrash floor(scratch / "floor-trash");
  const auto ours_at = open_directory(scratch / "ours"),
             floor_at = open_directory(scratch / "floor");
  const auto bare_at = open_directory(scratch / "bare"),
             bare_to = open_directory(scratch / "bare2");
  const auto names = fill(ours_at, files);
  fill(floor_at, files);
  fill(bare_at, files);
  ::sync();
  ProcessCosts ours_take, floor_take, ours_back, floor_back, renames, listing;
  // By turns: ext4 passes over inodes freed in the last seconds, so whoever is second makes its
  // infos more slowly.
  bool ours_first = false;
  for (auto _ : state) {
    const auto run_floor = [&] {
      floor_take.measure([&] { floor.take(floor_at.get(), scratch / "floor", names); });
    };
    if (!ours_first) run_floor();
    ours_take.measure([&] { take(*trash, ours_at.get(), scratch / "ours", names); });
    if (ours_first) run_floor();
    ours_first = !ours_first;
    std::vector<clean::TrashedItem> items;
    listing.measure([&] { items = clean::list_trash(places, no_problem); });
    renames.measure([&] {
      for (const std::string& name : names) FloorTrash::move(bare_at.get(), name, bare_to.get());
    });
    floor_back.measure([&] { floor.give_back(floor_at.get(), names); });
    ours_back.measure([&] {
      for (const clean::TrashedItem& item : items)
        must(trash->give_back(item, ours_at.get(), item.name.c_str()).has_value(), "giving back");
    });
    for (const std::string& name : names) FloorTrash::move(bare_to.get(), name, bare_at.get());
    state.SetIterationTime(ours_take.wall.back());
  }
  compare(state, ours_take, floor_take);
  state.counters["back_ms"] = ours_back.least_wall() * 1e3;
  state.counters["back_over_renames"] = ours_back.median_cpu() / renames.median_cpu();
  state.counters["back_over_renames_and_unlinks"] =
      ours_back.median_cpu() / floor_back.median_cpu();
  state.counters["list_ms"] = listing.least_wall() * 1e3;
}

void directory_to_trash(benchmark::State& state) {
  const Scratch scratch;
  const clean::TrashPlaces places = places_in(scratch);
  const auto trash = open_trash(places, scratch / "ours");
  const auto home = open_directory(scratch / "ours"), away = open_directory(scratch / "away");
  const FloorTrash floor_trash(scratch / "floor-trash");
  for (const char* name : {"dir", "bare"}) fill(open_directory(scratch / "ours/" + name), 100);
  ProcessCosts ours, floor, with_info, sizes;
  for (auto _ : state) {
    floor.measure([&] { FloorTrash::move(home.get(), "bare", away.get()); });
    FloorTrash::move(away.get(), "bare", home.get());
    with_info.measure([&] { floor_trash.take(home.get(), scratch / "ours", {"bare"}); });
    floor_trash.give_back(home.get(), {"bare"});
    ours.measure([&] { take(*trash, home.get(), scratch / "ours", {"dir"}); });
    trash->note_size("dir", 409'600);
    sizes.measure([&] { must(trash->save_sizes().has_value(), "saving sizes"); });
    const auto items = clean::list_trash(places, no_problem);
    must(trash->give_back(items.at(0), home.get(), "dir").has_value(), "giving back");
    state.SetIterationTime(ours.wall.back());
  }
  compare(state, ours, floor);
  state.counters["over_info_and_rename"] = ours.median_cpu() / with_info.median_cpu();
  state.counters["save_sizes_ms"] = sizes.least_wall() * 1e3;
}

// On two threads, each taking the next of `count`.
template <class Act>
void on_two_threads(std::size_t count, Act&& act) {
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i = next++; i < count; i = next++) act(i);
  };
  std::thread other(work);
  work();
  other.join();
}

constexpr int kEntries = 70'000, kPerDirectory = 100;

// Items of one file each, with infos.
void make_flat(const std::string& trash) {
  const auto files = open_directory(trash + "/files"), info = open_directory(trash + "/info");
  for (const std::string& name : fill(files, kEntries)) {
    const base::UniqueFd file(
        ::openat(info.get(), (name + ".trashinfo").c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    const std::string text =
        "[Trash Info]\nPath=/home/u/" + name + "\nDeletionDate=2026-01-01T00:00:00\n";
    must(::write(file.get(), text.data(), text.size()) > 0, "writing an info");
  }
  for (const char* part : {"", "/files", "/info"})
    fs::permissions(trash + part, fs::perms::owner_all);
}

// One item with all of them.
void make_tree(const std::string& trash) {
  for (int i = 0; i < kEntries / kPerDirectory; ++i)
    fill(open_directory(trash + "/files/tree/d" + std::to_string(i)), kPerDirectory - 1);
  const base::UniqueFd file(::openat(open_directory(trash + "/info").get(), "tree.trashinfo",
                                     O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
  const std::string text = "[Trash Info]\nPath=/home/u/tree\nDeletionDate=2026-01-01T00:00:00\n";
  must(::write(file.get(), text.data(), text.size()) > 0, "writing an info");
  for (const char* part : {"", "/files", "/info"})
    fs::permissions(trash + part, fs::perms::owner_all);
}

void unlink_flat(const std::string& trash) {
  const auto files = open_directory(trash + "/files"), info = open_directory(trash + "/info");
  on_two_threads(kEntries, [&](std::size_t i) {
    const std::string name = "file-" + std::to_string(i) + ".dat";
    ::unlinkat(files.get(), name.c_str(), 0);
    ::unlinkat(info.get(), (name + ".trashinfo").c_str(), 0);
  });
}

void unlink_tree(const std::string& trash) {
  const auto top = open_directory(trash + "/files/tree");
  on_two_threads(kEntries / kPerDirectory, [&](std::size_t i) {
    const std::string name = "d" + std::to_string(i);
    const base::UniqueFd in(::openat(top.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    for (int j = 0; j < kPerDirectory - 1; ++j)
      ::unlinkat(in.get(), ("file-" + std::to_string(j) + ".dat").c_str(), 0);
    ::unlinkat(top.get(), name.c_str(), AT_REMOVEDIR);
  });
}

void purge_over_unlinks(benchmark::State& state, void (*make)(const std::string&),
                        void (*unlink)(const std::string&)) {
  tbb::task_arena arena(kThreads);
  arena.initialize();
  ProcessCosts ours, floor;
  clean::PurgeResult result;
  bool floor_first = true;
  for (auto _ : state) {
    const Scratch scratch;
    const clean::TrashPlaces places = places_in(scratch);
    make(scratch / "floor");
    make(scratch / "data/Trash");
    ::sync();
    const auto items = clean::list_trash(places, no_problem);
    const auto run_floor = [&] { floor.measure([&] { unlink(scratch / "floor"); }); };
    if (floor_first) run_floor();
    ours.measure(
        [&] { arena.execute([&] { result = clean::purge(places, items, kThreads, {}); }); });
    if (!floor_first) run_floor();
    floor_first = !floor_first;
    must(result.failure_count == 0 && result.removed == items.size(), "purging");
    state.SetIterationTime(ours.wall.back());
  }
  compare(state, ours, floor);
  state.counters["entries"] = static_cast<double>(result.entries);
  state.counters["predicted_mib"] = static_cast<double>(result.predicted_bytes) / (1 << 20);
  state.counters["freed_mib"] = static_cast<double>(result.freed_bytes) / (1 << 20);
}

// A hundred files, in one call of the peer.
void trash_over_peer(benchmark::State& state, const char* peer, const char* verb) {
  const Scratch scratch;
  const clean::TrashPlaces places = places_in(scratch);
  const auto trash = open_trash(places, scratch / "ours");
  const auto at = open_directory(scratch / "ours");
  for (const auto& [variable, name] :
       {std::pair{"HOME", "home"}, std::pair{"XDG_DATA_HOME", "d"},
        std::pair{"XDG_CONFIG_HOME", "c"}, std::pair{"XDG_CACHE_HOME", "k"}})
    ::setenv(variable, open_directory(scratch / name) ? (scratch / name).c_str() : "", 1);
  ProcessCosts ours;
  double theirs = 1e9;
  for (auto _ : state) {
    std::vector<std::string> words{peer};
    if (*verb != '\0') words.emplace_back(verb);
    const auto names = fill(at, 100);
    for (const std::string& name : names) words.push_back(scratch / "ours/" + name);
    const ChildCost cost = run_child(words, false);
    if (cost.exit_code != 0) return state.SkipWithError("not installed, or it failed");
    theirs = std::min(theirs, cost.wall);
    fill(at, 100);
    ours.measure([&] { take(*trash, at.get(), scratch / "ours", names); });
    for (const clean::TrashedItem& item : clean::list_trash(places, no_problem))
      must(trash->give_back(item, at.get(), item.name.c_str()).has_value(), "giving back");
    state.SetIterationTime(ours.wall.back());
  }
  beside_peer(state, ours, theirs);
}

BENCHMARK(files_there_and_back)
    ->Arg(100)
    ->UseManualTime()
    ->Iterations(30)
    ->Unit(benchmark::kMillisecond);
BENCHMARK(files_there_and_back)
    ->Arg(10'000)
    ->UseManualTime()
    ->Iterations(2)
    ->Unit(benchmark::kMillisecond);
BENCHMARK(directory_to_trash)->UseManualTime()->Iterations(200)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(purge_over_unlinks, files, make_flat, unlink_flat)
    ->UseManualTime()
    ->Iterations(2)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(purge_over_unlinks, tree, make_tree, unlink_tree)
    ->UseManualTime()
    ->Iterations(2)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(trash_over_peer, trash_put, "trash-put", "")
    ->UseManualTime()
    ->Iterations(5)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(trash_over_peer, gio, "gio", "trash")
    ->UseManualTime()
    ->Iterations(5)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace lull::benchmarks
