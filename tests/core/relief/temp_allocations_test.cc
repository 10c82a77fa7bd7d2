// SPDX-License-Identifier: MIT
#include "core/relief/temp_allocations.h"

#include <filesystem>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/bytes.h"
#include "tests/support/temp_dir.h"

namespace lull::relief {
namespace {

namespace fs = std::filesystem;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;

class TempAllocations : public testing::Test {
 protected:
  TempAllocations() {
    search_.roots = {root_ / "shm"};
    search_.owner = ::geteuid();
    search_.is_in_memory = [](const std::string&) { return true; };
    search_.find_users = [this] {
      ++asked_;
      return [this](dev_t, ino_t) { return in_use_; };
    };
    file("a");
    // A change of status cannot be set back: the clock is far ahead instead.
    struct ::stat status {};
    EXPECT_EQ(::stat((root_ / "shm/a").c_str(), &status), 0);
    changed_at_ = base::WallTime(seconds(status.st_ctime));
    search_.now = changed_at_ + kStaleAfter + seconds(2);
  }
  void file(const std::string& name) { root_.write("shm/" + name, std::string(200'000, 'x')); }
  StaleFiles find() { return find_stale_files(search_); }

  support::TempDir root_;
  StaleSearch search_;
  base::WallTime changed_at_{};
  bool in_use_ = false;
  int asked_ = 0;
};

TEST_F(TempAllocations, FindsWhatNobodyUsedForAWeekAndMovesNothing) {
  const StaleFiles stale = find();
  EXPECT_EQ(stale.files, 1u);
  EXPECT_GE(stale.bytes, 200'000u);
  EXPECT_EQ(stale.largest, root_ / "shm/a");
  EXPECT_THAT(stale.roots, ElementsAre(root_ / "shm"));
  ASSERT_EQ(stale.found.size(), 1u);
  EXPECT_EQ(stale.found[0].path, root_ / "shm/a");
  EXPECT_EQ(stale.found[0].status.st_size, 200'000);
  const auto verdict = temp_allocations_verdict(stale);
  EXPECT_EQ(verdict.outcome, ReliefOutcome::kSkipped);
  EXPECT_EQ(verdict.bytes, 0u);
  EXPECT_THAT(verdict.reason, HasSubstr("shm/a"));
  EXPECT_TRUE(fs::exists(root_ / "shm/a"));
}

TEST_F(TempAllocations, ClaimsWhatWasMovedAndSaysWhatStayed) {
  const StaleFiles stale = find();
  const MovedStale moved{7, 1, 150'000, 2, "a program has it open", 200'000};
  const auto some = temp_allocations_verdict(stale, moved);
  EXPECT_EQ(some.outcome, ReliefOutcome::kFreed);
  EXPECT_EQ(some.bytes, 150'000u);
  EXPECT_THAT(some.reason, testing::AllOf(HasSubstr("lull undo 7"), HasSubstr("2 files stayed")));
  const auto none = temp_allocations_verdict(stale, {7, 0, 0, 1, "a program has it open"});
  EXPECT_EQ(none.outcome, ReliefOutcome::kNoEffect);
  EXPECT_THAT(none.reason, HasSubstr("a program has it open"));
}

// Others write to the same file systems meanwhile, and what is open goes on being held.
TEST_F(TempAllocations, ClaimsNoMoreThanTheFileSystemsFell) {
  const StaleFiles stale = find();
  MovedStale moved{7, 1, 150'000, 0, "", 100'000};
  const auto less = temp_allocations_verdict(stale, moved);
  EXPECT_EQ(less.outcome, ReliefOutcome::kFreed);
  EXPECT_EQ(less.bytes, 100'000u);
  moved.fallen_bytes = 0;
  const auto nothing = temp_allocations_verdict(stale, moved);
  EXPECT_EQ(nothing.outcome, ReliefOutcome::kUnproven);
  EXPECT_EQ(nothing.bytes, 0u);
  EXPECT_THAT(nothing.reason, HasSubstr("as much as before"));
  moved.fallen_bytes = std::nullopt;
  const auto unknown = temp_allocations_verdict(stale, moved);
  EXPECT_EQ(unknown.outcome, ReliefOutcome::kUnproven);
  EXPECT_THAT(unknown.reason, testing::AllOf(HasSubstr("cannot be measured"), HasSubstr("undo 7")));
}

TEST_F(TempAllocations, TheLargestComesFirst) {
  root_.write("shm/b", std::string(900'000, 'x'));
  search_.now += seconds(5);
  const StaleFiles stale = find();
  ASSERT_EQ(stale.found.size(), 2u);
  EXPECT_EQ(stale.found[0].path, root_ / "shm/b");
  EXPECT_EQ(stale.largest, root_ / "shm/b");
}

TEST_F(TempAllocations, AWeekIsAWeek) {
  search_.now = changed_at_ + kStaleAfter - seconds(1);
  EXPECT_EQ(find().files, 0u);
  search_.now = changed_at_ + kStaleAfter + seconds(1);
  EXPECT_EQ(find().files, 1u);
}

TEST_F(TempAllocations, LeavesWhatIsInUseAndEverythingIfNobodyKnows) {
  in_use_ = true;
  EXPECT_EQ(find().files, 0u);
  in_use_ = false;
  search_.find_users = [] { return nullptr; };
  EXPECT_EQ(find().files, 0u);
  search_.find_users = {};
  EXPECT_EQ(find().files, 0u);
}

TEST_F(TempAllocations, LeavesLinksQueuesLocksHiddenAndTheSystemsOwn) {
  fs::remove(root_ / "shm/a");
  file(".X11-unix/b");
  file(".hidden");
  file("systemd-private-1-cups/tmp/c");
  file("program.lock");
  file("program.pid");
  root_.write("shm/empty", "");
  file("one");
  fs::create_hard_link(root_ / "shm/one", root_ / "shm/two");
  fs::create_symlink("/etc/passwd", root_ / "shm/link");
  ASSERT_EQ(::mkfifo((root_ / "shm/fifo").c_str(), 0600), 0);
  EXPECT_EQ(find().files, 0u);
  EXPECT_EQ(asked_, 0) << "who has what open is asked only if there is something to ask about";
  EXPECT_EQ(temp_allocations_verdict(find()).outcome, ReliefOutcome::kNoEffect);
}

// A process keeps one of them open: its name is gone, its memory is not.
TEST_F(TempAllocations, ClaimsNoMoreThanTheFileSystemHoldsLess) {
  StaleFiles stale;
  stale.roots = {"/dev/shm"};
  stale.files = 2;
  stale.bytes = 300 * base::kMiB;
  MovedStale moved{7, 2, stale.bytes, 0, "", 100 * base::kMiB};
  EXPECT_EQ(temp_allocations_verdict(stale, moved).bytes, 100 * base::kMiB);
  moved.fallen_bytes = 400 * base::kMiB;  // others removed some
  EXPECT_EQ(temp_allocations_verdict(stale, moved).bytes, 300 * base::kMiB);
  moved.fallen_bytes = 0;
  EXPECT_EQ(temp_allocations_verdict(stale, moved).outcome, ReliefOutcome::kUnproven);
  moved.fallen_bytes.reset();
  EXPECT_EQ(temp_allocations_verdict(stale, moved).outcome, ReliefOutcome::kUnproven);
  EXPECT_EQ(temp_allocations_verdict(stale, moved).predicted_bytes, 300 * base::kMiB);
}

TEST_F(TempAllocations, WhatFileSystemsHoldIsCountedOnce) {
  const std::string root = root_ / "shm";
  const auto once = held_bytes({root});
  ASSERT_TRUE(once);
  EXPECT_GT(*once, 0u);
  EXPECT_LT(*held_bytes({root, root, root_.path()}), 2 * *once);
  EXPECT_EQ(held_bytes({root, root_ / "none"}), std::nullopt);
  EXPECT_EQ(held_bytes({}), 0u);
}

TEST_F(TempAllocations, OnADiskThereIsNothingToFree) {
  search_.is_in_memory = [](const std::string&) { return false; };
  EXPECT_EQ(temp_allocations_verdict(find()).outcome, ReliefOutcome::kUnavailable);
  EXPECT_EQ(find().files, 0u);
}

}  // namespace
}  // namespace lull::relief
