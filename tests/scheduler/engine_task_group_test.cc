// SPDX-License-Identifier: MIT
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "scheduler/engine.h"
#include "scheduler/event.h"
#include "scheduler/task_group.h"

namespace lull::scheduler {
namespace {

using namespace std::chrono_literals;

TEST(TaskGroup, FibersRunInTheOrderTheyWereStarted) {
  Engine engine;
  std::string order;
  engine.run([&] {
    TaskGroup group(engine);
    for (const char* name : {"a", "b", "c"}) {
      group.spawn(name, [&, name](const base::CancelToken&) {
        order += name;
        engine.yield();
        order += name;
      });
    }
    EXPECT_EQ(group.size(), 3U);
    EXPECT_EQ(order, "");  // spawn() only makes them runnable
    group.join();
    EXPECT_EQ(group.size(), 0U);
  });
  EXPECT_EQ(order, "abcabc");
}

TEST(TaskGroup, JoiningAnEmptyGroupReturnsAtOnce) {
  Engine engine;
  engine.run([&] {
    TaskGroup group(engine);
    group.join();
    group.join();
  });
}

TEST(TaskGroup, CancelReachesEveryFiberWithItsReason) {
  Engine engine;
  std::vector<base::CancelReason> reasons;
  engine.run([&] {
    TaskGroup group(engine);
    for (int i = 0; i < 3; ++i) {
      group.spawn("sleeper", [&](const base::CancelToken& cancel) {
        EXPECT_EQ(engine.sleep_for(1h, {}, cancel), Wake::kCancelled);
        reasons.push_back(cancel.reason());
      });
    }
    engine.yield();
    group.cancel(base::CancelReason::kConstraintLost);
    group.cancel(base::CancelReason::kUser);  // the first reason stays
    group.join();
  });
  EXPECT_EQ(reasons, std::vector<base::CancelReason>(3, base::CancelReason::kConstraintLost));
}

TEST(TaskGroup, CanBeUsedAgainAfterJoinWithAFreshToken) {
  Engine engine;
  engine.run([&] {
    TaskGroup group(engine);
    for (int round = 0; round < 3; ++round) {
      EXPECT_FALSE(group.token().cancelled());
      bool fresh = false;
      group.spawn("round", [&](const base::CancelToken& cancel) { fresh = !cancel.cancelled(); });
      group.join();
      EXPECT_TRUE(fresh);
      group.spawn("fails", [](const base::CancelToken&) { throw 1; });
      EXPECT_THROW(group.join(), int);
      group.cancel(base::CancelReason::kUser);
      group.join();
    }
  });
}

TEST(TaskGroup, AChildOfACancelledParentStaysCancelledWhenReused) {
  Engine engine;
  engine.run([&] {
    base::CancelSource parent;
    TaskGroup group(engine, parent.token());
    parent.cancel(base::CancelReason::kDeadline);
    group.join();
    EXPECT_TRUE(group.token().cancelled());
    bool ran = false;
    group.spawn("late", [&](const base::CancelToken& cancel) {
      ran = true;
      EXPECT_EQ(cancel.reason(), base::CancelReason::kDeadline);
      EXPECT_EQ(engine.sleep_for(1h, {}, cancel), Wake::kCancelled);
    });
    group.join();
    EXPECT_TRUE(ran);
  });
}

TEST(TaskGroup, GroupsNestAndCancelDownwards) {
  Engine engine;
  int cancelled = 0;
  engine.run([&] {
    TaskGroup outer(engine);
    outer.spawn("parent", [&](const base::CancelToken& token) {
      TaskGroup inner(engine, token);
      for (int i = 0; i < 3; ++i) {
        inner.spawn("child", [&](const base::CancelToken& cancel) {
          if (engine.sleep_for(1h, {}, cancel) == Wake::kCancelled) ++cancelled;
        });
      }
      inner.join();
    });
    engine.yield();
    engine.yield();
    outer.cancel(base::CancelReason::kShutdown);
    outer.join();
  });
  EXPECT_EQ(cancelled, 3);
}

TEST(TaskGroup, ItsDestructorCancelsAndJoins) {
  Engine engine;
  bool ended = false;
  engine.run([&] {
    {
      TaskGroup group(engine);
      group.spawn("sleeper", [&](const base::CancelToken& cancel) {
        engine.sleep_for(1h, {}, cancel);
        engine.sleep_for(10us);  // tidies up
        ended = true;
      });
      engine.yield();
    }
    EXPECT_TRUE(ended);
  });
}

TEST(TaskGroup, FibersMaySpawnIntoTheirOwnGroupWhileOthersJoinIt) {
  Engine engine;
  int leaves = 0;
  engine.run([&] {
    TaskGroup group(engine);
    std::function<void(int)> grow = [&](int depth) {
      if (depth == 0) {
        ++leaves;
        return;
      }
      for (int i = 0; i < 2; ++i) {
        group.spawn("branch", [&, depth](const base::CancelToken&) {
          engine.yield();
          grow(depth - 1);
        });
      }
    };
    grow(6);
    group.join();
  });
  EXPECT_EQ(leaves, 64);
}

TEST(TaskGroup, SeveralFibersMayJoinOneGroup) {
  Engine engine;
  int joined = 0;
  engine.run([&] {
    TaskGroup work(engine), watchers(engine);
    work.spawn("work", [&](const base::CancelToken&) { engine.sleep_for(100us); });
    for (int i = 0; i < 3; ++i) {
      watchers.spawn("watcher", [&](const base::CancelToken&) {
        work.join();
        ++joined;
      });
    }
    watchers.join();
  });
  EXPECT_EQ(joined, 3);
}

TEST(TaskGroup, WhatABodyCapturedIsGoneWhenJoinReturns) {
  Engine engine;
  const auto captured = std::make_shared<int>(1);
  engine.run([&] {
    TaskGroup group(engine);
    group.spawn("keeps", [&, captured](const base::CancelToken&) { engine.yield(); });
    EXPECT_EQ(captured.use_count(), 2);
    group.join();
    EXPECT_EQ(captured.use_count(), 1);
  });
}

TEST(TaskGroup, TheTwoThousandFirstFiberIsRefusedByNameAndTheRestGoOn) {
  Engine engine;
  engine.run([&] {
    TaskGroup group(engine);
    Event release(engine);
    int woken = 0;
    const auto wait = [&](const base::CancelToken&) {
      release.wait();
      ++woken;
    };
    for (int i = 0; i < 2000; ++i) group.spawn("one of many", wait);
    engine.yield();
    try {
      group.spawn("one too many", wait);
      FAIL() << "no limit";
    } catch (const std::runtime_error& error) {
      EXPECT_NE(std::string(error.what()).find("\"one too many\": 2000 are running"),
                std::string::npos)
          << error.what();
    }
    EXPECT_EQ(group.size(), 2000U);
    release.set();
    group.join();
    EXPECT_EQ(woken, 2000);
    group.spawn("room again", wait);
    group.join();
    EXPECT_EQ(woken, 2001);
  });
}

TEST(TaskGroup, ManyMoreThanTheLimitMayComeOneAfterTheOther) {
  Engine engine;
  int ran = 0;
  engine.run([&] {
    TaskGroup group(engine);
    // More than the kernel's map count would bear if each left its stack behind.
    for (int i = 0; i < 34'000; ++i) {
      group.spawn("brief", [&](const base::CancelToken&) { ++ran; });
      if (i % 100 == 99) group.join();
    }
    group.join();
  });
  EXPECT_EQ(ran, 34'000);
}

TEST(Event, WakesAllWhoWaitAndLetsLaterOnesThrough) {
  Engine engine;
  std::string order;
  engine.run([&] {
    Event event(engine);
    TaskGroup group(engine);
    for (const char* name : {"a", "b"}) {
      group.spawn(name, [&, name](const base::CancelToken&) {
        EXPECT_TRUE(event.wait());
        order += name;
      });
    }
    engine.yield();
    event.set();
    event.reset();  // too late for those who waited
    group.join();
    EXPECT_FALSE(event.is_set());
    event.set();
    EXPECT_TRUE(event.wait());
  });
  EXPECT_EQ(order, "ab");
}

TEST(Event, ACancelledWaitIsForgotten) {
  Engine engine;
  engine.run([&] {
    Event event(engine);
    TaskGroup group(engine);
    group.spawn("gives up",
                [&](const base::CancelToken& cancel) { EXPECT_FALSE(event.wait(cancel)); });
    engine.yield();
    group.cancel(base::CancelReason::kUser);
    group.join();
    event.set();
  });
}

}  // namespace
}  // namespace lull::scheduler
