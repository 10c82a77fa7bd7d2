// SPDX-License-Identifier: MIT
#include "core/cache/tree_measure.h"

#include <filesystem>
#include <string>
#include <vector>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/unique_fd.h"
#include "core/cache/memory_tree_store.h"
#include "core/scan/tree_size.h"
#include "tests/support/temp_dir.h"

namespace lull::cache {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

// Trees of files whose directories changed long ago, so that their times can be believed; time is
// what a test says. After a change a test moves the directory's time on, as a clock would.
class TreeMeasureTest : public ::testing::Test {
 protected:
  MeasureRequest request(const std::string& path) const {
    MeasureRequest request;
    request.path = path;
    request.now = now_;
    request.believe = 300s;
    request.settle = -1h;  // what was just made counts as old
    return request;
  }
  MeasureReport measure_at(const std::string& path) {
    auto report = measure(store_, request(path), {});
    EXPECT_TRUE(report) << report.error().to_string();
    return report ? *report : MeasureReport{};
  }
  // Changes the modification time of a directory to another one than before.
  void age(const std::string& path) {
    const timespec time{++stamp_, 0};
    const timespec times[2] = {time, time};
    ASSERT_EQ(::utimensat(AT_FDCWD, path.c_str(), times, 0), 0);
  }
  void expect_as_walked(const MeasureReport& report, const std::string& path) {
    const auto walked = scan::measure_tree(path, {});
    ASSERT_TRUE(walked);
    EXPECT_EQ(report.size.allocated_bytes, walked->allocated_bytes);
    EXPECT_EQ(report.size.apparent_bytes, walked->apparent_bytes);
    EXPECT_EQ(report.size.files, walked->files);
    EXPECT_EQ(report.size.directories, walked->directories);
    EXPECT_EQ(report.size.error_count, walked->error_count);
  }

  const support::TempDir temp_;
  MemoryTreeStore store_{std::size_t{8} << 20};
  base::WallTime now_{std::chrono::seconds(1'800'000'000)};
  std::int64_t stamp_ = 1'000'000;
};

TEST_F(TreeMeasureTest, ATreeThatDidNotChangeIsNotReadASecondTime) {
  for (int i = 0; i < 20; ++i) temp_.write("d" + std::to_string(i) + "/sub/file", "x");
  const auto first = measure_at(temp_.path());
  EXPECT_EQ(first.directories_read, 41u);
  EXPECT_FALSE(first.size.from_cache);
  EXPECT_TRUE(first.stored);
  const auto second = measure_at(temp_.path());
  EXPECT_EQ(second.directories_read, 0u);
  EXPECT_EQ(second.directories_checked, 41u);
  EXPECT_TRUE(second.size.from_cache);
  expect_as_walked(second, temp_.path());
}

TEST_F(TreeMeasureTest, OnlyTheDirectoryThatChangedIsReadAgain) {
  for (int i = 0; i < 20; ++i) temp_.write("d" + std::to_string(i) + "/sub/file", "x");
  measure_at(temp_.path());
  temp_.write("d7/sub/new", std::string(50'000, 'x'));
  age(temp_ / "d7/sub");
  const auto report = measure_at(temp_.path());
  EXPECT_EQ(report.directories_read, 1u);
  EXPECT_FALSE(report.size.from_cache);
  expect_as_walked(report, temp_.path());
  EXPECT_EQ(measure_at(temp_.path()).directories_read, 0u);
}

TEST_F(TreeMeasureTest, ANewSubtreeIsReadAndItsNeighboursAreNot) {
  for (const char* name : {"a", "c", "e"}) temp_.write(std::string(name) + "/x/file", "x");
  measure_at(temp_.path());
  for (const char* name : {"0", "b", "d/deep/er", "f"})
    temp_.write(std::string(name) + "/file", "y");
  age(temp_.path());
  const auto report = measure_at(temp_.path());
  EXPECT_EQ(report.directories_read, 7u);  // the root and six new ones
  expect_as_walked(report, temp_.path());
  const auto again = measure_at(temp_.path());
  EXPECT_EQ(again.directories_read, 0u);
  expect_as_walked(again, temp_.path());
}

TEST_F(TreeMeasureTest, ARemovedSubtreeIsForgotten) {
  for (const char* name : {"a", "b", "c"}) temp_.write(std::string(name) + "/x/y/file", "x");
  measure_at(temp_.path());
  fs::remove_all(temp_ / "b");
  age(temp_.path());
  const auto report = measure_at(temp_.path());
  EXPECT_EQ(report.directories_read, 1u);
  expect_as_walked(report, temp_.path());
}

TEST_F(TreeMeasureTest, TwoDirectoriesThatChangedPlacesAreReadAnewEvenIfTheirParentLooksTheSame) {
  temp_.write("p/a/inner/file", std::string(10'000, 'x'));
  temp_.write("p/b/file", "x");
  age(temp_ / "p");
  const std::int64_t same = stamp_;
  measure_at(temp_.path());
  fs::rename(temp_ / "p/a", temp_ / "p/t");
  fs::rename(temp_ / "p/b", temp_ / "p/a");
  fs::rename(temp_ / "p/t", temp_ / "p/b");
  stamp_ = same - 1;
  age(temp_ / "p");
  expect_as_walked(measure_at(temp_.path()), temp_.path());
  expect_as_walked(measure_at(temp_ / "p/a"), temp_ / "p/a");
  expect_as_walked(measure_at(temp_ / "p/b"), temp_ / "p/b");
}

TEST_F(TreeMeasureTest, GrowthInPlaceIsFoundOnceTheRowsAreTooOld) {
  const std::string file = temp_.write("d/file", "x");
  const auto before = measure_at(temp_.path());
  temp_.write("d/file", std::string(100'000, 'y'));
  now_ += 299s;
  EXPECT_EQ(measure_at(temp_.path()).size.allocated_bytes, before.size.allocated_bytes);
  EXPECT_EQ(measure_at(temp_.path()).size.as_of, before.size.as_of);  // and says how old it is
  now_ += 1s;
  const auto after = measure_at(temp_.path());
  EXPECT_EQ(after.size.as_of, now_);
  expect_as_walked(after, temp_.path());
}

TEST_F(TreeMeasureTest, BelievingNothingReadsEverything) {
  temp_.write("d/file", "x");
  measure_at(temp_.path());
  temp_.write("d/file", std::string(100'000, 'y'));
  auto fresh = request(temp_.path());
  fresh.believe = 0s;
  const auto report = measure(store_, fresh, {});
  ASSERT_TRUE(report);
  EXPECT_EQ(report->directories_read, 2u);
  expect_as_walked(*report, temp_.path());
}

TEST_F(TreeMeasureTest, AClockThatWasSetBackMakesRowsUnknown) {
  temp_.write("d/file", "x");
  measure_at(temp_.path());
  now_ -= 3600s;
  EXPECT_EQ(measure_at(temp_.path()).directories_read, 2u);
}

TEST_F(TreeMeasureTest, WhatChangedAMomentBeforeItWasReadIsReadAgain) {
  temp_.write("d/file", "x");
  auto careful = request(temp_.path());
  careful.settle = 1h;
  ASSERT_TRUE(measure(store_, careful, {}));
  const auto report = measure(store_, careful, {});
  ASSERT_TRUE(report);
  EXPECT_EQ(report->directories_read, 2u);
}

TEST_F(TreeMeasureTest, APartOfAKnownTreeIsMeasuredByItsRowsAndTheTreeLearnsOfIt) {
  for (int i = 0; i < 5; ++i) temp_.write("d" + std::to_string(i) + "/sub/file", "x");
  measure_at(temp_.path());
  temp_.write("d3/sub/new", std::string(30'000, 'x'));
  age(temp_ / "d3/sub");
  const auto part = measure_at(temp_ / "d3");
  EXPECT_EQ(part.directories_checked, 2u);
  EXPECT_EQ(part.directories_read, 1u);
  expect_as_walked(part, temp_ / "d3");
  EXPECT_EQ(store_.stats().trees, 1u);
  const auto whole = measure_at(temp_.path());
  EXPECT_EQ(whole.directories_read, 0u);
  expect_as_walked(whole, temp_.path());
}

TEST_F(TreeMeasureTest, ALargerTreeTakesInTheTreesBelow) {
  temp_.write("d/sub/file", "x");
  temp_.write("e/file", "x");
  measure_at(temp_ / "d");
  measure_at(temp_ / "e");
  EXPECT_EQ(store_.stats().trees, 2u);
  measure_at(temp_.path());
  EXPECT_EQ(store_.stats().trees, 1u);
}

TEST_F(TreeMeasureTest, AHardLinkCountsOnceInEveryTreeItIsIn) {
  temp_.write("a/file", std::string(20'000, 'x'));
  fs::create_directories(temp_ / "b/c");
  fs::create_hard_link(temp_ / "a/file", temp_ / "b/c/other");
  fs::create_hard_link(temp_ / "a/file", temp_ / "a/third");
  expect_as_walked(measure_at(temp_.path()), temp_.path());
  expect_as_walked(measure_at(temp_.path()), temp_.path());
  expect_as_walked(measure_at(temp_ / "b"), temp_ / "b");
  fs::remove(temp_ / "a/file");
  fs::remove(temp_ / "a/third");
  age(temp_ / "a");
  const auto report = measure_at(temp_.path());
  EXPECT_EQ(report.directories_read, 1u);
  expect_as_walked(report, temp_.path());
}

TEST_F(TreeMeasureTest, ASecondNameOfAFileInADirectoryThatDidNotChangeCountsNothing) {
  temp_.write("a/file", std::string(20'000, 'x'));
  temp_.write("b/file", "x");
  measure_at(temp_.path());
  fs::create_hard_link(temp_ / "a/file", temp_ / "b/second");  // a knows nothing of it
  age(temp_ / "b");
  expect_as_walked(measure_at(temp_.path()), temp_.path());
  fs::create_hard_link(temp_ / "a/file", temp_ / "b/third");
  age(temp_ / "b");
  const auto third = measure_at(temp_.path());
  EXPECT_EQ(third.directories_read, 1u);  // known as linked by now
  expect_as_walked(third, temp_.path());
}

TEST_F(TreeMeasureTest, ASecondNameOutsideThePartThatIsMeasuredCountsNothingEither) {
  temp_.write("a/file", std::string(20'000, 'x'));
  temp_.write("b/file", "x");
  measure_at(temp_.path());
  fs::create_hard_link(temp_ / "a/file", temp_ / "b/second");
  age(temp_ / "b");
  expect_as_walked(measure_at(temp_ / "b"), temp_ / "b");
  expect_as_walked(measure_at(temp_.path()), temp_.path());
}

TEST_F(TreeMeasureTest, TouchedDirectoriesAndStaleTreesAreReadAgain) {
  for (const char* name : {"a/x", "a/y", "b"}) temp_.write(std::string(name) + "/file", "x");
  measure_at(temp_.path());
  struct stat status {};
  ASSERT_EQ(::stat((temp_ / "a/x").c_str(), &status), 0);
  auto touched = request(temp_.path());
  touched.touched = {status.st_ino};
  EXPECT_EQ(measure(store_, touched, {})->directories_read, 1u);
  auto stale = request(temp_.path());
  stale.stale = {temp_ / "a"};
  EXPECT_EQ(measure(store_, stale, {})->directories_read, 3u);
}

TEST_F(TreeMeasureTest, RecallsATreeAndItsPartsWithoutLookingAtThem) {
  temp_.write("d/sub/file", std::string(10'000, 'x'));
  const auto whole = measure_at(temp_.path());
  const auto recalled = recall(store_, request(temp_.path()));
  ASSERT_TRUE(recalled);
  EXPECT_TRUE(recalled->from_cache);
  EXPECT_EQ(recalled->allocated_bytes, whole.size.allocated_bytes);
  EXPECT_EQ(recalled->as_of, whole.size.as_of);
  const auto part = recall(store_, request(temp_ / "d/sub"));
  ASSERT_TRUE(part);
  EXPECT_EQ(part->path, temp_ / "d/sub");
  EXPECT_EQ(part->allocated_bytes, scan::measure_tree(temp_ / "d/sub", {})->allocated_bytes);
  EXPECT_FALSE(recall(store_, request(temp_ / "d/none")));
}

TEST_F(TreeMeasureTest, RecallsNothingThatIsOldOrChangedOrSuspect) {
  temp_.write("d/file", "x");
  measure_at(temp_.path());
  auto suspect = request(temp_.path());
  suspect.stale = {temp_ / "d"};
  EXPECT_FALSE(recall(store_, suspect));
  auto neighbour = request(temp_ / "d");
  neighbour.stale = {temp_ / "dd"};
  EXPECT_TRUE(recall(store_, neighbour));
  age(temp_ / "d");
  EXPECT_FALSE(recall(store_, request(temp_ / "d")));
  EXPECT_TRUE(recall(store_, request(temp_.path())));  // its age says what it may not know
  now_ += 300s;
  EXPECT_FALSE(recall(store_, request(temp_.path())));
}

TEST_F(TreeMeasureTest, ATreeThatDoesNotFitIsMeasuredAndNotRemembered) {
  for (int i = 0; i < 20; ++i) temp_.write("d" + std::to_string(i) + "/file", "x");
  measure_at(temp_.path());
  auto poor = request(temp_.path());
  poor.budget_bytes = 1000;
  poor.believe = 0s;
  const auto report = measure(store_, poor, {});
  ASSERT_TRUE(report);
  EXPECT_FALSE(report->stored);
  expect_as_walked(*report, temp_.path());
  EXPECT_EQ(store_.stats().trees, 0u);
}

// Root may read everything: for the time of a test it is somebody else, who owns `tree`.
class AsNobody {
 public:
  explicit AsNobody(const std::string& tree) {
    constexpr uid_t kNobody = 65534;
    if (::geteuid() != 0) return;
    (void)!::chown(tree.c_str(), kNobody, kNobody);
    for (const auto& entry : fs::recursive_directory_iterator(tree))
      (void)!::lchown(entry.path().c_str(), kNobody, kNobody);
    was_root_ = ::seteuid(kNobody) == 0;
  }
  ~AsNobody() {
    if (was_root_) (void)!::seteuid(0);
  }

 private:
  bool was_root_ = false;
};

TEST_F(TreeMeasureTest, ADirectoryThatMayNotBeReadIsTriedEveryTime) {
  temp_.write("locked/file", "x");
  temp_.write("open/file", "x");
  const AsNobody nobody(temp_.path());
  ASSERT_EQ(::chmod((temp_ / "locked").c_str(), 0), 0);
  expect_as_walked(measure_at(temp_.path()), temp_.path());
  const auto again = measure_at(temp_.path());
  expect_as_walked(again, temp_.path());
  ASSERT_EQ(again.size.errors.size(), 1u);
  EXPECT_EQ(again.size.errors[0].path, temp_ / "locked");
  EXPECT_FALSE(recall(store_, request(temp_.path())));
  ASSERT_EQ(::chmod((temp_ / "locked").c_str(), 0755), 0);
  expect_as_walked(measure_at(temp_.path()), temp_.path());
}

TEST_F(TreeMeasureTest, AFileAndALinkAreMeasuredAsTheyAre) {
  const std::string file = temp_.write("file", std::string(10'000, 'x'));
  fs::create_directory_symlink(temp_.path(), temp_ / "link");
  expect_as_walked(measure_at(file), file);
  expect_as_walked(measure_at(temp_ / "link"), temp_ / "link");
  const auto missing = measure(store_, request(temp_ / "none"), {});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, base::ErrorCode::kNotFound);
}

TEST_F(TreeMeasureTest, ATreeReplacedByAnotherOfTheSameNameIsAnotherTree) {
  temp_.write("t/a/file", "x");
  measure_at(temp_ / "t");
  fs::rename(temp_ / "t", temp_ / "old");
  temp_.write("t/b/c/file", std::string(9'000, 'x'));
  expect_as_walked(measure_at(temp_ / "t"), temp_ / "t");
  fs::remove_all(temp_ / "t");
  fs::create_directory_symlink("old", temp_ / "t");
  expect_as_walked(measure_at(temp_ / "t"), temp_ / "t");
}

TEST_F(TreeMeasureTest, ACancelledMeasureLeavesTheStoreAsItWas) {
  temp_.write("d/file", "x");
  const base::CancelSource source;
  source.cancel(base::CancelReason::kUser);
  scan::WalkOptions options;
  options.cancel = source.token();
  const auto first = measure(store_, request(temp_.path()), options);
  ASSERT_TRUE(first);
  EXPECT_TRUE(first->size.partial);
  EXPECT_EQ(store_.stats().trees, 0u);
  measure_at(temp_.path());
  const auto second = measure(store_, request(temp_.path()), options);
  ASSERT_TRUE(second);
  EXPECT_TRUE(second->size.partial);
  EXPECT_EQ(measure_at(temp_.path()).directories_read, 0u);
}

TEST_F(TreeMeasureTest, NamesOfAnyBytesAndPathsLongerThanPathMax) {
  const std::string odd = "\xff\xfe\n" + std::string(240, '\x80');
  temp_.write(odd + "/a\nb/file", "x");
  base::UniqueFd at(::open(temp_.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  const std::string name(200, 'n');
  for (int i = 0; i < 40; ++i) {
    ASSERT_EQ(::mkdirat(at.get(), name.c_str(), 0755), 0);
    at.reset(::openat(at.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  }
  expect_as_walked(measure_at(temp_.path()), temp_.path());
  const auto again = measure_at(temp_.path());
  EXPECT_EQ(again.directories_read, 0u);
  expect_as_walked(again, temp_.path());
  // The last of them changes.
  const base::UniqueFd file(::openat(at.get(), "f", O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  ASSERT_EQ(::write(file.get(), "xyz", 3), 3);
  const timespec times[2] = {{5, 0}, {5, 0}};
  ASSERT_EQ(::utimensat(at.get(), ".", times, 0), 0);
  const auto changed = measure_at(temp_.path());
  EXPECT_EQ(changed.directories_read, 1u);
  expect_as_walked(changed, temp_.path());
}

}  // namespace
}  // namespace lull::cache
