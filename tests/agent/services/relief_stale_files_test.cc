// SPDX-License-Identifier: MIT
#include "agent/services/relief_stale_files.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "agent/services/undo_service.h"
#include "tests/support/no_job_store.h"
#include "tests/support/temp_dir.h"
#include "tests/support/user_directories.h"
#include "tests/support/virtual_engine.h"

namespace lull::agent {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using ::testing::HasSubstr;

// A real home, trash and journal; the clock is far ahead, so that what was just written is old.
class ReliefStaleFilesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    old_ = temp_.write("tmp/build/old.bin", std::string(300'000, 'o'));
    other_ = temp_.write("tmp/other.bin", std::string(200'000, 'x'));
    temp_.write("home/.local/share/keep", "");
    const auto real = std::chrono::duration_cast<base::Duration>(base::system_clock().wall_now() -
                                                                 world_.time.wall_now());
    world_.time.jump_wall(real + std::chrono::hours(24 * 90));
  }
  struct World {
    explicit World(ReliefStaleFilesTest& test, scheduler::ComputePool& compute)
        : journal(JournalService::open(test.world_.engine, test.world_.executor,
                                       test.temp_ / "home/.local/state/lull/journal.db")),
          jobs(test.world_.engine, store, {.automatic = false}),
          house(test.world_.engine, test.world_.executor, *journal,
                support::directories_below(test.temp_)),
          undo(test.world_.engine, compute, house, test.settings_),
          stale(test.world_.engine, compute.foreground(), house, test.settings_,
                [&test](const auto& roots) { return test.held(roots); }) {
      jobs.add_job(undo.job());
      jobs.start();
    }
    ~World() { jobs.shut_down(1s); }
    testing::NoJobStore store;
    std::unique_ptr<JournalService> journal;
    scheduler::JobScheduler jobs;
    CleanHouse house;
    UndoService undo;
    ReliefStaleFiles stale;
  };
  void run(const std::function<void(World&)>& story) {
    world_.run([&](scheduler::TaskGroup&) {
      scheduler::ComputePool compute(2);
      World world(*this, compute);
      story(world);
    });
  }
  relief::StaleFiles find() {
    relief::StaleSearch search;
    search.roots = {temp_ / "tmp"};
    search.owner = ::geteuid();
    search.now = world_.time.wall_now();
    search.is_in_memory = [](const std::string&) { return true; };
    search.find_users = [] { return [](dev_t, ino_t) { return false; }; };
    return relief::find_stale_files(search);
  }

  // The file system of the test: what its files add up to, and what somebody keeps of it.
  std::optional<std::uint64_t> held(const std::vector<std::string>& roots) {
    EXPECT_EQ(roots, std::vector<std::string>{temp_ / "tmp"});
    if (!counts_) return std::nullopt;
    std::uint64_t sum = writes_ && !fs::exists(old_) ? *writes_ : 0;
    for (const auto& entry : fs::recursive_directory_iterator(temp_ / "tmp"))
      if (entry.is_regular_file()) sum += entry.file_size();
    return sum;
  }

  testing::VirtualEngine world_;
  Settings settings_;
  bool counts_ = true;
  std::optional<std::uint64_t> writes_;  // somebody, meanwhile
  const support::TempDir temp_;
  std::string old_, other_;
};

TEST_F(ReliefStaleFilesTest, NothingMayMoveUnlessTheUserHasAgreed) {
  run([&](World& world) {
    EXPECT_FALSE(world.stale.may_move());
    settings_.relief.move_stale_files = true;
    EXPECT_TRUE(world.stale.may_move());
  });
}

TEST_F(ReliefStaleFilesTest, WhatWasMovedIsARunThatCanBeUndone) {
  run([&](World& world) {
    const auto moved = world.stale.move(find(), false, {});
    EXPECT_EQ(moved.files, 2u) << moved.why_left;
    EXPECT_GE(moved.bytes, 500'000u);
    EXPECT_EQ(moved.fallen_bytes, 500'000u);
    EXPECT_FALSE(fs::exists(old_));
    ASSERT_TRUE(world.journal->last_run());
    EXPECT_EQ(world.journal->last_run()->run, moved.run);
    EXPECT_TRUE(world.journal->last_run()->undoable);
    fs::remove_all(temp_ / "tmp/build");
    const auto undone = world.undo.undo(world.jobs, moved.run, {}, {});
    ASSERT_TRUE(undone) << undone.error().to_string();
    EXPECT_EQ(temp_.read("tmp/build/old.bin"), std::string(300'000, 'o'));
    EXPECT_EQ(temp_.read("tmp/other.bin"), std::string(200'000, 'x'));
    EXPECT_TRUE(fs::is_empty(temp_ / "home/.local/share/Trash/files"));
  });
}

TEST_F(ReliefStaleFilesTest, WhatWentIsMeasuredAndWhatOthersWroteIsNotFree) {
  run([&](World& world) {
    writes_ = 400'000;
    const relief::StaleFiles stale = find();
    const auto moved = world.stale.move(stale, false, {});
    EXPECT_EQ(moved.files, 2u);
    EXPECT_EQ(moved.fallen_bytes, 100'000u);
    EXPECT_EQ(relief::temp_allocations_verdict(stale, moved).bytes, 100'000u);
  });
}

TEST_F(ReliefStaleFilesTest, WhereItCannotBeMeasuredNothingIsClaimed) {
  run([&](World& world) {
    counts_ = false;
    const relief::StaleFiles stale = find();
    const auto moved = world.stale.move(stale, false, {});
    EXPECT_EQ(moved.files, 2u);
    const auto verdict = relief::temp_allocations_verdict(stale, moved);
    EXPECT_EQ(verdict.outcome, relief::ReliefOutcome::kUnproven);
    EXPECT_EQ(verdict.bytes, 0u);
    EXPECT_THAT(verdict.reason, HasSubstr("lull undo"));
  });
}

TEST_F(ReliefStaleFilesTest, TheKeepListAndUseSinceAreAskedAtTheLastMoment) {
  run([&](World& world) {
    const relief::StaleFiles stale = find();
    settings_.clean.keep = {temp_ / "tmp/build"};
    const auto moved = world.stale.move(stale, true, {});
    EXPECT_EQ(moved.files, 1u);
    EXPECT_EQ(moved.left, 1u);
    EXPECT_EQ(moved.why_left, "on your keep list");
    EXPECT_TRUE(fs::exists(old_));
    settings_.clean.keep.clear();
    world_.time.jump_wall(-std::chrono::hours(24 * 89));
    const auto used = world.stale.move(stale, true, {});
    EXPECT_EQ(used.files, 0u);
    EXPECT_TRUE(fs::exists(old_));
  });
}

TEST_F(ReliefStaleFilesTest, WhatWasGivenBackIsNotTakenByItselfAgain) {
  run([&](World& world) {
    const auto moved = world.stale.move(find(), true, {});
    EXPECT_EQ(moved.files, 2u) << moved.why_left;
    ASSERT_TRUE(world.undo.undo(world.jobs, moved.run, {old_}, {}));
    ASSERT_TRUE(fs::exists(old_));
    world_.time.jump_wall(std::chrono::hours(24 * 90));  // it is stale again
    const auto again = world.stale.move(find(), true, {});
    EXPECT_EQ(again.files, 0u);
    EXPECT_EQ(again.left, 1u);
    EXPECT_THAT(again.why_left, HasSubstr("given back"));
    EXPECT_TRUE(fs::exists(old_));
    EXPECT_EQ(world.stale.move(find(), false, {}).files, 1u) << "whoever asks for it may";
  });
}

TEST_F(ReliefStaleFilesTest, CancelledItLeavesEverything) {
  run([&](World& world) {
    base::CancelSource source;
    source.cancel(base::CancelReason::kUser);
    EXPECT_EQ(world.stale.move(find(), false, source.token()).files, 0u);
    EXPECT_TRUE(fs::exists(old_));
    EXPECT_TRUE(fs::exists(other_));
  });
}

}  // namespace
}  // namespace lull::agent
