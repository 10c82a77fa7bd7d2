// SPDX-License-Identifier: MIT
#include "core/scan/tree_size.h"

#include <atomic>
#include <cstdio>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/core/scan/probe.h"
#include "tests/core/scan/scratch_tree.h"

namespace lull::scan {
namespace {

using testing::disk_usage;
using ::testing::HasSubstr;
using testing::probe;
using testing::ProbeResult;
using testing::ScratchTree;
using testing::shell_quoted;

constexpr unsigned long kNobody = 65534;

// More tasks than this machine may have cores: races want to be found.
const tbb::global_control kFourThreads(tbb::global_control::max_allowed_parallelism, 4);

model::TreeSize measured(const std::string& path, unsigned width = 4) {
  tbb::task_arena arena(static_cast<int>(width));
  WalkOptions options;
  options.width = width;
  auto size = arena.execute([&] { return measure_tree(path, options); });
  if (!size) throw std::runtime_error(size.error().to_string());
  return *std::move(size);
}

std::uint64_t inodes_of(const std::string& path) {
  return std::stoull(testing::first_line_of("LC_ALL=C du -s -x --inodes -- " + shell_quoted(path) +
                                            " 2>/dev/null"));
}

// Lengths of regular files and links, each inode once.
std::uint64_t lengths_of(const std::string& path) {
  return std::stoull(testing::first_line_of(
      "find " + shell_quoted(path) +
      " -xdev \\( -type f -o -type l \\) -printf '%i %s\\n' 2>/dev/null | sort -u |"
      " awk '{s+=$2} END {printf \"%d\\n\", s}'"));
}

void expect_as_du(const std::string& path) {
  for (const unsigned width : {1u, 2u, 4u}) {
    const model::TreeSize size = measured(path, width);
    EXPECT_EQ(size.allocated_bytes, disk_usage(path)) << "width " << width;
    EXPECT_EQ(size.files + size.directories, inodes_of(path)) << "width " << width;
    EXPECT_EQ(size.apparent_bytes, lengths_of(path)) << "width " << width;
    EXPECT_EQ(size.error_count, 0u);
    EXPECT_FALSE(size.partial);
  }
}

TEST(TreeSize, CountsAnOrdinaryTreeAsDuDoes) {
  ScratchTree tree;
  for (int i = 0; i < 300; ++i)
    tree.file("d" + std::to_string(i % 17) + "/e" + std::to_string(i % 5) + "/" + std::to_string(i),
              static_cast<std::size_t>(i) * 37);
  expect_as_du(tree.root());
  const model::TreeSize size = measured(tree.root());
  EXPECT_EQ(size.files, 300u);
  EXPECT_EQ(size.directories, 1u + 17u + 85u);
  EXPECT_EQ(size.path, tree.root());
  EXPECT_FALSE(size.from_cache);
  EXPECT_GT(size.as_of.time_since_epoch().count(), 0);
}

TEST(TreeSize, CountsAHardLinkedFileOnce) {
  ScratchTree tree;
  tree.file("a/one", 50'000);
  for (int i = 0; i < 40; ++i)
    tree.hard_link("b" + std::to_string(i % 4) + "/l" + std::to_string(i), "a/one");
  expect_as_du(tree.root());
  EXPECT_EQ(measured(tree.root()).files, 1u);
}

TEST(TreeSize, CountsManyHardLinkedFilesOnceEach) {
  ScratchTree tree;
  for (int i = 0; i < 1000; ++i) {
    tree.file("a/" + std::to_string(i), 10);
    tree.hard_link("b/" + std::to_string(i), "a/" + std::to_string(i));
  }
  expect_as_du(tree.root());
}

TEST(TreeSize, CountsBlocksAndNotLengthsOfSparseFiles) {
  ScratchTree tree;
  tree.sparse("huge", 5ull << 40);
  const model::TreeSize size = measured(tree.root());
  EXPECT_EQ(size.allocated_bytes, disk_usage(tree.root()));
  EXPECT_LT(size.allocated_bytes, 1u << 20);
  EXPECT_EQ(size.apparent_bytes, 5ull << 40);
}

TEST(TreeSize, TakesNamesAsBytes) {
  ScratchTree tree;
  for (const std::string name :
       {"-rf", " leading", "new\nline", "tab\there", "quote'\"`$(x)", "back\\slash", "*glob?[a]",
        "bad\xFF\xFEutf8", "\x80", "...", "..x", ".hidden", "\x01\x1b[31mred"}) {
    tree.file("dir " + name + "/" + name, 5000);
    tree.directory("empty " + name);
  }
  tree.file(std::string(255, 'L'), 1);
  expect_as_du(tree.root());
}

TEST(TreeSize, FollowsNoLinkAndNoLoop) {
  ScratchTree tree;
  tree.file("real/file", 9000);
  tree.symlink("real/self", "self");
  tree.symlink("real/up", "..");
  tree.symlink("real/root", "/");
  tree.symlink("real/dangling", "../does/not/exist");
  tree.symlink("long", std::string(200, 'x'));
  expect_as_du(tree.root());
  tree.symlink("link-to-real", "real");
  const model::TreeSize of_link = measured(tree.path("link-to-real"));
  EXPECT_EQ(of_link.directories, 0u);
  EXPECT_EQ(of_link.files, 1u);
  EXPECT_EQ(of_link.apparent_bytes, 4u);
}

TEST(TreeSize, CountsPipesSocketsAndEmptyDirectories) {
  ScratchTree tree;
  tree.fifo("a fifo");
  tree.socket("s");
  for (int i = 0; i < 50; ++i) tree.directory("e" + std::to_string(i));
  expect_as_du(tree.root());
}

TEST(TreeSize, MeasuresAFileAsItself) {
  ScratchTree tree;
  const std::string file = tree.file("f", 12345);
  const model::TreeSize size = measured(file);
  EXPECT_EQ(size.allocated_bytes, disk_usage(file));
  EXPECT_EQ(size.apparent_bytes, 12345u);
  EXPECT_EQ(size.files, 1u);
  EXPECT_EQ(size.directories, 0u);
}

TEST(TreeSize, FailsForAPathThatDoesNotExistAndNamesIt) {
  const auto size = measure_tree("/nowhere/at/all", {});
  ASSERT_FALSE(size);
  EXPECT_EQ(size.error().code, base::ErrorCode::kNotFound);
  EXPECT_THAT(size.error().to_string(), HasSubstr("/nowhere/at/all"));
}

TEST(TreeSize, SplitsALargeFlatDirectoryAmongTasks) {
  ScratchTree tree;
  for (int i = 0; i < 6000; ++i) tree.text("flat/some-longer-name-" + std::to_string(i), "");
  tree.file("flat/with blocks", 5000);
  tree.hard_link("flat/with blocks too", "flat/with blocks");
  for (int i = 0; i < 200; ++i) tree.directory("flat/sub" + std::to_string(i) + "/deeper");
  expect_as_du(tree.root());
}

TEST(TreeSize, ReachesDirectoriesBeyondPathMax) {
  ScratchTree tree;
  tree.chain("directory-name", 2000);
  for (const unsigned width : {1u, 4u}) {
    const model::TreeSize size = measured(tree.root(), width);
    EXPECT_EQ(size.allocated_bytes, disk_usage(tree.root()));
    EXPECT_EQ(size.directories, 4001u);
    EXPECT_EQ(size.files, 1u);
    EXPECT_EQ(size.error_count, 0u);
  }
  for (const char* limit : {"64", "32", "20"}) {
    const ProbeResult few = probe(std::string("--nofile ") + limit + " " + tree.root());
    EXPECT_EQ(few.exit_code, 0);
    EXPECT_EQ(few.ours, disk_usage(tree.root())) << limit << " descriptors";
    EXPECT_EQ(few.directories, 4001u);
    EXPECT_EQ(few.errors, 0u);
  }
}

TEST(TreeSize, ListsLockedDirectoriesAsErrorsAndCountsTheirOwnBlocks) {
  ScratchTree tree;
  tree.file("open/file", 5000);
  tree.file("locked/inside", 50'000);
  tree.file("no-search/inside", 50'000);
  tree.directory("no-search/directory");
  tree.mode("locked", 0);
  tree.mode("no-search", 0444);
  const bool root = ::geteuid() == 0;
  const std::string user = root ? "--uid " + std::to_string(kNobody) + " " : "";
  const ProbeResult result = probe(user + tree.root());
  ASSERT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.ours, result.du);
  EXPECT_EQ(result.directories, 4u);
  EXPECT_EQ(result.errors, 3u);  // locked, and the two names in no-search
  EXPECT_EQ(result.partial, 0);
}

TEST(TreeSize, MeasuresALockedRootByItsOwnBlocks) {
  ScratchTree tree;
  tree.file("locked/inside", 50'000);
  tree.mode("locked", 0);
  const std::string user = ::geteuid() == 0 ? "--uid " + std::to_string(kNobody) + " " : "";
  const ProbeResult result = probe(user + tree.path("locked"));
  ASSERT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.ours, result.du);
  EXPECT_EQ(result.directories, 1u);
  EXPECT_EQ(result.errors, 1u);
}

TEST(TreeSize, EntersNoOtherFileSystem) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root may mount";
  ScratchTree tree;
  tree.file("here", 5000);
  tree.directory("mounted");
  const ProbeResult result = probe("--mount " + tree.path("mounted") + " " + tree.root());
  if (result.exit_code == 77) GTEST_SKIP() << "mounting is not allowed here";
  ASSERT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.ours, result.du);
  EXPECT_EQ(result.files, 1u);
  EXPECT_EQ(result.directories, 1u);
  EXPECT_EQ(result.errors, 0u);
}

TEST(TreeSize, TakesVanishingFilesForNoErrors) {
  ScratchTree tree;
  tree.file("stays/file", 3000);
  std::atomic<bool> done{false};
  std::thread churn([&] {
    while (!done) {
      for (int i = 0; i < 300; ++i) {
        const std::string name = "churn/d" + std::to_string(i % 7) + "/f" + std::to_string(i);
        tree.text(name, "x");
      }
      for (int i = 0; i < 300; ++i)
        ::unlink(tree.path("churn/d" + std::to_string(i % 7) + "/f" + std::to_string(i)).c_str());
      for (int i = 0; i < 7; ++i) ::rmdir(tree.path("churn/d" + std::to_string(i)).c_str());
    }
  });
  std::vector<model::PathError> errors;
  for (int i = 0; i < 200; ++i) {
    const model::TreeSize size = measured(tree.root());
    errors.insert(errors.end(), size.errors.begin(), size.errors.end());
    EXPECT_GE(size.files, 1u);
  }
  done = true;
  churn.join();
  for (const auto& error : errors) ADD_FAILURE() << error.path << ": " << error.error;
}

TEST(TreeSize, KeepsTheFirstHundredErrorsByPathWhateverTheOrderOfThreads) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may read everything; ErrorList has the same test";
  ScratchTree tree;
  for (int i = 0; i < 150; ++i) tree.directory("d" + std::to_string(1000 + i), 0);
  const model::TreeSize size = measured(tree.root());
  EXPECT_EQ(size.error_count, 150u);
  ASSERT_EQ(size.errors.size(), 100u);
  EXPECT_EQ(size.errors.front().path, tree.path("d1000"));
  EXPECT_EQ(size.errors.back().path, tree.path("d1099"));
  EXPECT_EQ(size.errors.back().error, "permission denied");
}

TEST(TreeSize, StopsWhenCancelledAndSaysSo) {
  ScratchTree tree;
  for (int i = 0; i < 500; ++i)
    tree.text("d" + std::to_string(i % 50) + "/" + std::to_string(i), "");
  base::CancelSource before;
  before.cancel(base::CancelReason::kUser);
  WalkOptions options;
  options.cancel = before.token();
  const auto size = measure_tree(tree.root(), options);
  ASSERT_TRUE(size);
  EXPECT_TRUE(size->partial);
  EXPECT_LT(size->files, 500u);
}

TEST(TreeSize, ReportsEveryEntryAndByteAsProgress) {
  ScratchTree tree;
  for (int i = 0; i < 3000; ++i)
    tree.text("d" + std::to_string(i % 50) + "/" + std::to_string(i), "");
  tree.file("bytes", 40'000);
  base::Progress progress;
  WalkOptions options;
  options.progress = &progress;
  tbb::task_arena arena(2);
  const auto size = arena.execute([&] { return measure_tree(tree.root(), options); });
  ASSERT_TRUE(size);
  EXPECT_EQ(progress.snapshot().done_items, 3001u + 51u);
  EXPECT_EQ(progress.snapshot().done_bytes, size->allocated_bytes);
}

TEST(TreeMeasurement, GivenUpBeforeItBeganNamesItsPath) {
  const TreeMeasurement measurement("/somewhere", {});
  const model::TreeSize size = measurement.given_up();
  EXPECT_TRUE(size.partial);
  EXPECT_EQ(size.error_count, 1u);
  ASSERT_EQ(size.errors.size(), 1u);
  EXPECT_EQ(size.errors[0].path, "/somewhere");
  EXPECT_EQ(size.errors[0].error, "timed out");
  EXPECT_EQ(measurement.steps(), 0u);
}

TEST(TreeMeasurement, TakesAStepForEveryEntryAndKeepsWhatItCounted) {
  ScratchTree tree;
  for (int i = 0; i < 300; ++i)
    tree.text("d" + std::to_string(i % 20) + "/" + std::to_string(i), "");
  TreeMeasurement measurement(tree.root(), {});
  const auto size = measurement.run();
  ASSERT_TRUE(size);
  EXPECT_GE(measurement.steps(), 300u + 21u);
  EXPECT_EQ(measurement.given_up().allocated_bytes, size->allocated_bytes);
  EXPECT_EQ(measurement.given_up().files, 300u);
}

}  // namespace
}  // namespace lull::scan
