// SPDX-License-Identifier: MIT
#include <filesystem>

#include "tests/stories/household.h"

// The idle refresh of the sizes that somebody asked for: once a minute at most, ten paths at most,
// a tenth of a second between them, and gone within two when the user is back.
namespace lull::testing {
namespace {

class RefreshStory : public ::testing::Test {
 protected:
  RefreshStory() { know_the_processor(house_); }
  // How busy it is takes two looks, which these stories do not wait for.
  static void know_the_processor(Household& house) {
    house.set("cpu-busy", [] { return true; });
  }
  // Asks for `count` folders, so that they are hot, and waits until the answers are half expired.
  void ask(int count) {
    for (int i = 0; i < count; ++i) {
      const std::string folder = "home/d" + std::to_string(i);
      house_.temp.write(folder + "/file", "x");
      ASSERT_TRUE(house_.size(house_.temp / folder));
    }
    house_.runs.clear();
  }
  std::vector<EndedRun> refreshes() const { return house_.runs_of("refresh-cache"); }

  Household house_;
};

TEST_F(RefreshStory, TenPathsARunWithAPauseBetweenThem) {
  house_.live({"refresh-cache"}, [&] {
    ask(12);
    house_.sleep(house_.settings.performance.dir_cache_ttl);
    ASSERT_GE(refreshes().size(), 2u);
    EXPECT_EQ(refreshes()[0].result.message, "10 paths measured");
    EXPECT_GE(refreshes()[0].elapsed, 9 * 100ms);
    EXPECT_LT(refreshes()[0].elapsed, 10 * 100ms);
    EXPECT_EQ(refreshes()[1].result.message, "2 paths measured");
    EXPECT_GE(refreshes()[1].started - refreshes()[0].started, 60s);
  });
}

TEST_F(RefreshStory, AtMostOnceAMinuteAllDayLong) {
  house_.live({"refresh-cache"}, [&] {
    ask(12);
    house_.sleep(8h);
    const auto all = refreshes();
    EXPECT_GE(all.size(), 8u * 3600 / 300) << "answers never get older than five minutes";
    for (std::size_t i = 1; i < all.size(); ++i)
      EXPECT_GE(all[i].started - all[i - 1].started, 60s) << i;
    EXPECT_TRUE(house_.size(house_.temp / "home/d3")->from_cache);
  });
}

TEST_F(RefreshStory, NotWhileSomebodyIsThere) {
  house_.live({"refresh-cache"}, [&] {
    house_.set("user-active", [] { return false; });
    ask(3);
    house_.sleep(8h);
    EXPECT_TRUE(refreshes().empty());
    house_.set("user-active", [] { return true; });
    house_.sleep(1min);
    EXPECT_EQ(refreshes().size(), 1u);
  });
}

TEST_F(RefreshStory, StopsWithinTwoHundredMillisecondsWhenTheUserIsBackAndGoesOnLater) {
  for (const base::Duration after : {1ms, 99ms, 450ms, 650ms}) {
    Household house;
    know_the_processor(house);
    house.live({"refresh-cache"}, [&] {
      for (int i = 0; i < 10; ++i) {
        house.temp.write("home/d" + std::to_string(i) + "/file", "x");
        ASSERT_TRUE(house.size(house.temp / ("home/d" + std::to_string(i))));
      }
      bool away = false;
      house.set("user-active", [&] { return away; });
      house.sleep(200s);  // all are half expired, and nobody may measure
      house.runs.clear();
      away = true;
      house.jobs->conditions_changed();
      house.sleep(after);
      away = false;  // and nobody tells the scheduler
      const base::SteadyTime back = house.world.time.now();
      while (house.runs_of("refresh-cache").empty()) house.sleep(1ms);
      EXPECT_LE(house.world.time.now() - back, 200ms) << base::to_seconds(after);
      const auto cut = house.runs_of("refresh-cache").front();
      EXPECT_EQ(cut.result.outcome, scheduler::Outcome::kCancelled) << base::to_seconds(after);
      EXPECT_NE(cut.result.message, "10 paths measured");
      away = true;
      house.sleep(3min);
      EXPECT_TRUE(house.size(house.temp / "home/d9")->from_cache) << "the rest was done later";
    });
  }
}

TEST_F(RefreshStory, APathThatIsGoneIsNotAskedForAgain) {
  house_.live({"refresh-cache"}, [&] {
    ask(2);
    std::filesystem::remove_all(house_.temp / "home/d0");
    house_.sleep(24h);
    std::size_t failed = 0;
    for (const auto& run : refreshes())
      failed += run.result.outcome == scheduler::Outcome::kPartial;
    EXPECT_EQ(failed, 1u);
  });
}

TEST_F(RefreshStory, WhatWasHotBeforeARestartIsMeasuredBeforeAnybodyAsks) {
  house_.live({"refresh-cache"}, [&] { ask(3); });
  house_.live({"refresh-cache"}, [&] {
    house_.sleep(5min);
    ASSERT_FALSE(refreshes().empty());
    EXPECT_EQ(refreshes().back().result.message, "3 paths measured");
    EXPECT_TRUE(house_.size(house_.temp / "home/d1")->from_cache);
  });
}

}  // namespace
}  // namespace lull::testing
