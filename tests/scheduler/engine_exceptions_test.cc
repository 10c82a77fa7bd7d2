// SPDX-License-Identifier: MIT
#include <exception>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "scheduler/engine.h"
#include "scheduler/event.h"
#include "scheduler/task_group.h"

// The C++ runtime keeps handled exceptions per thread; here fibers wait in the middle of handling
// them, in every order.
namespace lull::scheduler {
namespace {

using namespace std::chrono_literals;

TEST(EngineExceptions, FibersThatWaitInsideCatchBlocksKeepTheirOwnException) {
  Engine engine;
  std::vector<std::string> caught;
  engine.run([&] {
    TaskGroup group(engine);
    for (int i = 0; i < 20; ++i) {
      group.spawn("thrower", [&, i](const base::CancelToken&) {
        const std::string mine = "exception " + std::to_string(i);
        try {
          throw std::runtime_error(mine);
        } catch (const std::runtime_error&) {
          // Different lengths, so that the blocks are not left in the order they were entered.
          engine.sleep_for(((i * 7) % 20) * 100us);
          try {
            throw;
          } catch (const std::runtime_error& again) {
            EXPECT_EQ(again.what(), mine);
            caught.emplace_back(again.what());
          }
        }
      });
    }
    group.join();
  });
  EXPECT_EQ(caught.size(), 20U);
}

TEST(EngineExceptions, MainMayWaitInsideACatchBlockWhileFibersThrow) {
  Engine engine;
  engine.run([&] {
    TaskGroup group(engine);
    try {
      throw 7;
    } catch (int) {
      group.spawn("other", [&](const base::CancelToken&) {
        try {
          throw std::string("other");
        } catch (const std::string&) {
          engine.sleep_for(200us);
        }
      });
      engine.sleep_for(100us);
      try {
        throw;
      } catch (int value) {
        EXPECT_EQ(value, 7);
      }
    }
    group.join();
    EXPECT_EQ(std::uncaught_exceptions(), 0);
    EXPECT_FALSE(std::current_exception());
  });
}

TEST(EngineExceptions, AFiberStartedInsideACatchBlockHandlesNothingYet) {
  Engine engine;
  engine.run([&] {
    TaskGroup group(engine);
    try {
      throw 1;
    } catch (int) {
      group.spawn("fresh", [&](const base::CancelToken&) {
        EXPECT_FALSE(std::current_exception());
        engine.yield();
        EXPECT_FALSE(std::current_exception());
      });
      group.join();
      EXPECT_TRUE(std::current_exception());
    }
  });
}

TEST(EngineExceptions, DestructorsMayWaitWhileTheStackUnwinds) {
  Engine engine;
  struct WaitsAtTheEnd {
    Engine& owner;
    int& seen;
    ~WaitsAtTheEnd() {
      EXPECT_EQ(std::uncaught_exceptions(), 1);
      owner.sleep_for(200us);
      seen = std::uncaught_exceptions();
    }
  };
  int seen = -1;
  int seen_by_other = -1;
  engine.run([&] {
    TaskGroup group(engine);
    group.spawn("unwinds", [&](const base::CancelToken&) {
      try {
        const WaitsAtTheEnd guard{engine, seen};
        throw 1;
      } catch (int) {
      }
    });
    group.spawn("other", [&](const base::CancelToken&) {
      engine.sleep_for(100us);  // while the first unwinds
      seen_by_other = std::uncaught_exceptions();
    });
    group.join();
  });
  EXPECT_EQ(seen, 1);
  EXPECT_EQ(seen_by_other, 0);
}

TEST(EngineExceptions, NestedHandlersSurviveManySwitches) {
  Engine engine;
  int right = 0;
  engine.run([&] {
    TaskGroup group(engine);
    for (int i = 0; i < 8; ++i) {
      group.spawn("nested", [&, i](const base::CancelToken&) {
        for (int round = 0; round < 50; ++round) {
          try {
            throw int{i};
          } catch (int) {
            engine.yield();
            try {
              throw std::to_string(round);
            } catch (const std::string& inner) {
              engine.yield();
              if (inner == std::to_string(round)) ++right;
            }
            engine.yield();
            try {
              throw;
            } catch (int outer) {
              if (outer == i) ++right;
            }
          }
        }
      });
    }
    group.join();
  });
  EXPECT_EQ(right, 8 * 50 * 2);
}

TEST(EngineExceptions, JoinRethrowsAndCancelsTheOthers) {
  Engine engine;
  bool sibling_cancelled = false;
  engine.run([&] {
    TaskGroup group(engine);
    group.spawn("sibling", [&](const base::CancelToken& cancel) {
      sibling_cancelled = engine.sleep_for(1h, {}, cancel) == Wake::kCancelled;
    });
    group.spawn("fails", [&](const base::CancelToken&) {
      engine.sleep_for(10us);
      throw std::out_of_range("the first");
    });
    try {
      group.join();
      FAIL() << "join() did not throw";
    } catch (const std::out_of_range& error) {
      EXPECT_STREQ(error.what(), "the first");
    }
    EXPECT_EQ(group.size(), 0U);
  });
  EXPECT_TRUE(sibling_cancelled);
}

TEST(EngineExceptions, OnlyTheFirstExceptionIsKept) {
  Engine engine;
  engine.run([&] {
    TaskGroup group(engine);
    for (int i = 0; i < 5; ++i) {
      group.spawn("fails", [i](const base::CancelToken&) { throw int{i}; });
    }
    try {
      group.join();
      FAIL();
    } catch (int which) {
      EXPECT_EQ(which, 0);
    }
    EXPECT_NO_THROW(group.join());
  });
}

TEST(EngineExceptions, TheDestructorOfAGroupSwallowsWhatNobodyJoinedFor) {
  Engine engine;
  engine.run([&] {
    TaskGroup group(engine);
    group.spawn("fails", [](const base::CancelToken&) { throw 1; });
  });
}

TEST(EngineExceptions, ThousandsOfThrowingFibersLeaveNothingBehind) {
  Engine engine;
  int caught = 0;
  engine.run([&] {
    for (int i = 0; i < 2000; ++i) {
      TaskGroup group(engine);
      group.spawn("fails", [](const base::CancelToken&) { throw std::runtime_error("x"); });
      try {
        group.join();
      } catch (const std::runtime_error&) {
        ++caught;
      }
    }
  });
  EXPECT_EQ(caught, 2000);
}

}  // namespace
}  // namespace lull::scheduler
