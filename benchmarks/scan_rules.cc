// SPDX-License-Identifier: MIT
// Claim: a scan with all built-in rules (roots, guards, judgement, report) of a home with 100,000
// files that could go costs at most 1.25 times the bare system calls of reading that home.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <oneapi/tbb/task_arena.h>
#include <sys/stat.h>
#include <unistd.h>

#include "benchmarks/support/process_cost.h"
#include "benchmarks/support/scan_request.h"
#include "benchmarks/support/walk_floor.h"
#include "core/scan/places.h"
#include "core/scan/rules.h"
#include "core/scan/running.h"
#include "core/scan/scanner.h"

namespace lull::benchmarks {
namespace {

namespace fs = std::filesystem;
constexpr unsigned kThreads = 2;

std::string hex(std::uint64_t number, int digits) {
  char text[32];
  std::snprintf(text, sizeof text, "%0*llx", digits, static_cast<unsigned long long>(number));
  return text;
}

// A home as browsers and package managers leave it: flat directories of thousands (thumbnails, disk
// caches), shards of 256, directories of one file each (npm), packages of a few files.
class Home {
 public:
  explicit Home(std::uint64_t files) {
    root_ =
        (fs::temp_directory_path() / ("lull-scan-rules-" + std::to_string(::getpid()))).string();
    const auto part = [files](int percent) { return files * static_cast<unsigned>(percent) / 100; };
    for (std::uint64_t i = 0; i < part(20); ++i)
      add("home/.cache/thumbnails/" + std::string(i % 2 == 0 ? "normal/" : "large/") + hash(i) +
          ".png");
    for (std::uint64_t i = 0; i < part(20); ++i)
      add("home/.cache/mozilla/firefox/abcd.default/cache2/entries/" + hash(i));
    for (std::uint64_t i = 0; i < part(20); ++i)
      add("home/.cache/chromium/Default/Cache/Cache_Data/" + hash(i).substr(0, 16) + "_0");
    for (std::uint64_t i = 0; i < part(15); ++i)
      add("home/.cache/pip/http-v2/" + hash(i).substr(0, 1) + "/" + hash(i).substr(1, 1) + "/" +
          hash(i));
    for (std::uint64_t i = 0; i < part(5); ++i)
      add("home/.npm/_cacache/content-v2/sha512/" + hash(i).substr(0, 2) + "/" +
          hash(i).substr(2, 2) + "/" + hash(i));
    for (std::uint64_t i = 0; i < part(20); ++i)
      add("tmp/build-" + std::to_string(i / 200) + "/src/" + std::to_string(i / 20) + "/object-" +
          std::to_string(i) + ".o");
    ::chmod((root_ + "/tmp").c_str(), 01777);
  }
  ~Home() { fs::remove_all(root_); }
  Home(const Home&) = delete;
  Home& operator=(const Home&) = delete;

  const std::string& root() const { return root_; }

 private:
  static std::string hash(std::uint64_t i) {
    const std::uint64_t mixed = (i + 1) * 0x9e3779b97f4a7c15ull;
    return hex(mixed, 16) + hex(mixed * 0xbf58476d1ce4e5b9ull, 16);
  }
  void add(const std::string& relative) {
    const fs::path path = root_ + "/" + relative;
    if (path.parent_path() != made_) fs::create_directories(made_ = path.parent_path());
    std::ofstream(path) << "some bytes of a cache";
  }

  std::string root_;
  fs::path made_;
};

// As the agent does it: the process table is read anew each time.
base::Result<model::ScanReport> scan_once(const scan::RuleSet& rules, scan::ScanRequest& request) {
  request.running = scan::make_running_probe({}, request.owner);
  request.flatpak_running = scan::make_flatpak_probe({}, request.owner);
  request.places = scan::find_scan_places({}, request.directories, request.owner);
  scan::WalkOptions options;
  options.width = kThreads;
  return scan::scan(rules, request, options);
}

void scan_rules_over_floor(benchmark::State& state) {
  static const Home home(100'000);
  const auto rules = scan::builtin_rules();
  scan::ScanRequest request = scan_request(home.root() + "/home", home.root());
  tbb::task_arena arena(kThreads);
  ProcessCosts ours, floor;
  base::Result<model::ScanReport> report = model::ScanReport{};
  const auto scan = [&] { arena.execute([&] { report = scan_once(*rules, request); }); };
  scan();  // warm
  FloorSum sum;
  for (auto _ : state) {
    floor.measure([&] { sum = walk_floor(home.root(), kThreads); });
    ours.measure(scan);
    state.SetIterationTime(ours.wall.back());
  }
  std::uint64_t items = 0;
  if (report)
    for (const auto& category : report->categories) items += category.items;
  if (!report || report->partial || items < 100'000)
    state.SkipWithError("the scan did not find what is there");
  state.counters["files"] = static_cast<double>(sum.files);
  state.counters["directories"] = static_cast<double>(sum.directories);
  state.counters["items"] = static_cast<double>(items);
  state.counters["ours_ms"] = ours.median_wall() * 1e3;
  state.counters["floor_ms"] = floor.median_wall() * 1e3;
  state.counters["ratio_wall"] = ours.median_wall() / floor.median_wall();
  state.counters["ratio_least"] = ours.least_wall() / floor.least_wall();
  state.counters["ratio_cpu"] = ours.median_cpu() / floor.median_cpu();
}
BENCHMARK(scan_rules_over_floor)->UseManualTime()->Iterations(15)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace lull::benchmarks
