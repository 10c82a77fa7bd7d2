// SPDX-License-Identifier: MIT
#include <atomic>
#include <future>
#include <latch>
#include <memory>
#include <stdexcept>

#include <gtest/gtest.h>

#include "scheduler/offload_while.h"
#include "tests/support/virtual_engine.h"

namespace lull::scheduler {
namespace {

using namespace std::chrono_literals;

TEST(OffloadWhile, GivesTheResultOfWhatEnds) {
  Engine engine;
  BlockingPool pool(1);
  engine.run([&] {
    const auto result = offload_while(
        engine, pool, 1h, [] { return true; }, [] { return 42; });
    EXPECT_EQ(result, 42);
  });
}

TEST(OffloadWhile, RethrowsOnTheCallingFiber) {
  Engine engine;
  BlockingPool pool(1);
  engine.run([&] {
    EXPECT_THROW(
        offload_while(
            engine, pool, 1h, [] { return true; }, []() -> int { throw std::runtime_error("no"); }),
        std::runtime_error);
  });
}

TEST(OffloadWhile, GoesOnWithoutWhatHangsAndLeavesItItsOwn) {
  std::promise<void> kernel_lets_go;
  const auto lets_go = std::make_shared<std::future<void>>(kernel_lets_go.get_future());
  const auto owned = std::make_shared<std::atomic<bool>>(false);
  const std::weak_ptr<std::atomic<bool>> watched = owned;
  {
    Engine engine;
    BlockingPool pool(1);
    int asked = 0;
    engine.run([&] {
      const auto result = offload_while(
          engine, pool, 1ms, [&] { return ++asked < 3; },
          [lets_go, owned] {
            lets_go->wait();
            *owned = true;
            return 1;
          });
      EXPECT_EQ(result, std::nullopt);
      EXPECT_EQ(asked, 3);
      EXPECT_FALSE(*owned);
      // The engine serves others meanwhile.
      EXPECT_EQ(engine.sleep_for(1ms), Wake::kDue);
    });
    kernel_lets_go.set_value();
  }  // the pool joins its thread
  EXPECT_TRUE(*owned);
  EXPECT_EQ(watched.use_count(), 1);
}

TEST(OffloadWhile, OutlivesItsEngine) {
  std::promise<void> kernel_lets_go;
  const auto lets_go = std::make_shared<std::future<void>>(kernel_lets_go.get_future());
  BlockingPool pool(1);
  {
    Engine engine;
    engine.run([&] {
      EXPECT_FALSE(offload_while(
          engine, pool, 1ms, [] { return false; },
          [lets_go] {
            lets_go->wait();
            return 1;
          }));
    });
  }
  kernel_lets_go.set_value();
}

TEST(OffloadWhile, DoesNotLetVirtualTimeJumpOverTheWork) {
  testing::VirtualEngine world;
  BlockingPool pool(1);
  world.run([&](TaskGroup&) {
    const base::SteadyTime before = world.engine.now();
    const auto result = offload_while(
        world.engine, pool, 1s, [] { return false; }, [] { return 7; });
    EXPECT_EQ(result, 7);
    EXPECT_EQ(world.engine.now(), before);
  });
}

}  // namespace
}  // namespace lull::scheduler
