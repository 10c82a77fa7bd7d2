// SPDX-License-Identifier: MIT
// File systems that answer wrongly, slowly or never, and trees that are no trees.
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <oneapi/tbb/task_arena.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "core/scan/tree_size.h"
#include "tests/core/scan/probe.h"
#include "tests/core/scan/scratch_tree.h"

namespace lull::scan {
namespace {

using ::testing::AnyOf;
using testing::disk_usage;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using testing::probe;
using testing::ProbeResult;
using testing::ScratchTree;

constexpr unsigned long long kBlock = 512;

class Faults : public ::testing::Test {
 protected:
  ProbeResult ask(const std::string& arguments) {
    ProbeResult result = probe(arguments);
    if (result.exit_code == ProbeResult::kCannot) skip_ = true;
    return result;
  }
  ScratchTree tree_;
  const std::string at_ = tree_.directory("mounted");
  bool skip_ = false;
};

TEST_F(Faults, CountsAFileSystemThatDoesNotSayWhatIsADirectory) {
  const ProbeResult result = ask("--unknown-types " + at_ + " " + at_);
  if (skip_) GTEST_SKIP() << "mounting is not allowed here";
  ASSERT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.ours, (1 + 1 + 3 + 8) * kBlock);
  EXPECT_EQ(result.directories, 2u);
  EXPECT_EQ(result.files, 4u);
  EXPECT_EQ(result.errors, 0u);
}

TEST_F(Faults, ListsWhatCannotBeReadAndCountsTheRest) {
  const ProbeResult result = ask("--errors " + at_ + " " + at_);
  if (skip_) GTEST_SKIP() << "mounting is not allowed here";
  ASSERT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.ours, (1 + 1 + 3 + 8 + 1 + 1 + 2) * kBlock);
  EXPECT_EQ(result.directories, 4u);
  EXPECT_EQ(result.files, 5u);
  EXPECT_THAT(result.error_lines, ElementsAre(at_ + "/eio: input/output error",
                                              at_ + "/eloop: too many levels of symbolic links",
                                              at_ + "/halfway: input/output error",
                                              at_ + "/unlistable: input/output error"));
  EXPECT_EQ(result.partial, 0);
}

TEST_F(Faults, GivesUpOnADeadMountAndEndsWhenTheKernelLetsGo) {
  const ProbeResult result = ask("--dead " + at_ + " " + at_);
  if (skip_) GTEST_SKIP() << "mounting is not allowed here";
  ASSERT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.error_lines, ElementsAre(at_ + ": timed out"));
  EXPECT_EQ(result.ours, 0u);
  EXPECT_EQ(result.partial, 1);
}

TEST_F(Faults, KeepsWhatWasCountedWhenADirectoryHangsAndNamesIt) {
  const ProbeResult result = ask("--width 1 --stuck " + at_ + " " + at_);
  if (skip_) GTEST_SKIP() << "mounting is not allowed here";
  ASSERT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.error_lines, ElementsAre(at_ + "/sub: timed out"));
  EXPECT_EQ(result.ours, (1 + 8) * kBlock);
  EXPECT_EQ(result.files, 3u);
  EXPECT_EQ(result.partial, 1);
}

TEST(StrangeTrees, CountDevicesAsFiles) {
  ScratchTree tree;
  if (::mknod(tree.path("null").c_str(), S_IFCHR | 0600, makedev(1, 3)) != 0)
    GTEST_SKIP() << "devices may not be made here";
  const auto size = measure_tree(tree.root(), {});
  ASSERT_TRUE(size);
  EXPECT_EQ(size->allocated_bytes, disk_usage(tree.root()));
  EXPECT_EQ(size->files, 1u);
}

// Thousands of entries that come and go, files without blocks, links to everywhere.
TEST(StrangeTrees, MeasureTheProcessesOfTheMachineToNothing) {
  if (::access("/proc/self/stat", R_OK) != 0) GTEST_SKIP() << "there is no /proc";
  for (const unsigned width : {1u, 2u}) {
    WalkOptions options;
    options.width = width;
    tbb::task_arena arena(2);
    const auto size = arena.execute([&] { return measure_tree("/proc", options); });
    ASSERT_TRUE(size);
    EXPECT_EQ(size->allocated_bytes, 0u);
    EXPECT_GT(size->directories, 100u);
    EXPECT_FALSE(size->partial);
    for (const auto& error : size->errors)
      EXPECT_THAT(error.error,
                  AnyOf(EndsWith("denied"), "operation not permitted", "invalid argument"))
          << error.path;
  }
}

}  // namespace
}  // namespace lull::scan
