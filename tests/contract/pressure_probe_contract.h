// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <memory>
#include <string>

#include <gtest/gtest.h>
#include <poll.h>

#include "core/platform/pressure_probe.h"

// What every PressureProbe promises. Include once, then instantiate with a name and a factory. A
// machine without pressure information, or one that does not let us, passes by saying so.
namespace lull::contract {

struct PressureProbeCase {
  std::string name;
  std::function<std::unique_ptr<platform::PressureProbe>()> make;
};

class PressureProbeContract : public testing::TestWithParam<PressureProbeCase> {
 protected:
  std::unique_ptr<platform::PressureProbe> probe_ = GetParam().make();
};

TEST_P(PressureProbeContract, AveragesArePercentagesAndTotalsGoOn) {
  const auto first = probe_->read();
  if (!first) {
    EXPECT_EQ(first.error().code, base::ErrorCode::kUnavailable) << first.error().to_string();
    return;
  }
  for (const double average : {first->some_avg10, first->some_avg60, first->some_avg300,
                               first->full_avg10, first->full_avg60, first->full_avg300}) {
    EXPECT_GE(average, 0);
    EXPECT_LE(average, 100);
  }
  const auto second = probe_->read();
  ASSERT_TRUE(second);
  EXPECT_GE(second->taken_at, first->taken_at);
  EXPECT_GE(second->some_total_us, first->some_total_us);
  EXPECT_GE(second->full_total_us, first->full_total_us);
}

TEST_P(PressureProbeContract, ATriggerIsSetAndQuietOrRefusedWithAReason) {
  for (const auto kind :
       {platform::PressureTrigger::Kind::kSome, platform::PressureTrigger::Kind::kFull}) {
    const auto trigger = probe_->open_trigger({kind, 1'900'000, 2'000'000});
    if (!trigger) {
      EXPECT_TRUE(trigger.error().code == base::ErrorCode::kUnavailable ||
                  trigger.error().code == base::ErrorCode::kPermissionDenied ||
                  trigger.error().code == base::ErrorCode::kInvalidArgument)
          << trigger.error().to_string();
      continue;
    }
    ::pollfd poll{trigger->get(), POLLPRI, 0};
    EXPECT_EQ(::poll(&poll, 1, 0), 0) << poll.revents;
  }
}

TEST_P(PressureProbeContract, SeveralTriggersMayBeSet) {
  const auto first = probe_->open_trigger({});
  if (!first) GTEST_SKIP() << first.error().to_string();
  EXPECT_TRUE(probe_->open_trigger({}));
}

TEST_P(PressureProbeContract, ATriggerThatCannotBeIsRefused) {
  for (const platform::PressureTrigger trigger :
       {platform::PressureTrigger{{}, 100'000, 12'000'000},
        platform::PressureTrigger{{}, 3'000'000, 2'000'000},
        platform::PressureTrigger{{}, 0, 2'000'000}}) {
    const auto refused = probe_->open_trigger(trigger);
    ASSERT_FALSE(refused) << trigger.stall_us << "/" << trigger.window_us;
    EXPECT_TRUE(refused.error().code == base::ErrorCode::kInvalidArgument ||
                refused.error().code == base::ErrorCode::kPermissionDenied ||
                refused.error().code == base::ErrorCode::kUnavailable)
        << refused.error().to_string();
  }
}

}  // namespace lull::contract
