// SPDX-License-Identifier: MIT
#include "agent/services/habits.h"

#include <cstdlib>
#include <ctime>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/cache/dir_size_cache.h"
#include "scheduler/executor.h"
#include "tests/support/temp_dir.h"
#include "tests/support/virtual_engine.h"

namespace lull::agent {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;
using std::chrono::weeks;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

auto hottest_of(const cache::DirSizeCache& sizes) {
  return [&sizes](std::size_t limit) { return sizes.hottest(limit); };
}
auto into(cache::DirSizeCache& sizes) {
  return [&sizes](const std::string& path, double score, base::Duration age) {
    sizes.restore_use(path, score, age);
  };
}

// Monday 2026-01-05, 08:00 in the morning, on a real journal.
class HabitsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ::setenv("TZ", "UTC", 1);
    ::tzset();
  }
  // One life of the agent.
  void live(const std::function<void(Habits&)>& life) {
    world_.run([&](scheduler::TaskGroup&) {
      const auto journal =
          JournalService::open(world_.engine, world_.executor, temp_ / "journal.db");
      Habits habits(world_.time, *journal, settings_);
      life(habits);
      journal->flush();
    });
  }

  testing::VirtualEngine world_;
  Settings settings_;
  const support::TempDir temp_;
};

TEST_F(HabitsTest, WhoLooksOnAMondayAtNineIsExpectedTheNextMondayAQuarterBefore) {
  live([&](Habits& habits) {
    EXPECT_EQ(habits.next_usual_time(), "none");
    world_.sleep(70min);
    habits.looked(Habits::Look::kGlance);
    EXPECT_FALSE(habits.usual_time_ahead());
    EXPECT_EQ(habits.next_usual_time(), "Mon 09:00");
    world_.sleep(weeks(1) - 70min);  // 08:00
    EXPECT_FALSE(habits.usual_time_ahead());
    world_.sleep(44min);
    EXPECT_FALSE(habits.usual_time_ahead());
    world_.sleep(1min);
    EXPECT_TRUE(habits.usual_time_ahead());
    world_.sleep(14min);
    EXPECT_TRUE(habits.usual_time_ahead());
    world_.sleep(1min);  // nine: too late to prepare
    EXPECT_FALSE(habits.usual_time_ahead());
    world_.sleep(days(1) - 15min);
    EXPECT_FALSE(habits.usual_time_ahead()) << "Tuesday is another day";
  });
}

TEST_F(HabitsTest, HabitsOutliveARestart) {
  live([&](Habits& habits) { habits.looked(Habits::Look::kResult); });
  live([&](Habits& habits) { EXPECT_EQ(habits.next_usual_time(), "Mon 08:00"); });
}

TEST_F(HabitsTest, ABarThatAsksAllTheTimeIsOneLook) {
  live([&](Habits& habits) {
    for (int i = 0; i < 6 * 60 * 24; ++i) {
      habits.looked(Habits::Look::kGlance);
      world_.sleep(10s);
    }
    int usual = 0;
    for (unsigned hour = 0; hour < cache::UsageHistogram::kHours; ++hour)
      usual += habits.histogram().is_usual(hour, world_.time.wall_now());
    EXPECT_EQ(usual, 1);
  });
}

TEST_F(HabitsTest, APersonWhoScansBesideABarIsNotMissed) {
  live([&](Habits& habits) {
    habits.looked(Habits::Look::kGlance);
    for (int i = 0; i < 6 * 60 * 4; ++i) {
      habits.looked(Habits::Look::kGlance);
      world_.sleep(10s);
    }
    habits.looked(Habits::Look::kResult);  // at twelve
    world_.sleep(1h);
    EXPECT_TRUE(habits.histogram().is_usual(12, world_.time.wall_now()));
  });
}

TEST_F(HabitsTest, HoursAreThoseOfTheClockOnTheWall) {
  ::setenv("TZ", "XYZ-5:30", 1);  // India: 08:00 UTC is 13:30
  ::tzset();
  live([&](Habits& habits) {
    habits.looked(Habits::Look::kGlance);
    EXPECT_EQ(habits.next_usual_time(), "Mon 13:00");
    world_.sleep(weeks(1) - 31min);  // 12:59
    EXPECT_TRUE(habits.usual_time_ahead());
    world_.sleep(2min);
    EXPECT_FALSE(habits.usual_time_ahead());
  });
}

TEST_F(HabitsTest, WithoutBackgroundRefreshNothingIsRecordedAndWhatWasIsDeleted) {
  cache::DirSizeCache sizes(10, 300s, world_.time);
  live([&](Habits& habits) {
    habits.looked(Habits::Look::kResult);
    (void)sizes.get("/a", {});
    habits.save_uses(hottest_of(sizes), true);
    settings_.performance.enable_background_refresh = false;
    EXPECT_TRUE(habits.apply_settings());
    EXPECT_EQ(habits.next_usual_time(), "none");
    world_.sleep(1h);
    habits.looked(Habits::Look::kGlance);
    habits.save_uses(hottest_of(sizes), true);
    EXPECT_EQ(habits.next_usual_time(), "none");
  });
  settings_.performance.enable_background_refresh = true;
  live([&](Habits& habits) {
    EXPECT_EQ(habits.next_usual_time(), "none");
    cache::DirSizeCache next(10, 300s, world_.time);
    habits.restore_uses(into(next));
    EXPECT_THAT(next.hottest(10), IsEmpty());
  });
}

TEST_F(HabitsTest, HotPathsOutliveARestartAndCoolMeanwhile) {
  live([&](Habits& habits) {
    cache::DirSizeCache sizes(10, 300s, world_.time);
    for (int i = 0; i < 4; ++i) (void)sizes.get("/a", {});
    habits.looked(Habits::Look::kResult);
    habits.save_uses(hottest_of(sizes), true);
  });
  world_.time.jump_wall(24h);  // the machine was off; a new boot, a new steady clock
  live([&](Habits& habits) {
    cache::DirSizeCache sizes(10, 300s, world_.time);
    habits.restore_uses(into(sizes));
    EXPECT_THAT(sizes.hottest(10), ElementsAre(Pair("/a", ::testing::DoubleNear(2, 0.001))));
    EXPECT_THAT(sizes.hot_paths(10), ElementsAre("/a"));
  });
  world_.time.jump_wall(-24h * 365);  // and a clock that was set back a year
  live([&](Habits& habits) {
    cache::DirSizeCache sizes(10, 300s, world_.time);
    habits.restore_uses(into(sizes));
    EXPECT_THAT(sizes.hottest(10), ElementsAre(Pair("/a", ::testing::DoubleNear(4, 0.001))));
  });
}

TEST_F(HabitsTest, UsesAreWrittenSeldomAndNotWithoutUse) {
  live([&](Habits& habits) {
    int asked = 0;
    const auto hottest = [&](std::size_t) {
      ++asked;
      return Habits::Uses{{"/a", 1}};
    };
    habits.save_uses(hottest, true);
    EXPECT_EQ(asked, 0) << "nobody looked";
    for (int second = 0; second < 1200; ++second) {
      habits.looked(Habits::Look::kResult);
      habits.save_uses(hottest, false);
      world_.sleep(1s);
    }
    EXPECT_EQ(asked, 2) << "in twenty minutes";
    habits.save_uses(hottest, true);
    EXPECT_EQ(asked, 3);
    world_.sleep(24h);
    habits.save_uses(hottest, false);
    EXPECT_EQ(asked, 3);
  });
}

}  // namespace
}  // namespace lull::agent
