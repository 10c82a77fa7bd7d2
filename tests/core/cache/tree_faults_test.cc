// SPDX-License-Identifier: MIT
// Trees with rows, where file systems answer with errors, and where what is known is gone at once.
#include <algorithm>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "core/cache/memory_tree_store.h"
#include "core/cache/tree_measure.h"
#include "tests/core/scan/probe.h"
#include "tests/core/scan/scratch_tree.h"
#include "tests/support/temp_dir.h"

namespace lull::cache {
namespace {

using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;

// Measured four times over one store, opened anew each time (store_probe.cc).
TEST(TreeFaults, ErrorsOfAFileSystemAreListedEachTimeAndTheRestIsCounted) {
  scan::testing::ScratchTree tree;
  const std::string at = tree.directory("mounted");
  const support::TempDir store;
  const auto result = scan::testing::probe("--errors " + at + " " + (store / "store") + " " + at);
  if (result.exit_code == scan::testing::ProbeResult::kCannot)
    GTEST_SKIP() << "mounting is not allowed";
  ASSERT_EQ(result.exit_code, 0) << result.text;
  EXPECT_EQ(result.ours, (1 + 1 + 3 + 8 + 1 + 1 + 2) * 512u);
  EXPECT_EQ(result.directories, 4u);
  EXPECT_EQ(result.files, 5u);
  EXPECT_EQ(result.partial, 0);
  EXPECT_THAT(
      result.error_lines,
      ElementsAre(at + "/eio: input/output error", at + "/eloop: too many levels of symbolic links",
                  at + "/halfway: input/output error", at + "/unlistable: input/output error"));
}

// Thousands of directories that come and go, each of them another one with the same name, and files
// without blocks.
TEST(TreeFaults, TheProcessesOfTheMachineAreMeasuredToNothingEachTime) {
  if (::access("/proc/self/stat", R_OK) != 0) GTEST_SKIP() << "there is no /proc";
  MemoryTreeStore store(std::size_t{32} << 20);
  MeasureRequest request;
  request.path = "/proc";
  request.now = base::WallTime(std::chrono::seconds(1'800'000'000));
  for (const auto believe : {std::chrono::hours(0), std::chrono::hours(1), std::chrono::hours(1)}) {
    request.believe = believe;
    request.now += std::chrono::seconds(1);
    const auto report = measure(store, request, {});
    ASSERT_TRUE(report) << report.error().to_string();
    EXPECT_EQ(report->size.allocated_bytes, 0u);
    EXPECT_GT(report->size.directories, 100u);
    EXPECT_FALSE(report->size.partial);
    for (const auto& error : report->size.errors)
      EXPECT_THAT(error.error,
                  AnyOf(EndsWith("denied"), "operation not permitted", "invalid argument"))
          << error.path;
  }
}

}  // namespace
}  // namespace lull::cache
