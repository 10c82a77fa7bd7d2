// SPDX-License-Identifier: MIT
// What lies below a fiber's stack, as the kernel says.
#include <chrono>
#include <cstdint>
#include <fstream>
#include <sstream>
#include <string>

#include <boost/fiber/operations.hpp>
#include <gtest/gtest.h>

#include "scheduler/engine.h"
#include "scheduler/task_group.h"

namespace lull::scheduler {
namespace {

// Permissions of what ends where the mapping of `address` begins; empty if nothing does.
std::string below_mapping_of(const void* address) {
  const auto wanted = reinterpret_cast<std::uintptr_t>(address);
  std::ifstream maps("/proc/self/maps");
  std::uintptr_t end_before = 0;
  std::string permissions_before;
  for (std::string line; std::getline(maps, line);) {
    std::uintptr_t begin = 0, end = 0;
    char dash = 0;
    std::string permissions;
    std::istringstream(line) >> std::hex >> begin >> dash >> end >> permissions;
    if (begin <= wanted && wanted < end) return end_before == begin ? permissions_before : "";
    end_before = end;
    permissions_before = permissions;
  }
  return {};
}

TEST(EngineStack, BelowAFibersIsAPageNobodyMayTouch) {
  Engine engine;
  std::string below;
  engine.run([&] {
    TaskGroup group(engine);
    group.spawn("deep", [&](const base::CancelToken&) {
      const volatile char here = 0;
      below = below_mapping_of(const_cast<const char*>(&here));
    });
    group.join();
  });
  EXPECT_EQ(below, "---p");
}

TEST(EngineStackDeathTest, SleepingPastTheEnginesTimeIsSaidAndEndsIt) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(
      {
        Engine engine;
        engine.run([] { boost::this_fiber::sleep_for(std::chrono::milliseconds(1)); });
      },
      "Engine::sleep_until");
}

}  // namespace
}  // namespace lull::scheduler
