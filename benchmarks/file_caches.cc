// SPDX-License-Identifier: MIT
// Claim: looking through 10,000 files for cache that could be given back costs at most 1.3 times
// what listing them, their status and (of large ones) asking the kernel cost.
#include "core/relief/file_caches.h"

#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "benchmarks/beside.h"
#include "core/base/unique_fd.h"
#include "tests/support/temp_dir.h"

namespace lull::benchmarks {
namespace {

constexpr int kDirectories = 100;
constexpr int kFilesEach = 100;

// Files without contents, of one size.
void make_files(const support::TempDir& root, std::uint64_t size) {
  for (int d = 0; d < kDirectories; ++d)
    for (int f = 0; f < kFilesEach; ++f) {
      const std::string path =
          root.write("d" + std::to_string(d) + "/film-" + std::to_string(f) + ".mkv", "");
      if (::truncate(path.c_str(), static_cast<off_t>(size)) != 0) std::abort();
    }
}

// Names that are known, no decision, nothing kept.
class Floor {
 public:
  Floor(const std::string& root, bool asks) : root_(root), asks_(asks) {}
  void operator()() const {
    for (int d = 0; d < kDirectories; ++d) read_directory(root_ + "/d" + std::to_string(d));
  }

 private:
  void read_directory(const std::string& path) const {
    DIR* directory = ::opendir(path.c_str());
    while (const ::dirent* entry = ::readdir(directory)) {
      if (entry->d_name[0] == '.') continue;
      struct ::stat status {};
      ::fstatat(::dirfd(directory), entry->d_name, &status, AT_SYMLINK_NOFOLLOW);
      if (!asks_) continue;
      const base::UniqueFd fd(
          ::openat(::dirfd(directory), entry->d_name, O_RDONLY | O_CLOEXEC | O_NOATIME));
      benchmark::DoNotOptimize(
          platform::look_at_cache(fd.get(), static_cast<std::uint64_t>(status.st_size)));
    }
    ::closedir(directory);
  }
  const std::string root_;
  const bool asks_;
};

void look_over_floor(benchmark::State& state, std::uint64_t size, bool asks) {
  const support::TempDir root;
  make_files(root, size);
  relief::StreamSearch search;
  search.roots = {root.path()};
  search.owner = ::geteuid();
  search.now = base::system_clock().wall_now() + std::chrono::hours(1);
  run_beside(
      state, 1,
      [&] {
        const auto streams = relief::find_streams(search);
        if (streams.entries != kDirectories * (kFilesEach + 1))
          state.SkipWithError("not every file was looked at");
      },
      Floor(root.path(), asks));
}

void small_files_over_listing(benchmark::State& state) { look_over_floor(state, 4096, false); }
BENCHMARK(small_files_over_listing)->UseManualTime();
void large_files_over_asking(benchmark::State& state) {
  look_over_floor(state, 2 * relief::kLeastStream, true);
}
BENCHMARK(large_files_over_asking)->UseManualTime();

}  // namespace
}  // namespace lull::benchmarks
