// SPDX-License-Identifier: MIT
#include <atomic>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "scheduler/engine.h"
#include "scheduler/event.h"
#include "scheduler/executor.h"
#include "scheduler/offload.h"
#include "scheduler/task_group.h"
#include "tests/support/virtual_engine.h"

// What crosses threads: posts and offloaded work.
namespace lull::scheduler {
namespace {

using namespace std::chrono_literals;

TEST(EngineCrossing, PostsOfEachThreadArriveInOrderAndAllOnTheEngine) {
  constexpr int kThreads = 4, kEach = 2000;
  Engine engine;
  std::vector<int> next(kThreads);
  bool in_order = true;
  int arrived = 0;
  std::vector<std::thread> threads;
  engine.run([&] {
    Event all(engine);
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < kEach; ++i) {
          engine.post([&, t, i] {
            in_order = in_order && next[t]++ == i && engine.on_engine_thread();
            if (++arrived == kThreads * kEach) all.set();
          });
        }
      });
    }
    all.wait();
    for (auto& thread : threads) thread.join();
  });
  EXPECT_TRUE(in_order);
  EXPECT_EQ(arrived, kThreads * kEach);
}

TEST(EngineCrossing, PostsFromFibersHandlersAndPostsKeepTheirOrder) {
  Engine engine;
  std::string order;
  engine.run([&] {
    Event done(engine);
    engine.post([&] {
      order += "1";
      engine.post([&] { order += "3"; });
      engine.post([&] {
        order += "4";
        done.set();
      });
      order += "2";
    });
    done.wait();
  });
  EXPECT_EQ(order, "1234");
}

TEST(EngineCrossing, PostsAreServedWhileFibersAreBusy) {
  Engine engine;
  engine.run([&] {
    bool arrived = false;
    std::thread poster([&] { engine.post([&] { arrived = true; }); });
    while (!arrived) engine.yield();
    poster.join();
  });
}

TEST(EngineCrossing, APostedFunctionMaySpawn) {
  Engine engine;
  int ran = 0;
  engine.run([&] {
    TaskGroup group(engine);
    Event spawned(engine);
    std::thread poster([&] {
      engine.post([&] {
        group.spawn("from a post", [&](const base::CancelToken&) {
          engine.sleep_for(1us);
          ++ran;
        });
        spawned.set();
      });
    });
    spawned.wait();
    group.join();
    poster.join();
  });
  EXPECT_EQ(ran, 1);
}

TEST(Offload, GivesTheValueOnTheCallingFiber) {
  Engine engine;
  BlockingPool pool;
  engine.run([&] {
    const auto here = std::this_thread::get_id();
    const auto there = offload(engine, pool, [] { return std::this_thread::get_id(); });
    EXPECT_NE(there, here);
    EXPECT_EQ(std::this_thread::get_id(), here);
    const auto moved = offload(engine, pool, [] { return std::make_unique<int>(5); });
    EXPECT_EQ(*moved, 5);
    bool ran = false;
    offload(engine, pool, [&] { ran = true; });
    EXPECT_TRUE(ran);
  });
}

TEST(Offload, RethrowsOnTheCallingFiber) {
  Engine engine;
  BlockingPool pool;
  engine.run([&] {
    EXPECT_THROW(offload(engine, pool, []() -> int { throw std::out_of_range("there"); }),
                 std::out_of_range);
    EXPECT_THROW(offload(engine, pool, [] { throw std::runtime_error("void too"); }),
                 std::runtime_error);
    EXPECT_EQ(offload(engine, pool, [] { return 1; }), 1);
  });
}

TEST(Offload, TheEngineGoesOnMeanwhile) {
  Engine engine;
  BlockingPool pool;
  engine.run([&] {
    std::atomic<bool> release = false;
    TaskGroup group(engine);
    group.spawn("waits", [&](const base::CancelToken&) {
      offload(engine, pool, [&] { release.wait(false); });
    });
    int turns = 0;
    for (; turns < 10; ++turns) engine.sleep_for(10us);
    EXPECT_EQ(turns, 10);
    EXPECT_EQ(group.size(), 1U);
    release = true;
    release.notify_all();
    group.join();
  });
}

TEST(Offload, ManyFibersShareFewThreads) {
  Engine engine;
  BlockingPool pool(3);
  long sum = 0;
  engine.run([&] {
    TaskGroup group(engine);
    for (int fiber = 0; fiber < 40; ++fiber) {
      group.spawn("offloads", [&](const base::CancelToken&) {
        for (int i = 0; i < 50; ++i) {
          sum += offload(engine, pool, [i] { return std::vector<int>(100, i).back(); });
        }
      });
    }
    group.join();
  });
  EXPECT_EQ(sum, 40L * 49 * 50 / 2);
}

// The worker's last act is to post the completion; the engine may be gone before that call returns.
TEST(Offload, TheEngineMayEndWhileTheWorkerIsStillReporting) {
  BlockingPool pool(1);
  for (int i = 0; i < 300; ++i) {
    Engine engine;
    engine.run([&] { offload(engine, pool, [] {}); });
  }
}

TEST(Offload, AnExecutorThatRefusesLeavesNothingInFlight) {
  struct Refuses final : Executor {
    void submit(std::function<void()>) override { throw std::runtime_error("no threads"); }
  } refuses;
  testing::VirtualEngine world;
  world.run([&](TaskGroup&) {
    EXPECT_THROW(offload(world.engine, refuses, [] {}), std::runtime_error);
    world.sleep(1h);  // time would stand still if the work still counted
  });
}

TEST(Offload, VirtualTimeStandsStillWhileWorkIsInFlight) {
  testing::VirtualEngine world;
  BlockingPool pool;
  world.run([&](TaskGroup& group) {
    const auto begun = world.engine.now();
    group.spawn("ticks", [&](const base::CancelToken& cancel) {
      while (world.engine.sleep_for(1s, {}, cancel) == Wake::kDue) {
      }
    });
    world.engine.yield();
    for (int i = 0; i < 20; ++i) {
      offload(world.engine, pool, [] { std::this_thread::yield(); });
      EXPECT_EQ(world.engine.now(), begun);
    }
    world.sleep(10s);
    EXPECT_EQ(world.engine.now(), begun + 10s);
  });
}

TEST(Offload, IsForFibersOfTheEngineAlone) {
  Engine engine, other;
  BlockingPool pool;
  bool ran = false;
  EXPECT_THROW(offload(engine, pool, [&] { ran = true; }), std::logic_error);
  engine.run([&] {
    EXPECT_THROW(offload(other, pool, [&] { ran = true; }), std::logic_error);
    EXPECT_THROW(
        offload(engine, pool, [&] { return offload(engine, pool, [&] { return ran = true; }); }),
        std::logic_error);
  });
  EXPECT_FALSE(ran);
}

}  // namespace
}  // namespace lull::scheduler
