// SPDX-License-Identifier: MIT
#include <algorithm>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "scheduler/engine.h"
#include "scheduler/task_group.h"
#include "tests/support/virtual_engine.h"

namespace lull::scheduler {
namespace {

using namespace std::chrono_literals;
using testing::VirtualEngine;

TEST(EngineTimers, SleepersWakeInTheOrderOfTheirDueTimes) {
  VirtualEngine world;
  world.run([&](TaskGroup& group) {
    const auto sleep = [&](const char* name, base::Duration delay) {
      group.spawn(name, [&world, name, delay](const base::CancelToken&) {
        world.engine.sleep_for(delay);
        world.note(name);
      });
    };
    sleep("c", 3s);
    sleep("a", 1s);
    sleep("b1", 2s);
    sleep("b2", 2s);
    group.join();
  });
  EXPECT_EQ(world.trace(),
            (std::vector<std::string>{"+1.000 a", "+2.000 b1", "+2.000 b2", "+3.000 c"}));
}

TEST(EngineTimers, TolerantSleepersShareOneWakeUp) {
  VirtualEngine world;
  world.run([&](TaskGroup& group) {
    for (int i = 0; i < 10; ++i) {
      group.spawn("tolerant", [&, i](const base::CancelToken&) {
        const auto due = world.engine.now() + 60s + i * 1s;
        EXPECT_EQ(world.engine.sleep_until(due, 30s), Wake::kDue);
        EXPECT_GE(world.engine.now(), due);
        EXPECT_LE(world.engine.now(), due + 30s);
      });
    }
    group.join();
  });
  EXPECT_EQ(world.time.jumps(), 1U);
}

TEST(EngineTimers, AStrictSleeperTakesTolerantOnesAlong) {
  VirtualEngine world;
  world.run([&](TaskGroup& group) {
    group.spawn("tolerant", [&](const base::CancelToken&) {
      world.engine.sleep_for(10s, 100s);
      world.note("tolerant");
    });
    group.spawn("strict", [&](const base::CancelToken&) {
      world.engine.sleep_for(42s);
      world.note("strict");
    });
    group.join();
  });
  EXPECT_EQ(world.trace(), (std::vector<std::string>{"+42.000 tolerant", "+42.000 strict"}));
}

TEST(EngineTimers, ADueTimeInThePastOnlyLetsOthersRun) {
  VirtualEngine world;
  world.run([&](TaskGroup& group) {
    bool other_ran = false;
    group.spawn("other", [&](const base::CancelToken&) { other_ran = true; });
    const auto before = world.engine.now();
    EXPECT_EQ(world.engine.sleep_until(before - 1h, 1h), Wake::kDue);
    EXPECT_EQ(world.engine.now(), before);
    EXPECT_TRUE(other_ran);
    EXPECT_EQ(world.engine.sleep_for(-5s), Wake::kDue);
    EXPECT_EQ(world.engine.now(), before);
  });
}

TEST(EngineTimers, ACancelledTokenEndsTheSleepBeforeItBegins) {
  VirtualEngine world;
  world.run([&](TaskGroup&) {
    base::CancelSource source;
    source.cancel(base::CancelReason::kUser);
    EXPECT_EQ(world.engine.sleep_for(1h, {}, source.token()), Wake::kCancelled);
    EXPECT_EQ(world.time.jumps(), 0U);
  });
}

TEST(EngineTimers, CancelAndDueAtOnceWakeOnce) {
  VirtualEngine world;
  world.run([&](TaskGroup& group) {
    base::CancelSource source;
    const auto due = world.engine.now() + 1s;
    int woken = 0;
    group.spawn("canceller", [&](const base::CancelToken&) {
      world.engine.sleep_until(due);
      source.cancel(base::CancelReason::kUser);
    });
    group.spawn("sleeper", [&](const base::CancelToken&) {
      EXPECT_EQ(world.engine.sleep_until(due, {}, source.token()), Wake::kDue);
      ++woken;
      world.engine.sleep_for(1s);
    });
    group.join();
    EXPECT_EQ(woken, 1);
  });
}

TEST(EngineTimers, SleepingForeverEndsByCancelAlone) {
  VirtualEngine world;
  world.run([&](TaskGroup& group) {
    for (const auto forever : {base::Duration::max(), base::Duration::max() - 1ns}) {
      group.spawn("forever", [&, forever](const base::CancelToken& cancel) {
        EXPECT_EQ(world.engine.sleep_for(forever, base::Duration::max(), cancel), Wake::kCancelled);
      });
    }
    group.spawn("until the end of time", [&](const base::CancelToken& cancel) {
      EXPECT_EQ(world.engine.sleep_until(base::SteadyTime::max(), 1h, cancel), Wake::kCancelled);
    });
    world.sleep(24h * 365);
    group.cancel(base::CancelReason::kShutdown);
    group.join();
  });
}

TEST(EngineTimers, TenThousandTimersOfFewFibersFireInOrder) {
  VirtualEngine world;
  std::vector<base::SteadyTime> fired;
  world.run([&](TaskGroup& group) {
    for (int i = 0; i < 1000; ++i) {
      group.spawn("many", [&, i](const base::CancelToken&) {
        for (int j = 0; j < 10; ++j) {
          world.engine.sleep_for(std::chrono::milliseconds(1 + (i * 7919 + j * 104729) % 5000));
          fired.push_back(world.engine.now());
        }
      });
    }
    group.join();
  });
  EXPECT_EQ(fired.size(), 10'000U);
  EXPECT_TRUE(std::is_sorted(fired.begin(), fired.end()));
}

TEST(EngineTimers, OnRealTimeNobodyWakesEarly) {
  Engine engine;
  engine.run([&] {
    TaskGroup group(engine);
    for (int i = 0; i < 50; ++i) {
      group.spawn("real", [&, i](const base::CancelToken&) {
        const auto due = std::chrono::steady_clock::now() + (i % 10) * 300us;
        EXPECT_EQ(engine.sleep_until(due, (i % 3) * 200us), Wake::kDue);
        EXPECT_GE(std::chrono::steady_clock::now(), due);
      });
    }
    group.join();
  });
}

TEST(EngineTimers, AShorterSleepThatComesLaterIsServedFirst) {
  Engine engine;
  std::string order;
  engine.run([&] {
    TaskGroup group(engine);
    group.spawn("long", [&](const base::CancelToken&) {
      engine.sleep_for(20ms);
      order += "long ";
    });
    engine.sleep_for(1ms);  // the engine blocks with the alarm set for the long one
    group.spawn("short", [&](const base::CancelToken&) {
      engine.sleep_for(1ms);
      order += "short ";
    });
    group.join();
  });
  EXPECT_EQ(order, "short long ");
}

TEST(EngineTimers, TimersAreServedWhileFibersAreBusy) {
  Engine engine;
  engine.run([&] {
    TaskGroup group(engine);
    bool rang = false;
    group.spawn("alarm", [&](const base::CancelToken&) {
      engine.sleep_for(1ms);
      rang = true;
    });
    while (!rang) engine.yield();
    group.join();
  });
}

// Sleeps end by their timer and by a cancel from another thread in the same moment, over and over.
TEST(EngineTimers, CancelsFromAnotherThreadRaceWithTheAlarm) {
  Engine engine;
  int due = 0, cancelled = 0;
  engine.run([&] {
    for (int i = 0; i < 400; ++i) {
      base::CancelSource source;
      std::thread canceller([&, wait = std::chrono::microseconds(i % 80)] {
        const auto until = std::chrono::steady_clock::now() + wait;
        while (std::chrono::steady_clock::now() < until) {
        }
        source.cancel(base::CancelReason::kUser);
      });
      const Wake wake =
          engine.sleep_for(std::chrono::microseconds(40 + i % 40), {}, source.token());
      ++(wake == Wake::kDue ? due : cancelled);
      canceller.join();
    }
  });
  EXPECT_EQ(due + cancelled, 400);
}

TEST(EngineTimers, OneCancelFromAnotherThreadWakesAllWhoSleepOnIt) {
  Engine engine;
  int woken = 0;
  engine.run([&] {
    for (int round = 0; round < 20; ++round) {
      base::CancelSource source;
      TaskGroup group(engine);
      for (int i = 0; i < 50; ++i) {
        group.spawn("sleeper", [&](const base::CancelToken&) {
          if (engine.sleep_for(1h, {}, source.token()) == Wake::kCancelled) ++woken;
        });
      }
      std::thread canceller([&] { source.cancel(base::CancelReason::kUser); });
      group.join();
      canceller.join();
    }
  });
  EXPECT_EQ(woken, 1000);
}

TEST(EngineTimers, ATokenMayOutliveTheEngineOfASleeper) {
  base::CancelSource source;
  {
    Engine engine;
    engine.run([&] { engine.sleep_for(1us, {}, source.token()); });
  }
  source.cancel(base::CancelReason::kShutdown);
}

}  // namespace
}  // namespace lull::scheduler
