// SPDX-License-Identifier: MIT
#include <cstddef>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "scheduler/offload.h"
#include "scheduler/task_group.h"
#include "tests/support/virtual_engine.h"

namespace lull::scheduler {
namespace {

using namespace std::chrono_literals;
using testing::VirtualEngine;

struct Day {
  std::vector<std::string> trace;
  std::size_t jumps = 0;
  std::size_t events = 0;
};

// A second's gauge, ten seconds' sensor, twenty jobs with work in steps, offloads and cancels.
Day live_through_a_day() {
  VirtualEngine world;
  Day day;
  world.run([&](TaskGroup& group) {
    group.spawn("gauge", [&](const base::CancelToken& cancel) {
      while (world.engine.sleep_for(1s, {}, cancel) == Wake::kDue) ++day.events;
    });
    group.spawn("sensor", [&](const base::CancelToken& cancel) {
      while (world.engine.sleep_for(10s, 2s, cancel) == Wake::kDue) ++day.events;
    });
    for (unsigned job = 0; job < 20; ++job) {
      group.spawn("job", [&, job](const base::CancelToken& cancel) {
        std::mt19937 random(job);
        const auto pause = [&] { return 15min + std::chrono::seconds(random() % 300); };
        while (world.engine.sleep_for(pause(), 30s, cancel) == Wake::kDue) {
          const int answer = offload(world.engine, world.executor, [&] { return int(job); });
          world.note("job " + std::to_string(answer));
          for (int step = 0; step < 30; ++step) {
            world.engine.sleep_for(100ms, {}, cancel);
            ++day.events;
          }
        }
      });
    }
    world.sleep(24h);
  });
  day.trace = world.trace();
  day.jumps = world.time.jumps();
  return day;
}

TEST(VirtualTime, ADayIsTheSameTwice) {
  const Day first = live_through_a_day();
  const Day second = live_through_a_day();
  EXPECT_GT(first.events, 140'000U);
  EXPECT_GT(first.trace.size(), 1000U);
  EXPECT_EQ(first.trace, second.trace);
  EXPECT_EQ(first.jumps, second.jumps);
  EXPECT_EQ(first.events, second.events);
}

TEST(VirtualTime, TheWallClockMayJumpWithoutMovingAnyTimer) {
  VirtualEngine world;
  world.run([&](TaskGroup& group) {
    group.spawn("sleeper", [&](const base::CancelToken&) {
      world.sleep(1h);
      world.note("an hour later");
    });
    world.sleep(10min);
    const base::WallTime before = world.time.wall_now();
    world.time.jump_wall(-48h);
    EXPECT_EQ(world.time.wall_now(), before - 48h);
    group.join();
    EXPECT_EQ(world.time.wall_now(), before - 48h + 50min);
  });
  EXPECT_EQ(world.trace(), std::vector<std::string>{"+3600.000 an hour later"});
}

TEST(VirtualTime, AfterASuspendLateTimersFireOnceAndAtOnce) {
  VirtualEngine world;
  int ticks = 0;
  world.run([&](TaskGroup& group) {
    group.spawn("ticks", [&](const base::CancelToken& cancel) {
      while (world.engine.sleep_for(1min, {}, cancel) == Wake::kDue) ++ticks;
    });
    world.sleep(150s);
    EXPECT_EQ(ticks, 2);
    world.time.suspend_for(8h);
    world.engine.yield();
    world.sleep(1s);
    EXPECT_EQ(ticks, 3);
    world.sleep(1min);
    EXPECT_EQ(ticks, 4);
  });
}

TEST(VirtualTime, StandsStillWhileAnybodyCanRun) {
  VirtualEngine world;
  world.run([&](TaskGroup& group) {
    group.spawn("sleeper", [&](const base::CancelToken&) { world.sleep(1s); });
    const auto begun = world.engine.now();
    for (int i = 0; i < 1000; ++i) world.engine.yield();
    EXPECT_EQ(world.engine.now(), begun);
  });
}

TEST(VirtualTime, WaitsForPostedFunctions) {
  VirtualEngine world;
  world.run([&](TaskGroup&) {
    const auto begun = world.engine.now();
    base::SteadyTime posted_at;
    world.engine.post([&] { world.engine.post([&] { posted_at = world.engine.now(); }); });
    world.sleep(1h);
    EXPECT_EQ(posted_at, begun);
  });
}

TEST(VirtualTime, StartsAtANamedMomentOfTheWallClock) {
  const testing::VirtualTime time;
  EXPECT_EQ(base::format_rfc3339(time.wall_now()), "2026-01-05T08:00:00Z");
}

TEST(VirtualEngine, AStoryThatThrowsEndsItsFibers) {
  VirtualEngine world;
  bool cancelled = false;
  EXPECT_THROW(world.run([&](TaskGroup& group) {
    group.spawn("sleeper", [&](const base::CancelToken& cancel) {
      cancelled = world.engine.sleep_for(1h, {}, cancel) == Wake::kCancelled;
    });
    world.sleep(1s);
    throw 1;
  }),
               int);
  EXPECT_TRUE(cancelled);
}

}  // namespace
}  // namespace lull::scheduler
