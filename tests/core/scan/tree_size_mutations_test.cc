// SPDX-License-Identifier: MIT
// Random changes: after each batch our sum is du's; while they happen the walk ends, and complains
// of nothing that is not there.
#include <atomic>
#include <cstdint>
#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <oneapi/tbb/task_arena.h>

#include "core/scan/tree_size.h"
#include "tests/core/scan/mutator.h"
#include "tests/core/scan/probe.h"
#include "tests/core/scan/scratch_tree.h"

namespace lull::scan {
namespace {

using ::testing::AnyOf;
using testing::disk_usage;
using testing::Mutator;
using testing::ScratchTree;

model::TreeSize measured(const std::string& path) {
  tbb::task_arena arena(4);
  WalkOptions options;
  options.width = 4;
  auto size = arena.execute([&] { return measure_tree(path, options); });
  if (!size) throw std::runtime_error(size.error().to_string());
  return *std::move(size);
}

class Mutations : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(Mutations, LeaveASumThatIsDus) {
  ScratchTree tree;
  Mutator mutator(tree.root(), GetParam());
  for (int batch = 0; batch < 12; ++batch) {
    mutator.mutate(250);
    mutator.settle();
    const model::TreeSize size = measured(tree.root());
    EXPECT_EQ(size.allocated_bytes, disk_usage(tree.root())) << "batch " << batch;
    EXPECT_EQ(size.error_count, 0u);
    EXPECT_FALSE(size.partial);
  }
}

TEST_P(Mutations, DuringAScanAreNoErrors) {
  ScratchTree tree;
  Mutator mutator(tree.root(), GetParam());
  mutator.mutate(2000);
  std::atomic<bool> done{false};
  std::thread changes([&] {
    while (!done) mutator.mutate(50);
  });
  for (int i = 0; i < 40; ++i) {
    const model::TreeSize size = measured(tree.root());
    EXPECT_GE(size.directories, 1u);
    EXPECT_FALSE(size.partial);
    // A directory that moved while its way was walked again says so.
    for (const auto& error : size.errors)
      EXPECT_THAT(error.error, AnyOf("stale file handle")) << error.path;
  }
  done = true;
  changes.join();
  mutator.settle();
  EXPECT_EQ(measured(tree.root()).allocated_bytes, disk_usage(tree.root()));
}

// In a namespace of its own: the program compares after every batch, then scans while they go on.
TEST_P(Mutations, WithMountsThatComeAndGoLeaveASumThatIsDus) {
  ScratchTree tree;
  const testing::ProbeResult result =
      testing::probe("--mutate " + std::to_string(GetParam()) + " " + tree.root());
  if (result.exit_code == testing::ProbeResult::kCannot) GTEST_SKIP() << "mounting is not allowed";
  ASSERT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.ours, result.du);
  EXPECT_EQ(result.errors, 0u);
}

INSTANTIATE_TEST_SUITE_P(Seeds, Mutations, ::testing::Values(1, 2, 3, 5, 8));

}  // namespace
}  // namespace lull::scan
