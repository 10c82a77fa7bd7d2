// SPDX-License-Identifier: MIT
#include "agent/services/snapshot_service.h"

#include <gtest/gtest.h>

#include "core/base/bytes.h"
#include "tests/support/fake_platform.h"
#include "tests/support/virtual_engine.h"

namespace lull::agent {
namespace {

using base::kMiB;
using std::chrono::milliseconds;
using std::chrono::seconds;
using support::fake_process;

class SnapshotServiceTest : public ::testing::Test {
 protected:
  base::Result<std::vector<model::ProcessInfo>> top_by_cpu() {
    return service_.top(2, stats::SortBy::kCpu);
  }
  void work() {
    machine_.processes = std::vector<model::RawProcess>{
        fake_process(1, "init", 10 * kMiB, milliseconds(1)),
        fake_process(2, "compiler", 20 * kMiB, used_ += milliseconds(10))};
    machine_.cpu->times.busy_ticks += 1;
    machine_.cpu->times.total_ticks += 20;
  }
  // Uses processor time while the service waits.
  void work_on(scheduler::TaskGroup& group) {
    work();
    group.spawn("work", [this](const base::CancelToken& cancel) {
      while (world_.engine.sleep_for(milliseconds(50), {}, cancel) != scheduler::Wake::kCancelled)
        work();
    });
  }

  lull::testing::VirtualEngine world_;
  support::FakePlatform machine_{world_.time};
  stats::SystemMonitor monitor_{
      {machine_.memory_probe(), machine_.cpu_probe(), machine_.disk_probe(),
       machine_.process_probe(), machine_.pressure_probe(), machine_.power_probe(),
       machine_.thermal_probe()},
      world_.time};
  SnapshotService service_{world_.engine, monitor_, false, {}};
  base::Duration used_ = milliseconds(100);
};

TEST_F(SnapshotServiceTest, TheFirstAnswerWaitsForASecondListing) {
  world_.run([&](scheduler::TaskGroup& group) {
    work_on(group);
    const auto rows = top_by_cpu();
    ASSERT_TRUE(rows);
    EXPECT_EQ(rows->front().name, "compiler");
    EXPECT_GT(rows->front().cpu_percent.value_or(-1), 0);
  });
}

TEST_F(SnapshotServiceTest, SoDoesTheFirstAfterAReliefThatThrewTheListingsAway) {
  world_.run([&](scheduler::TaskGroup& group) {
    work_on(group);
    ASSERT_TRUE(top_by_cpu());
    world_.sleep(seconds(2));
    monitor_.shed();
    const auto rows = top_by_cpu();
    ASSERT_TRUE(rows);
    EXPECT_EQ(rows->front().name, "compiler");
    EXPECT_GT(rows->front().cpu_percent.value_or(-1), 0);
  });
}

TEST_F(SnapshotServiceTest, WithSharesAtHandNobodyWaits) {
  world_.run([&](scheduler::TaskGroup& group) {
    work_on(group);
    ASSERT_TRUE(top_by_cpu());
    const auto before = world_.time.now();
    ASSERT_TRUE(top_by_cpu());
    EXPECT_EQ(world_.time.now(), before);
  });
}

// What is kept costs no reading and no wake-up: it is what was read for somebody.
TEST_F(SnapshotServiceTest, KeepsWhatWasSeenOfTheLastMinutes) {
  world_.run([&](scheduler::TaskGroup&) {
    EXPECT_TRUE(service_.recent().empty()) << "nobody looked";
    const std::size_t woken = world_.time.jumps();
    model::Pressure pressure;
    pressure.reading.some_avg10 = 1.5;
    service_.looked(20.0, pressure);
    EXPECT_EQ(world_.time.jumps(), woken);
    world_.sleep(seconds(30));
    pressure.reading.told = model::PressureLevel::kNormal;
    service_.looked({}, pressure);
    world_.sleep(seconds(30));
    service_.looked(40.0, {});
    const auto recent = service_.recent();
    ASSERT_EQ(recent.size(), 3U) << "and nothing in between";
    EXPECT_EQ(recent[0].cpu_percent, 20.0);
    EXPECT_EQ(recent[0].pressure_percent, 1.5);
    EXPECT_FALSE(recent[1].cpu_percent || recent[1].pressure_percent);
    EXPECT_EQ(recent[2].at - recent[1].at, seconds(30));
    world_.sleep(std::chrono::minutes(11));
    EXPECT_TRUE(service_.recent().empty());
  });
}

}  // namespace
}  // namespace lull::agent
