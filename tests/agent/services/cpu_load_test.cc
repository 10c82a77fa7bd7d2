// SPDX-License-Identifier: MIT
#include "agent/services/cpu_load.h"

#include <gtest/gtest.h>

#include "core/base/result.h"

namespace lull::agent {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

class HandClock final : public base::Clock {
 public:
  base::SteadyTime now() const override { return time; }
  base::WallTime wall_now() const override { return {}; }
  base::SteadyTime time{seconds(1000)};
};

// Two processors of 100 ticks a second each.
class ScriptedCpu final : public platform::CpuProbe {
 public:
  base::Result<Reading> read() override {
    ++reads;
    if (broken) return base::fail(base::ErrorCode::kIo, "gone");
    return Reading{{busy, total}, 2, 0};
  }
  void pass(HandClock& clock, int whole_seconds, std::uint64_t busy_ticks) {
    clock.time += seconds(whole_seconds);
    total += 200u * static_cast<unsigned>(whole_seconds);
    busy += busy_ticks;
  }
  std::uint64_t busy = 500, total = 10'000;
  int reads = 0;
  bool broken = false;
};

class OthersCpuLoadTest : public testing::Test {
 protected:
  HandClock clock_;
  ScriptedCpu cpu_;
  base::Duration own_{};
  OthersCpuLoad load_{cpu_, clock_, [this] { return own_; }};
};

TEST_F(OthersCpuLoadTest, NeedsTwoReadings) {
  EXPECT_EQ(load_.percent(), std::nullopt);
  cpu_.pass(clock_, 10, 500);
  EXPECT_EQ(load_.percent(), 25.0);
}

TEST_F(OthersCpuLoadTest, DoesNotCountUs) {
  (void)load_.percent();
  cpu_.pass(clock_, 10, 1000);  // half of all there is
  own_ += seconds(10);          // one of the two processors: all of that
  EXPECT_NEAR(*load_.percent(), 0, 0.01);
}

TEST_F(OthersCpuLoadTest, NeverGoesBelowZeroWhenTheTicksLag) {
  (void)load_.percent();
  cpu_.pass(clock_, 1, 10);
  own_ += seconds(2);
  EXPECT_EQ(load_.percent(), 0.0);
}

TEST_F(OthersCpuLoadTest, GivesTheSameAnswerWithinItsWindow) {
  (void)load_.percent();
  cpu_.pass(clock_, 2, 200);
  const auto first = load_.percent();
  clock_.time += milliseconds(900);
  cpu_.busy += 180;
  EXPECT_EQ(load_.percent(), first);
  EXPECT_EQ(cpu_.reads, 2);
}

TEST_F(OthersCpuLoadTest, AnOldReadingIsNoBase) {
  (void)load_.percent();
  cpu_.pass(clock_, 60 * 4, 100);
  EXPECT_EQ(load_.percent(), std::nullopt);
  cpu_.pass(clock_, 30, 3000);
  EXPECT_EQ(load_.percent(), 50.0);
}

TEST_F(OthersCpuLoadTest, AFailedReadingIsUnknownAndStartsAnew) {
  (void)load_.percent();
  cpu_.pass(clock_, 2, 0);
  cpu_.broken = true;
  EXPECT_EQ(load_.percent(), std::nullopt);
  cpu_.broken = false;
  cpu_.pass(clock_, 2, 0);
  EXPECT_EQ(load_.percent(), std::nullopt);
  cpu_.pass(clock_, 2, 400);
  EXPECT_EQ(load_.percent(), 100.0);
}

TEST_F(OthersCpuLoadTest, CountersThatWentBackAreUnknown) {
  (void)load_.percent();
  clock_.time += seconds(5);
  cpu_.total -= 100;
  EXPECT_EQ(load_.percent(), std::nullopt);
}

TEST(OwnCpuTime, GrowsWithWork) {
  const base::Duration before = own_cpu_time();
  volatile unsigned sink = 0;
  while (own_cpu_time() - before < milliseconds(5)) sink = sink + 1;
  EXPECT_GT(own_cpu_time(), before);
}

}  // namespace
}  // namespace lull::agent
