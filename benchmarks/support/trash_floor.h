// SPDX-License-Identifier: MIT
#pragma once
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "benchmarks/support/process_cost.h"
#include "core/base/unique_fd.h"

// Files to move, and the bare system calls that move them to a trash and back.
namespace lull::benchmarks {

namespace fs = std::filesystem;

inline void must(bool holds, const char* what) {
  if (!holds) throw std::runtime_error(what);
}

// A directory of its own, removed with everything in it.
class Scratch {
 public:
  Scratch() {
    const char* place = std::getenv("LULL_BENCH_DIR");
    std::string name = std::string(place != nullptr ? place : "/tmp") + "/lull-bench-XXXXXX";
    must(::mkdtemp(name.data()) != nullptr, "mkdtemp");
    path_ = name;
  }
  ~Scratch() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

inline base::UniqueFd open_directory(const std::string& path) {
  fs::create_directories(path);
  return base::UniqueFd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

inline std::vector<std::string> fill(const base::UniqueFd& directory, int files) {
  static const std::string bytes(4096, 'x');
  std::vector<std::string> names;
  for (int i = 0; i < files; ++i) {
    names.push_back("file-" + std::to_string(i) + ".dat");
    const base::UniqueFd file(
        ::openat(directory.get(), names.back().c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    must(::write(file.get(), bytes.data(), bytes.size()) == 4096, "writing a file");
  }
  return names;
}

inline void compare(benchmark::State& state, const ProcessCosts& ours, const ProcessCosts& floor) {
  state.counters["ours_ms"] = ours.least_wall() * 1e3;
  state.counters["floor_ms"] = floor.least_wall() * 1e3;
  state.counters["ratio_wall"] = ours.least_wall() / floor.least_wall();
  state.counters["ratio_cpu"] = ours.median_cpu() / floor.median_cpu();
}

// The bare system calls: an info and a rename for each, and back.
class FloorTrash {
 public:
  explicit FloorTrash(const std::string& path)
      : files_(open_directory(path + "/files")), info_(open_directory(path + "/info")) {}

  void take(int directory, const std::string& path, const std::vector<std::string>& names) const {
    for (const std::string& name : names) {
      const std::string text =
          "[Trash Info]\nPath=" + path + "/" + name + "\nDeletionDate=2026-01-01T00:00:00\n";
      const base::UniqueFd info(::openat(info_.get(), (name + ".trashinfo").c_str(),
                                         O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600));
      must(::write(info.get(), text.data(), text.size()) > 0, "writing an info");
      move(directory, name, files_.get());
    }
  }
  void give_back(int directory, const std::vector<std::string>& names) const {
    for (const std::string& name : names) {
      move(files_.get(), name, directory);
      ::unlinkat(info_.get(), (name + ".trashinfo").c_str(), 0);
    }
  }
  static void move(int from, const std::string& name, int to) {
    must(::renameat(from, name.c_str(), to, name.c_str()) == 0, "renaming");
  }

 private:
  base::UniqueFd files_, info_;
};

// `theirs`: the least wall time of the peer, in seconds.
inline void beside_peer(benchmark::State& state, const ProcessCosts& ours, double theirs) {
  state.counters["ours_ms"] = ours.least_wall() * 1e3;
  state.counters["peer_ms"] = theirs * 1e3;
  state.counters["over_peer"] = ours.least_wall() / theirs;
}

}  // namespace lull::benchmarks
