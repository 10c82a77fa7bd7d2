// SPDX-License-Identifier: MIT
#include <atomic>
#include <future>
#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/clean/fault_point.h"
#include "tests/support/tidy_home.h"

// Somebody comes back in the middle of a clean: it stops between two files, goes on another time,
// and says so once a day.
namespace lull::testing {
namespace {

namespace fs = std::filesystem;
using agent::AutoClean;
using scheduler::Outcome;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class CutShort : public ::testing::Test {
 protected:
  static constexpr int kFiles = 8;
  static constexpr int kMovedBeforeTheCut = 3;

  CutShort() {
    home_.settings.automation.clean = "on";
    home_.settings.performance.max_parallel_deletes = 1;
    for (int i = 0; i < kFiles; ++i) files_.push_back(home_.thumbnail(std::to_string(i) + ".png"));
  }

  // Once, when so many files have moved, the person comes back: the move waits until the agent has
  // had every occasion to notice.
  void come_back_in_the_middle(TidyHome::Life& life) {
    life.clean.on_step([this, &life, taken = std::make_shared<std::atomic<int>>(0)](auto point) {
      if (point != clean::FaultPoint::kTaken || ++*taken != kMovedBeforeTheCut) return;
      const auto noticed = std::make_shared<std::promise<void>>();
      home_.engine.engine.post([this, &life, noticed] {
        home_.user.comes();
        life.jobs.conditions_changed();
        life.chores.spawn("notice", [this, noticed](const base::CancelToken&) {
          for (int turn = 0; turn < 50; ++turn) home_.engine.engine.yield();
          noticed->set_value();
        });
      });
      noticed->get_future().wait();
    });
  }

  std::vector<TidyHome::Ended> cleans() const {
    std::vector<TidyHome::Ended> own;
    for (const auto& run : home_.runs)
      if (run.job == AutoClean::kJob) own.push_back(run);
    return own;
  }
  std::size_t left() const {
    return static_cast<std::size_t>(std::count_if(
        files_.begin(), files_.end(), [](const std::string& path) { return fs::exists(path); }));
  }
  static std::string checkpoint(TidyHome::Life& life) {
    for (const auto& view : life.jobs.jobs())
      if (view.spec->name == AutoClean::kJob) return view.persisted.checkpoint;
    return "no such job";
  }
  // A Monday on which everything is shown, and a Tuesday on which the person comes back too soon.
  void live_until_the_cut() {
    home_.live(
        [&](TidyHome::Life& life) {
          home_.sleep(20h);
          come_back_in_the_middle(life);
          home_.sleep(6h);
          EXPECT_EQ(checkpoint(life), "after run 2");
        },
        true);
  }

  TidyHome home_;
  std::vector<std::string> files_;
};

TEST_F(CutShort, KeepsWhatIsDoneAndGoesOnWhenThePersonHasGone) {
  live_until_the_cut();
  ASSERT_THAT(cleans(), SizeIs(2));
  EXPECT_EQ(cleans()[1].result.outcome, Outcome::kCancelled);
  EXPECT_THAT(cleans()[1].result.message, HasSubstr("goes on another time"));
  EXPECT_EQ(cleans()[1].result.checkpoint, "after run 2");
  EXPECT_THAT(home_.trashed(), SizeIs(kMovedBeforeTheCut));
  EXPECT_EQ(left(), kFiles - kMovedBeforeTheCut);

  home_.live(
      [&](TidyHome::Life& life) {
        EXPECT_EQ(checkpoint(life), "after run 2") << "of the life before";
        home_.sleep(1h);
        EXPECT_THAT(cleans(), SizeIs(2)) << "somebody is there";
        home_.user.goes();
        home_.sleep(1h);
        ASSERT_THAT(cleans(), SizeIs(3)) << "due at once, and not a day later";
        EXPECT_EQ(cleans()[2].result.outcome, Outcome::kDone) << cleans()[2].result.message;
        EXPECT_EQ(checkpoint(life), "");
        EXPECT_EQ(left(), 0U);
        EXPECT_THAT(home_.trashed(), SizeIs(kFiles));
        // Each file moved once, in one of the two runs, and both can be undone.
        const auto runs = life.history("automatic");
        ASSERT_THAT(runs, SizeIs(2));
        EXPECT_EQ(runs[1].outcome, "cancelled");
        EXPECT_EQ(runs[1].items, std::uint64_t{kMovedBeforeTheCut});
        EXPECT_EQ(runs[0].outcome, "done");
        EXPECT_EQ(runs[0].items, std::uint64_t{kFiles - kMovedBeforeTheCut});
        EXPECT_TRUE(runs[0].undoable && runs[1].undoable);
      },
      true);
}

TEST_F(CutShort, NeverTakesAgainWhatWasGivenBackInBetween) {
  live_until_the_cut();
  home_.live(
      [&](TidyHome::Life& life) {
        const auto given_back = life.take_back(2);
        ASSERT_TRUE(given_back) << given_back.error().to_string();
        EXPECT_EQ(left(), kFiles);
        home_.user.goes();
        home_.sleep(1h);
        ASSERT_THAT(cleans(), SizeIs(3));
        EXPECT_THAT(home_.trashed(), SizeIs(kFiles - kMovedBeforeTheCut));
        home_.sleep(24h * 5);
        EXPECT_EQ(left(), kMovedBeforeTheCut) << "whatever follows";
        for (const auto& run : cleans()) EXPECT_NE(run.result.outcome, Outcome::kFailed);
      },
      true);
}

TEST_F(CutShort, TellsOnceADayAndTheNextDayOfTheRest) {
  live_until_the_cut();
  ASSERT_THAT(home_.news, SizeIs(2)) << "Monday's rehearsal, and what moved on Tuesday";
  EXPECT_EQ(home_.news[1].run, 2);
  EXPECT_EQ(home_.news[1].moved_items, std::uint64_t{kMovedBeforeTheCut});
  home_.live(
      [&](TidyHome::Life&) {
        home_.user.goes();
        home_.sleep(4h);
        ASSERT_THAT(cleans(), SizeIs(3));
        EXPECT_THAT(home_.news, SizeIs(2)) << "a second one on the same day";
        home_.sleep(24h);
        ASSERT_THAT(home_.news, SizeIs(3));
        EXPECT_EQ(home_.news[2].moved_items, std::uint64_t{kFiles - kMovedBeforeTheCut});
        EXPECT_EQ(home_.news[2].earlier_items, 0U) << "that was told";
      },
      true);
  for (std::size_t i = 1; i < home_.told_at.size(); ++i)
    EXPECT_NE(home_.clock_text(home_.told_at[i]).substr(0, 3),
              home_.clock_text(home_.told_at[i - 1]).substr(0, 3));
}

TEST_F(CutShort, TellsAgainTheSameDayWhileTheVolumeIsNearlyFull) {
  live_until_the_cut();
  home_.nearly_full = true;
  home_.live(
      [&](TidyHome::Life&) {
        home_.user.goes();
        home_.sleep(4h);
        EXPECT_THAT(home_.news, SizeIs(3));
      },
      true);
}

}  // namespace
}  // namespace lull::testing
