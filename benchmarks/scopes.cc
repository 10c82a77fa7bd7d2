// SPDX-License-Identifier: MIT
// Claim: 200 apps of a user's slice are read in at most 1.3 times what opening and reading their
// files costs. The tree is made of ordinary files in memory, which cost less to read than the
// kernel's own: against those the share of what we add is smaller still.
#include <array>
#include <filesystem>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <unistd.h>

#include "benchmarks/beside.h"
#include "core/base/unique_fd.h"
#include "core/platform/scope_probe.h"
#include "tests/support/scope_files.h"
#include "tests/support/temp_dir.h"

namespace lull::benchmarks {
namespace {

constexpr int kScopes = 200;

// Nothing is listed or understood, and what exists is known.
class ScopeFloor {
 public:
  explicit ScopeFloor(const std::string& root) : root_(::open(root.c_str(), O_PATH | O_CLOEXEC)) {
    for (int i = 0; i < kScopes; ++i) names_.push_back("app-" + std::to_string(i) + ".scope");
  }
  void operator()() const {
    for (const std::string& name : names_) read_unit(name);
  }

 private:
  void read_unit(const std::string& name) const {
    const base::UniqueFd unit(
        ::openat(root_.get(), name.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    for (const char* file : {"memory.current", "memory.stat", "memory.events",
                             "memory.swap.current", "cpu.stat", "memory.pressure"}) {
      std::array<char, 16 * 1024> buffer;
      const base::UniqueFd fd(::openat(unit.get(), file, O_RDONLY | O_CLOEXEC));
      benchmark::DoNotOptimize(::read(fd.get(), buffer.data(), buffer.size()));
    }
  }
  base::UniqueFd root_;
  std::vector<std::string> names_;
};

void scopes_read_over_open_and_read(benchmark::State& state) {
  const support::TempDir root;
  for (int i = 0; i < kScopes; ++i)
    support::write_scope(root, "app-" + std::to_string(i) + ".scope");
  const auto probe = platform::make_scope_probe(root.path());
  model::ScopeTree tree;
  const ScopeFloor floor(root.path());
  run_beside(
      state, 3,
      [&] {
        if (!probe->read(tree) || tree.scopes.size() != kScopes)
          state.SkipWithError("not every app was read");
      },
      floor);
}
BENCHMARK(scopes_read_over_open_and_read)->UseManualTime();

}  // namespace
}  // namespace lull::benchmarks
