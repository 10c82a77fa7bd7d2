// SPDX-License-Identifier: MIT
// Claim: what is remembered of a file costs less to look up than the lstat that checks it, and
// 5,000 files take less than a megabyte, however long their paths.
#include <memory>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <malloc.h>
#include <sys/stat.h>
#include <unistd.h>

#include "benchmarks/beside.h"
#include "core/cache/file_metadata_cache.h"
#include "core/cache/usage_histogram.h"

namespace lull::benchmarks {
namespace {

constexpr std::size_t kEntries = 5000;  // performance.metadata_cache_size
constexpr cache::FileIdentity kFile{1, 2, 300, 4, 5};

// As long as paths in caches are.
std::vector<std::string> paths(std::size_t count) {
  std::vector<std::string> all;
  for (std::size_t i = 0; i < count; ++i)
    all.push_back("/home/somebody/.cache/mozilla/firefox/ab12cd34.default/cache2/entries/" +
                  std::to_string(0xABCDEF0123456789ull + i * 2654435761u));
  return all;
}

model::FileVerdict verdict_of(const std::string& path) {
  model::FileVerdict verdict;
  verdict.path = path;
  verdict.rule = "firefox-cache";
  verdict.reason = "not used for 40 d";
  verdict.goes = true;
  verdict.score = 88;
  return verdict;
}

// The check that every answer needs.
struct Lstat {
  std::string path = "/etc/passwd";
  void operator()() const {
    struct stat status {};
    benchmark::DoNotOptimize(::lstat(path.c_str(), &status));
  }
};

void metadata_lookup_over_lstat(benchmark::State& state) {
  const auto known = paths(kEntries);
  cache::FileMetadataCache cache(kEntries, std::chrono::hours(1), base::system_clock());
  for (const auto& path : known) cache.put(kFile, verdict_of(path));
  std::size_t next = 0;
  run_beside(
      state, 1000,
      [&] {
        benchmark::DoNotOptimize(cache.get(known[next], kFile));
        next = (next + 1231) % known.size();
      },
      Lstat{});
}
BENCHMARK(metadata_lookup_over_lstat)->UseManualTime();

void metadata_insert_over_lstat(benchmark::State& state) {
  const auto known = paths(4 * kEntries);  // each put pushes another one out
  std::vector<model::FileVerdict> verdicts;
  for (const auto& path : known) verdicts.push_back(verdict_of(path));
  cache::FileMetadataCache cache(kEntries, std::chrono::hours(1), base::system_clock());
  std::size_t next = 0;
  run_beside(
      state, 1000,
      [&] {
        cache.put(kFile, verdicts[next]);
        next = (next + 1) % verdicts.size();
      },
      Lstat{});
}
BENCHMARK(metadata_insert_over_lstat)->UseManualTime();

// `bytes_per_entry`: what malloc says 5,000 entries took; `estimate`: what our metrics say.
void metadata_memory(benchmark::State& state) {
  const auto known = paths(kEntries);
  double measured = 0, estimated = 0;
  for (auto _ : state) {
    auto cache = std::make_unique<cache::FileMetadataCache>(kEntries, std::chrono::hours(1),
                                                            base::system_clock());
    const auto before = ::mallinfo2();
    for (const auto& path : known) cache->put(kFile, verdict_of(path));
    const auto after = ::mallinfo2();
    measured = static_cast<double>(after.uordblks + after.hblkhd) -
               static_cast<double>(before.uordblks + before.hblkhd);
    estimated = static_cast<double>(cache->stats().bytes);
  }
  state.counters["bytes_per_entry"] = measured / kEntries;
  state.counters["estimate"] = estimated / kEntries;
  state.counters["kib_in_all"] = measured / 1024;
}
BENCHMARK(metadata_memory)->Iterations(5);

// What a look costs, and the question whether a usual time is ahead (asked every 30 s at most).
void usage_histogram(benchmark::State& state) {
  cache::UsageHistogram histogram;
  base::WallTime now(std::chrono::seconds(1'800'000'000));
  unsigned hour = 0;
  for (auto _ : state) {
    now += std::chrono::hours(7);
    hour = (hour + 7) % cache::UsageHistogram::kHours;
    benchmark::DoNotOptimize(histogram.note(hour, now));
    benchmark::DoNotOptimize(histogram.begins_usual_time(hour + 1, now));
  }
}
BENCHMARK(usage_histogram);

}  // namespace
}  // namespace lull::benchmarks
