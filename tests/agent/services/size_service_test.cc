// SPDX-License-Identifier: MIT
#include "agent/services/size_service.h"

#include <algorithm>
#include <future>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "scheduler/event.h"
#include "tests/agent/services/size_story.h"

namespace lull::agent {
namespace {

using std::chrono::seconds;

using SizeServiceTest = testing::SizeStory;

TEST_F(SizeServiceTest, MeasuresOnceAndAnswersFromMemoryAfterwards) {
  temp_.write("a/file", std::string(10'000, 'x'));
  run([&] {
    const auto first = size(temp_ / "a");
    ASSERT_TRUE(first);
    EXPECT_FALSE(first->from_cache);
    EXPECT_GE(first->allocated_bytes, 10'000u);
    const auto second = size(temp_ / "a");
    ASSERT_TRUE(second);
    EXPECT_TRUE(second->from_cache);
    EXPECT_EQ(second->allocated_bytes, first->allocated_bytes);
    EXPECT_EQ(second->as_of, first->as_of);
  });
}

TEST_F(SizeServiceTest, OutsideTheHomeDirectoryAtMostTwoTasksRead) {
  temp_.write("home/a/file", "x");
  temp_.write("elsewhere/file", "x");
  settings_.performance.max_parallel_scans = 8;
  run([&] {
    ASSERT_TRUE(size(temp_ / "home/a"));
    EXPECT_EQ(width_, 8u);
    ASSERT_TRUE(size(temp_ / "elsewhere"));
    EXPECT_EQ(width_, 2u);
    ASSERT_TRUE(size(temp_ / "home/../elsewhere"));
    EXPECT_EQ(width_, 2u);
  });
}

TEST_F(SizeServiceTest, FreshWalksAgain) {
  temp_.write("a/sub/file", "x");
  run([&] {
    const auto before = size(temp_ / "a");
    temp_.write("a/sub/other", std::string(100'000, 'y'));  // a grandchild: the root looks the same
    EXPECT_EQ(size(temp_ / "a")->allocated_bytes, before->allocated_bytes);
    const auto fresh = size(temp_ / "a", true);
    ASSERT_TRUE(fresh);
    EXPECT_FALSE(fresh->from_cache);
    EXPECT_GE(fresh->allocated_bytes, before->allocated_bytes + 100'000);
  });
}

TEST_F(SizeServiceTest, AChangedRootIsMeasuredAgain) {
  temp_.write("a/file", "x");
  run([&] {
    ASSERT_TRUE(size(temp_ / "a"));
    temp_.write("a/new", std::string(50'000, 'y'));
    const auto again = size(temp_ / "a");
    ASSERT_TRUE(again);
    EXPECT_FALSE(again->from_cache);
  });
}

TEST_F(SizeServiceTest, AMissingPathIsNotFound) {
  run([&] {
    const auto size_of_nothing = size(temp_ / "nothing");
    ASSERT_FALSE(size_of_nothing);
    EXPECT_EQ(size_of_nothing.error().code, base::ErrorCode::kNotFound);
  });
}

TEST_F(SizeServiceTest, TheIdleRefreshMeasuresOnlyWhatSomebodyAskedFor) {
  temp_.write("asked/file", "x");
  temp_.write("never/file", "x");
  settings_.performance.refresh_interval = seconds(60);
  run([&] {
    ASSERT_TRUE(size(temp_ / "asked"));
    runs_.clear();
    world_.sleep(seconds(400));  // longer than the time to live
    EXPECT_FALSE(runs_.empty());
    EXPECT_NE(std::find(runs_.begin(), runs_.end(), "refresh-cache: 1 paths measured"), runs_.end())
        << ::testing::PrintToString(runs_);
    EXPECT_TRUE(size(temp_ / "asked")->from_cache);
    EXPECT_FALSE(size(temp_ / "never")->from_cache);
  });
}

TEST_F(SizeServiceTest, WithNothingAskedForTheIdleRefreshNeverRuns) {
  run([&] {
    world_.sleep(std::chrono::hours(24));
    EXPECT_TRUE(runs_.empty()) << ::testing::PrintToString(runs_);
  });
}

TEST_F(SizeServiceTest, WithoutAPathTheJobSaysWhatToUse) {
  run([&] {
    const auto ticket = jobs_->request("size");
    ASSERT_FALSE(ticket);
    EXPECT_EQ(ticket.error().code, base::ErrorCode::kInvalidArgument);
    EXPECT_NE(ticket.error().message.find("lull size PATH"), std::string::npos);
  });
}

TEST_F(SizeServiceTest, ASmallerCacheForgetsTheOldestWhichTheStoreStillKnows) {
  temp_.write("a/f", "x");
  temp_.write("b/f", "x");
  run([&] {
    ASSERT_TRUE(size(temp_ / "a"));
    ASSERT_TRUE(size(temp_ / "b"));
    sizes_->resize(1);
    EXPECT_EQ(sizes_->stats().memory.entries, 1u);
    EXPECT_TRUE(size(temp_ / "b")->from_cache);
    EXPECT_EQ(sizes_->stats().recalled, 0u);
    EXPECT_TRUE(size(temp_ / "a")->from_cache);
    EXPECT_EQ(sizes_->stats().recalled, 1u);
    EXPECT_EQ(measurements_, 2);
  });
}

// ---- never twice what did not change ----------------------------------------------------------

TEST_F(SizeServiceTest, TenRequestsAtOnceForOnePathMakeOneWalk) {
  temp_.write("a/file", std::string(10'000, 'x'));
  watch_room_ = 0;  // no second look for the watch
  run([&] {
    scheduler::TaskGroup asking(world_.engine);
    std::vector<std::uint64_t> answers(10);
    for (auto& answer : answers)
      asking.spawn("ask",
                   [&](const base::CancelToken&) { answer = size(temp_ / "a")->allocated_bytes; });
    asking.join();
    EXPECT_EQ(measurements_, 1);
    for (const std::uint64_t answer : answers) EXPECT_EQ(answer, answers.front());
  });
}

TEST_F(SizeServiceTest, TenScansAtOnceOfTreesThatOverlapComplete) {
  for (int i = 0; i < 50; ++i) temp_.write("t/d" + std::to_string(i) + "/sub/file", "x");
  run([&] {
    scheduler::TaskGroup asking(world_.engine);
    std::vector<base::Result<model::TreeSize>> answers(10,
                                                       base::fail(base::ErrorCode::kInternal, ""));
    for (std::size_t i = 0; i < answers.size(); ++i)
      asking.spawn("ask", [&, i](const base::CancelToken&) {
        answers[i] = size(i == 0 ? temp_ / "t" : temp_ / ("t/d" + std::to_string(i)));
      });
    asking.join();
    for (const auto& answer : answers) ASSERT_TRUE(answer);
    EXPECT_EQ(answers[0]->directories, 101u);
    EXPECT_EQ(answers[1]->directories, 2u);
  });
}

TEST_F(SizeServiceTest, APartOfAKnownTreeIsAnsweredWithoutAWalk) {
  temp_.write("a/sub/file", std::string(10'000, 'x'));
  run([&] {
    ASSERT_TRUE(size(temp_ / "a"));
    const auto part = size(temp_ / "a/sub");
    ASSERT_TRUE(part);
    EXPECT_TRUE(part->from_cache);
    EXPECT_GE(part->allocated_bytes, 10'000u);
    EXPECT_EQ(measurements_, 1);
    EXPECT_EQ(sizes_->stats().recalled, 1u);
  });
}

TEST_F(SizeServiceTest, ARestartRemembers) {
  for (int i = 0; i < 10; ++i) temp_.write("a/d" + std::to_string(i) + "/file", "x");
  run([&] { ASSERT_TRUE(size(temp_ / "a")); });
  EXPECT_EQ(directories_read_, 11u);
  run([&] {
    EXPECT_TRUE(size(temp_ / "a")->from_cache);
    EXPECT_EQ(measurements_, 1);
    // Something changed: only that is read.
    temp_.write("a/new", std::string(10'000, 'y'));
    const timespec times[2] = {{9, 0}, {9, 0}};
    ASSERT_EQ(::utimensat(AT_FDCWD, (temp_ / "a").c_str(), times, 0), 0);
    EXPECT_FALSE(size(temp_ / "a")->from_cache);
    EXPECT_EQ(directories_read_, 12u);
  });
}

TEST_F(SizeServiceTest, WhatWasDoneToAPathIsMeasuredAnewThereAboveAndBelow) {
  temp_.write("a/b/c/file", "x");
  temp_.write("a/other/file", "x");
  watch_room_ = 0;
  run([&] {
    const auto before = size(temp_ / "a");
    temp_.write("a/b/c/file", std::string(100'000, 'y'));  // in place: no directory tells
    EXPECT_EQ(size(temp_ / "a")->allocated_bytes, before->allocated_bytes);
    sizes_->invalidate(temp_ / "a/b");
    EXPECT_GE(size(temp_ / "a")->allocated_bytes, before->allocated_bytes + 90'000);
    EXPECT_EQ(directories_read_, 4u + 2u);
    EXPECT_GE(size(temp_ / "a/b/c")->allocated_bytes, 100'000u);
    EXPECT_EQ(measurements_, 2);
  });
}

TEST_F(SizeServiceTest, ATreeThatIsAskedForOftenIsWatchedAndItsAnswersDoNotOutliveAChange) {
  temp_.write("a/sub/file", "x");
  run([&] {
    ASSERT_TRUE(size(temp_ / "a"));
    EXPECT_EQ(watch_->watched(), 0u);
    ASSERT_TRUE(size(temp_ / "a", true));
    EXPECT_EQ(watch_->watched(), 2u);
    const auto before = size(temp_ / "a");
    EXPECT_TRUE(before->from_cache);
    temp_.write("a/sub/file", std::string(100'000, 'y'));  // in place
    watch_->touch(temp_ / "a/sub");
    const auto after = size(temp_ / "a");
    ASSERT_TRUE(after);
    EXPECT_FALSE(after->from_cache);
    EXPECT_GE(after->allocated_bytes, before->allocated_bytes + 90'000);
    EXPECT_EQ(watch_->watched(), 2u);  // again
    EXPECT_TRUE(size(temp_ / "a")->from_cache);
  });
}

TEST_F(SizeServiceTest, APartThatCannotBeWatchedAgainCostsTheTreeNothingAndIsNotKeptInMemory) {
  temp_.write("a/sub/file", "x");
  temp_.write("a/other/file", "x");
  settings_.performance.dir_cache_ttl = std::chrono::hours(1);
  run([&] {
    ASSERT_TRUE(size(temp_ / "a"));
    ASSERT_TRUE(size(temp_ / "a", true));
    EXPECT_EQ(watch_->watched(), 3u);
    watch_->touch(temp_ / "a/sub");
    watch_->refuse();
    for (std::size_t kilobytes = 100; kilobytes <= 300; kilobytes += 100) {
      temp_.write("a/sub/file", std::string(kilobytes * 1000, 'y'));  // in place, not heard
      EXPECT_GE(size(temp_ / "a/sub")->allocated_bytes, kilobytes * 1000);
    }
    EXPECT_EQ(watch_->watched(), 2u);
    // A file tells of itself.
    EXPECT_FALSE(size(temp_ / "a/sub/file")->from_cache);
    EXPECT_TRUE(size(temp_ / "a/sub/file")->from_cache);
  });
}

TEST_F(SizeServiceTest, WhatHappensWhileATreeIsReadIsNotForgottenForHavingBeenToldThen) {
  temp_.write("a/sub/file", "x");
  settings_.performance.dir_cache_ttl = std::chrono::hours(1);
  run([&] {
    ASSERT_TRUE(size(temp_ / "a"));
    ASSERT_TRUE(size(temp_ / "a", true));
    const auto change_while_read = [&](const std::function<void()>& change) {
      scheduler::Event was_read(world_.engine);
      std::promise<void> may_end;
      before_end_ = [&] {
        world_.engine.post([&] { was_read.set(); });
        may_end.get_future().wait();
      };
      scheduler::TaskGroup asking(world_.engine);
      asking.spawn("ask", [&](const base::CancelToken&) { EXPECT_TRUE(size(temp_ / "a", true)); });
      was_read.wait();
      change();
      may_end.set_value();
      asking.join();
    };
    change_while_read([&] {
      temp_.write("a/sub/file", std::string(100'000, 'y'));
      watch_->touch(temp_ / "a/sub");
      EXPECT_FALSE(size(temp_ / "elsewhere"));  // takes the note
    });
    EXPECT_GE(size(temp_ / "a")->allocated_bytes, 100'000u);
    change_while_read([&] {
      temp_.write("a/sub/file", std::string(200'000, 'y'));
      sizes_->invalidate(temp_ / "a/sub");
    });
    EXPECT_GE(size(temp_ / "a")->allocated_bytes, 200'000u);
  });
}

TEST_F(SizeServiceTest, WatchesThatAreAddedWhileTheyAreGivenUpAreTakenBack) {
  temp_.write("a/sub/file", "x");
  run([&] {
    ASSERT_TRUE(size(temp_ / "a"));
    ASSERT_TRUE(size(temp_ / "a", true));
    scheduler::Event adds(world_.engine);
    std::promise<void> may_add;
    watch_->before_add([&] {
      world_.engine.post([&] { adds.set(); });
      may_add.get_future().wait();
    });
    scheduler::TaskGroup asking(world_.engine);
    asking.spawn("ask",
                 [&](const base::CancelToken&) { EXPECT_TRUE(size(temp_ / "a/sub", true)); });
    adds.wait();
    sizes_->shed();
    EXPECT_EQ(watch_->watched(), 0u);
    may_add.set_value();
    asking.join();
    EXPECT_EQ(watch_->watched(), 0u);
  });
}

TEST_F(SizeServiceTest, APathThatCachedAnswersMadeHotIsWatchedAtTheNextIdleMoment) {
  temp_.write("a/sub/file", "x");
  settings_.performance.dir_cache_ttl = std::chrono::hours(1);
  run([&] {
    for (int i = 0; i < 8; ++i) {
      ASSERT_TRUE(size(temp_ / "a"));
      world_.sleep(seconds(1));
    }
    EXPECT_EQ(measurements_, 1) << "all others came from the cache";
    EXPECT_EQ(watch_->watched(), 0u);
    world_.sleep(settings_.performance.refresh_interval * 2);
    EXPECT_EQ(watch_->watched(), 2u);
    const auto before = size(temp_ / "a");
    EXPECT_TRUE(before->from_cache);
    temp_.write("a/sub/file", std::string(100'000, 'y'));
    watch_->touch(temp_ / "a/sub");
    EXPECT_GE(size(temp_ / "a")->allocated_bytes, before->allocated_bytes + 90'000);
    const int measured = measurements_;
    world_.sleep(settings_.performance.refresh_interval * 2);
    EXPECT_EQ(measurements_, measured) << "once is enough";
  });
}

TEST_F(SizeServiceTest, WhatCannotBeWatchedIsNotMeasuredForItAgainAndAgain) {
  temp_.write("a/file", "x");
  run([&] {
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(size(temp_ / "a"));
    watch_->refuse();
    settings_.performance.dir_cache_ttl = std::chrono::hours(24);
    sizes_->apply_settings();
    world_.sleep(std::chrono::minutes(55));
    EXPECT_EQ(watch_->watched(), 0u);
    EXPECT_LE(measurements_, 3) << "the question, the look for the watch and the one after it";
  });
}

TEST_F(SizeServiceTest, WhatIsInTheStoreIsKnownAfterARestartBeforeAnythingIsMeasured) {
  temp_.write("a/file", "x");
  run([&] { ASSERT_TRUE(size(temp_ / "a")); });
  run([&] {
    EXPECT_TRUE(size(temp_ / "a")->from_cache);
    EXPECT_EQ(measurements_, 1);
    EXPECT_EQ(sizes_->stats().store.trees, 1u);
    EXPECT_GT(sizes_->stats().store.bytes, 0u);
  });
}

TEST_F(SizeServiceTest, APathThatIsHotFromBeforeARestartIsWatchedWhenIdle) {
  temp_.write("a/sub/file", "x");
  run([&] { ASSERT_TRUE(size(temp_ / "a")); });
  run([&] {
    sizes_->restore_use(temp_ / "a", 3, seconds(60));
    EXPECT_TRUE(size(temp_ / "a")->from_cache);
    world_.sleep(settings_.performance.refresh_interval * 2);
    EXPECT_EQ(watch_->watched(), 2u);
  });
}

TEST_F(SizeServiceTest, WhenNotesAreLostEveryWatchedTreeIsReadAgain) {
  temp_.write("a/sub/file", "x");
  run([&] {
    ASSERT_TRUE(size(temp_ / "a"));
    ASSERT_TRUE(size(temp_ / "a", true));
    const auto before = size(temp_ / "a");
    temp_.write("a/sub/file", std::string(100'000, 'y'));
    watch_->lose();
    const auto after = size(temp_ / "a");
    EXPECT_GE(after->allocated_bytes, before->allocated_bytes + 90'000);
  });
}

TEST_F(SizeServiceTest, ATreeTooLargeForTheWatchIsNotWatched) {
  for (int i = 0; i < 10; ++i) temp_.write("a/d" + std::to_string(i) + "/file", "x");
  watch_room_ = 5;
  run([&] {
    for (int i = 0; i < 4; ++i) ASSERT_TRUE(size(temp_ / "a", true));
    EXPECT_EQ(watch_->watched(), 0u);
  });
}

TEST_F(SizeServiceTest, SheddingGivesUpWatchesAndMemoryButNotTheStore) {
  temp_.write("a/sub/file", "x");
  run([&] {
    ASSERT_TRUE(size(temp_ / "a"));
    ASSERT_TRUE(size(temp_ / "a", true));
    sizes_->shed();
    EXPECT_EQ(watch_->watched(), 0u);
    EXPECT_EQ(sizes_->stats().memory.entries, 0u);
    EXPECT_TRUE(size(temp_ / "a")->from_cache);
  });
}

}  // namespace
}  // namespace lull::agent
