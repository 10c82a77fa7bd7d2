// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include "scheduler/engine.h"
#include "scheduler/event.h"
#include "scheduler/task_group.h"
#include "scheduler/use_fiber.h"

namespace lull::scheduler {
namespace {

using namespace std::chrono_literals;

TEST(EngineLifecycle, RunsMainOnTheCallingThreadAndReturnsWhenItEnds) {
  Engine engine;
  std::thread::id ran_on;
  EXPECT_FALSE(engine.on_engine_thread());
  engine.run([&] {
    ran_on = std::this_thread::get_id();
    EXPECT_TRUE(engine.on_engine_thread());
  });
  EXPECT_EQ(ran_on, std::this_thread::get_id());
  EXPECT_FALSE(engine.on_engine_thread());
}

TEST(EngineLifecycle, HundredsOfEnginesRunOneAfterTheOtherOnOneThread) {
  int sum = 0;
  for (int i = 0; i < 300; ++i) {
    Engine engine;
    engine.run([&] {
      TaskGroup group(engine);
      for (int j = 0; j < 3; ++j) {
        group.spawn("adder", [&](const base::CancelToken&) {
          engine.yield();
          engine.sleep_for(1us);
          ++sum;
        });
      }
      group.join();
    });
  }
  EXPECT_EQ(sum, 900);
}

TEST(EngineLifecycle, OneEngineCanRunSeveralTimes) {
  Engine engine;
  int rounds = 0;
  for (int i = 0; i < 3; ++i) {
    engine.run([&] {
      engine.sleep_for(10us);
      ++rounds;
    });
  }
  EXPECT_EQ(rounds, 3);
}

TEST(EngineLifecycle, EnginesOnSeveralThreadsAtOnceDoNotMeet) {
  constexpr int kThreads = 4;
  std::vector<int> counts(kThreads);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&count = counts[t]] {
      for (int i = 0; i < 20; ++i) {
        Engine engine;
        engine.run([&] {
          TaskGroup group(engine);
          for (int j = 0; j < 10; ++j) {
            group.spawn("worker", [&](const base::CancelToken&) {
              engine.sleep_for(50us);
              ++count;
            });
          }
          group.join();
        });
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(counts, std::vector<int>(kThreads, 200));
}

TEST(EngineLifecycle, OneEngineMayRunOnDifferentThreadsInTurn) {
  Engine engine;
  for (int i = 0; i < 5; ++i) {
    std::thread([&] {
      engine.run([&] {
        EXPECT_TRUE(engine.on_engine_thread());
        engine.sleep_for(10us);
      });
    }).join();
  }
}

TEST(EngineLifecycle, ASecondEngineOnABusyThreadIsRefused) {
  Engine outer, inner;
  outer.run([&] {
    EXPECT_THROW(inner.run([] {}), std::logic_error);
    outer.sleep_for(10us);  // still alive
  });
  inner.run([] {});  // free again
}

TEST(EngineLifecycle, RunningOneEngineOnTwoThreadsAtOnceIsRefused) {
  Engine engine;
  engine.run([&] {
    std::thread([&] { EXPECT_THROW(engine.run([] {}), std::logic_error); }).join();
    EXPECT_TRUE(engine.on_engine_thread());
  });
}

TEST(EngineLifecycle, AnExceptionOfMainComesOutOfRunAndTheEngineStaysUsable) {
  Engine engine;
  EXPECT_THROW(engine.run([&] {
    TaskGroup group(engine);
    group.spawn("sleeper",
                [&](const base::CancelToken& cancel) { engine.sleep_for(1h, {}, cancel); });
    engine.yield();
    throw std::runtime_error("main failed");  // the group cancels and joins on the way out
  }),
               std::runtime_error);
  bool again = false;
  engine.run([&] { again = true; });
  EXPECT_TRUE(again);
}

TEST(EngineLifecycle, WhatIsPostedBeforeRunIsServedFirstAndInOrder) {
  Engine engine;
  std::string order;
  engine.post([&] { order += "a"; });
  engine.post([&] { order += "b"; });
  engine.run([&] {
    Event served(engine);
    engine.post([&] {
      order += "c";
      served.set();
    });
    served.wait();
  });
  EXPECT_EQ(order, "abc");
}

TEST(EngineLifecycle, WhatIsNeverRunIsDestroyedWithTheEngine) {
  const auto kept = std::make_shared<int>(1);
  {
    Engine engine;
    engine.post([kept] {});
    EXPECT_EQ(kept.use_count(), 2);
  }
  EXPECT_EQ(kept.use_count(), 1);
}

TEST(EngineLifecycle, WaitingOffTheEnginesThreadIsRefused) {
  Engine engine;
  EXPECT_THROW(engine.sleep_for(1ms), std::logic_error);
  EXPECT_THROW(engine.yield(), std::logic_error);
  TaskGroup group(engine);
  EXPECT_THROW(group.spawn("too early", [](const base::CancelToken&) {}), std::logic_error);
  EXPECT_EQ(group.size(), 0U);
}

TEST(EngineLifecycle, APostedFunctionThatWantsToWaitIsRefused) {
  Engine engine;
  bool refused = false;
  engine.run([&] {
    Event done(engine);
    engine.post([&] {
      try {
        engine.sleep_for(1ms);
      } catch (const std::logic_error&) {
        refused = true;
      }
      done.set();
    });
    done.wait();
  });
  EXPECT_TRUE(refused);
}

TEST(EngineLifecycleDeathTest, AFiberLeftBehindIsNamed) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(
      {
        Engine engine;
        TaskGroup outlives(engine);
        engine.run([&] {
          outlives.spawn("forgotten", [&](const base::CancelToken&) { engine.sleep_for(1h); });
          engine.yield();
        });
      },
      "1 fibers were not joined.*forgotten");
}

// How often this thread was put to sleep while it waited for a pipe that was closed 40 ms later.
// (Not for a post: the poster still holds the queue's lock when the engine wakes.) Nothing is told
// by a machine so slow that the alarm rang before it was called off: then as often as can be.
long sleeps_while_idle() {
  Engine engine;
  bool called_off = false;
  rusage before{}, after{};
  engine.run([&] {
    // An alarm that was called off must not ring.
    base::CancelSource source;
    TaskGroup group(engine);
    group.spawn("called off", [&](const base::CancelToken&) {
      called_off = engine.sleep_for(20ms, {}, source.token()) == Wake::kCancelled;
    });
    engine.sleep_for(1ms);
    source.cancel(base::CancelReason::kUser);
    group.join();
    std::array<int, 2> ends{};
    ASSERT_EQ(::pipe(ends.data()), 0);
    boost::asio::posix::stream_descriptor reader(engine.io(), ends[0]);
    std::thread waker([&] {
      std::this_thread::sleep_for(40ms);
      ::close(ends[1]);
    });
    getrusage(RUSAGE_THREAD, &before);
    reader.async_wait(boost::asio::posix::descriptor_base::wait_read, use_fiber);
    getrusage(RUSAGE_THREAD, &after);
    waker.join();
  });
  return called_off ? after.ru_nvcsw - before.ru_nvcsw : std::numeric_limits<long>::max();
}

TEST(EngineLifecycle, AnIdleEngineSleepsInOnePiece) {
  // A lock that another thread holds for a moment can add a sleep, never take one away.
  long least = sleeps_while_idle();
  for (int i = 0; i < 50 && least != 1; ++i) least = std::min(least, sleeps_while_idle());
  EXPECT_EQ(least, 1);
}

}  // namespace
}  // namespace lull::scheduler
