// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <memory>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "core/platform/cpu_probe.h"
#include "core/platform/disk_probe.h"
#include "core/platform/power_probe.h"

// What the probes of CPU, volumes, power and heat promise. Include once, then instantiate.
namespace lull::contract {

struct SystemProbeCase {
  std::string name;
  std::function<std::unique_ptr<platform::CpuProbe>()> cpu;
  std::function<std::unique_ptr<platform::DiskProbe>()> disks;
  std::function<std::unique_ptr<platform::PowerProbe>()> power;
  std::function<std::unique_ptr<platform::ThermalProbe>()> thermal;
};

class SystemProbeContract : public testing::TestWithParam<SystemProbeCase> {};

TEST_P(SystemProbeContract, CpuTimeIsBusyOrIdleAndGoesOn) {
  const auto probe = GetParam().cpu();
  const auto first = probe->read();
  const auto second = probe->read();
  ASSERT_TRUE(first && second);
  EXPECT_GE(first->cores, 1u);
  EXPECT_GE(first->load_1m, 0);
  EXPECT_LE(first->times.busy_ticks, first->times.total_ticks);
  EXPECT_LE(first->times.total_ticks, second->times.total_ticks);
}

TEST_P(SystemProbeContract, EachVolumeIsListedOnceWithWhatIsLeftOfIt) {
  const auto disks = GetParam().disks()->list();
  ASSERT_TRUE(disks) << disks.error().to_string();
  ASSERT_FALSE(disks->empty());
  std::set<std::string> mounts;
  for (const model::DiskSpace& disk : *disks) {
    EXPECT_TRUE(mounts.insert(disk.mount).second) << disk.mount;
    EXPECT_TRUE(disk.mount.starts_with('/'));
    EXPECT_FALSE(disk.type.empty());
    EXPECT_LE(disk.available_bytes, disk.total_bytes);
  }
  EXPECT_TRUE(mounts.contains("/"));
}

TEST_P(SystemProbeContract, APercentageOfABatteryIsOne) {
  const auto state = GetParam().power()->read();
  EXPECT_GE(state.battery_percent.value_or(0), 0);
  EXPECT_LE(state.battery_percent.value_or(0), 100);
  EXPECT_TRUE(state.battery_percent || state.source != model::PowerSource::kBattery);
}

TEST_P(SystemProbeContract, WhoKnowsTheLevelKnowsTheTemperature) {
  const auto state = GetParam().thermal()->read();
  EXPECT_EQ(state.level != model::ThermalLevel::kUnknown, state.hottest_celsius.has_value());
}

}  // namespace lull::contract
