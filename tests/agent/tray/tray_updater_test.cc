// SPDX-License-Identifier: MIT
#include "agent/tray/tray_updater.h"

#include <chrono>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/virtual_engine.h"

namespace lull::agent::tray {
namespace {

using namespace std::chrono_literals;

class TrayUpdaterTest : public ::testing::Test {
 protected:
  // Tells the story with an updater that runs.
  void with_updater(const std::function<void(TrayUpdater&)>& story) {
    world.run([&](scheduler::TaskGroup&) {
      TrayUpdater updater(world.engine, {}, {[this] { return read(); }, [this] { return battery; }},
                          [this](const TrayView& view) {
                            views.push_back(view);
                            shown_at.push_back(world.engine.now());
                          });
      updater.start();
      world.engine.yield();
      story(updater);
      updater.stop();
    });
  }

  TrayReading read() {
    ++reads;
    TrayReading reading;
    model::MemorySample memory;
    memory.total_bytes = 100;
    memory.available_bytes = 100 - used;
    if (restless) used = used == 20 ? 80 : 20;
    reading.memory = memory;
    return reading;
  }

  testing::VirtualEngine world;
  std::uint64_t used = 20;
  bool restless = false;  // the machine is another one at every look
  bool battery = false;
  int reads = 0;
  std::vector<TrayView> views;
  std::vector<base::SteadyTime> shown_at;
};

TEST_F(TrayUpdaterTest, HasAPictureBeforeAnybodyAsksForOne) {
  with_updater([&](TrayUpdater&) { EXPECT_EQ(views.size(), 1U); });
}

TEST_F(TrayUpdaterTest, DoesNotLookWhileNobodyShowsIt) {
  with_updater([&](TrayUpdater&) {
    world.sleep(24h);
    EXPECT_EQ(reads, 1);
  });
}

TEST_F(TrayUpdaterTest, LooksEveryFiveSecondsOrSoAndSaysNothingWhileNothingChanges) {
  with_updater([&](TrayUpdater& updater) {
    updater.set_on_panel(true);
    world.sleep(1h);
    EXPECT_LE(reads, 722);
    EXPECT_GE(reads, 500);
    EXPECT_EQ(views.size(), 1U);
  });
}

TEST_F(TrayUpdaterTest, WakesUpOnceForEachLook) {
  with_updater([&](TrayUpdater& updater) {
    updater.set_on_panel(true);
    world.sleep(1min);
    const auto looks = static_cast<std::size_t>(reads), wakes = world.time.jumps();
    world.sleep(1h);
    EXPECT_LE(world.time.jumps() - wakes, static_cast<std::size_t>(reads) - looks + 2);
  });
}

TEST_F(TrayUpdaterTest, LooksLessOftenOnBattery) {
  battery = true;
  with_updater([&](TrayUpdater& updater) {
    updater.set_on_panel(true);
    world.sleep(1h);
    EXPECT_LE(reads, 182);
    EXPECT_GE(reads, 100);
  });
}

TEST_F(TrayUpdaterTest, NeverLooksWhileTheScreenIsLocked) {
  with_updater([&](TrayUpdater& updater) {
    updater.set_on_panel(true);
    world.sleep(1min);
    updater.set_locked(true);
    world.sleep(10s);
    const int before = reads;
    used = 90;
    world.sleep(8h);
    EXPECT_EQ(reads, before);
    EXPECT_EQ(views.size(), 1U);
    updater.set_locked(false);
    world.sleep(1s);
    EXPECT_EQ(views.size(), 2U) << "and is right at once when it is open again";
  });
}

TEST_F(TrayUpdaterTest, NewsAreShownAtOnce) {
  with_updater([&](TrayUpdater& updater) {
    updater.set_on_panel(true);
    world.sleep(1min);
    used = 90;
    world.sleep(1ms);
    updater.news();
    world.sleep(2s);
    EXPECT_EQ(views.back().look.memory_step, 18);
  });
}

TEST_F(TrayUpdaterTest, ChangesAreTwoSecondsApartHoweverMuchHappens) {
  restless = true;
  with_updater([&](TrayUpdater& updater) {
    updater.set_on_panel(true);
    for (int turn = 0; turn < 600; ++turn) {
      updater.news();
      world.sleep(100ms);
    }
  });
  ASSERT_GE(shown_at.size(), 20U);
  for (std::size_t at = 2; at < shown_at.size(); ++at)
    EXPECT_GE(shown_at[at] - shown_at[at - 1], 2s);
}

TEST_F(TrayUpdaterTest, TheWheelChangesTheShapeUntilTheSettingsSayOtherwise) {
  with_updater([&](TrayUpdater& updater) {
    updater.set_on_panel(true);
    world.sleep(1min);
    updater.scroll(true);
    world.sleep(3s);
    EXPECT_EQ(views.back().look.shape, IconShape::kBars);
    updater.apply({});
    world.sleep(10s);
    EXPECT_EQ(views.back().look.shape, IconShape::kBars) << "the settings are what they were";
    updater.apply({IconShape::kPlain, TrayLabel::kNone});
    world.sleep(10s);
    EXPECT_EQ(views.back().look.shape, IconShape::kPlain);
  });
}

TEST_F(TrayUpdaterTest, AfterAStopItBeginsAnew) {
  with_updater([&](TrayUpdater& updater) {
    updater.set_on_panel(true);
    world.sleep(1min);
    updater.stop();
    const int before = reads;
    world.sleep(1h);
    EXPECT_EQ(reads, before);
    updater.start();
    world.sleep(1s);
    EXPECT_EQ(views.size(), 2U) << "whoever comes next has seen nothing yet";
  });
}

}  // namespace
}  // namespace lull::agent::tray
