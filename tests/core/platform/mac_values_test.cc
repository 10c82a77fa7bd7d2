// SPDX-License-Identifier: MIT
#include <array>
#include <limits>

#include <gtest/gtest.h>

#include "core/platform/mac_power.h"
#include "core/platform/mac_pressure.h"
#include "core/platform/mac_ticks.h"

namespace lull::platform {
namespace {

using model::PowerSource;
using model::PressureLevel;
using model::ThermalLevel;

TEST(MacTicks, EverythingButIdleIsBusy) {
  const std::array<MacCpuTicks, 2> processors = {{{10, 20, 300, 4}, {1, 2, 30, 0}}};
  const auto times = cpu_times_of(processors);
  EXPECT_EQ(times.busy_ticks, 10U + 20 + 4 + 1 + 2);
  EXPECT_EQ(times.total_ticks, times.busy_ticks + 330);
  EXPECT_EQ(cpu_times_of({}).total_ticks, 0U);
}

TEST(MacTicks, SumsOfProcessorsDoNotWrap) {
  constexpr std::uint32_t kMost = std::numeric_limits<std::uint32_t>::max();
  const std::array<MacCpuTicks, 2> processors = {{{kMost, 0, 0, 0}, {kMost, 0, 0, 0}}};
  EXPECT_EQ(cpu_times_of(processors).busy_ticks, 2 * std::uint64_t{kMost});
}

TEST(MacTicks, MachTimeIsScaledWithoutOverflow) {
  EXPECT_EQ(ns_of_mach_time(1'000, 1, 1), 1'000U);  // Intel
  EXPECT_EQ(ns_of_mach_time(24, 125, 3), 1'000U);   // Apple silicon: 24 MHz
  EXPECT_EQ(ns_of_mach_time(25, 125, 3), 1'041U);   // rounded down
  constexpr std::uint64_t kCentury = std::uint64_t{100} * 365 * 86'400 * 24'000'000;
  EXPECT_EQ(ns_of_mach_time(kCentury, 125, 3), kCentury / 3 * 125);
  EXPECT_EQ(ns_of_mach_time(7, 2, 0), 14U);
}

TEST(MacPower, TheProvidingSourceDecides) {
  EXPECT_EQ(judge_power("AC Power", {}).source, PowerSource::kMains);
  EXPECT_EQ(judge_power("Battery Power", {}).source, PowerSource::kBattery);
  EXPECT_EQ(judge_power("UPS Power", {}).source, PowerSource::kBattery);
  EXPECT_EQ(judge_power("", {}).source, PowerSource::kUnknown);
  EXPECT_EQ(judge_power("AC Power\n", {}).source, PowerSource::kUnknown);
}

TEST(MacPower, TheInternalBatteryTellsThePercentage) {
  const std::array<MacPowerSource, 2> sources = {
      {{"UPS", true, 50, 100}, {"InternalBattery", true, 3'000, 4'000}}};
  EXPECT_EQ(judge_power("AC Power", sources).battery_percent, 75);
  EXPECT_EQ(judge_power("UPS Power", std::span(sources).first(1)).battery_percent, 50);
}

TEST(MacPower, ABatteryThatSaysNothingUsefulHasNoPercentage) {
  const std::array<MacPowerSource, 4> sources = {{{"InternalBattery", false, 1, 2},
                                                  {"InternalBattery", true, 1, std::nullopt},
                                                  {"InternalBattery", true, std::nullopt, 1},
                                                  {"InternalBattery", true, 1, 0}}};
  EXPECT_EQ(judge_power("Battery Power", sources).battery_percent, std::nullopt);
  const std::array<MacPowerSource, 1> wild = {{{"InternalBattery", true, 300, 100}}};
  EXPECT_EQ(judge_power("Battery Power", wild).battery_percent, 100);
}

TEST(MacPower, OnlySeriousHeatIsHot) {
  EXPECT_EQ(thermal_state_of(0).level, ThermalLevel::kNominal);
  EXPECT_EQ(thermal_state_of(1).level, ThermalLevel::kNominal);
  EXPECT_EQ(thermal_state_of(2).level, ThermalLevel::kHot);
  EXPECT_EQ(thermal_state_of(3).level, ThermalLevel::kCritical);
  EXPECT_EQ(thermal_state_of(4).level, ThermalLevel::kUnknown);
  EXPECT_EQ(thermal_state_of(-1).level, ThermalLevel::kUnknown);
}

TEST(MacPower, IdleTimeIsSecondsOrUnknown) {
  EXPECT_EQ(user_idle_of(1.5).idle_for, std::chrono::milliseconds(1'500));
  EXPECT_EQ(user_idle_of(0).idle_for, base::Duration::zero());
  for (const double wild : {-1.0, 1e300, std::numeric_limits<double>::quiet_NaN(),
                            std::numeric_limits<double>::infinity()})
    EXPECT_EQ(user_idle_of(wild).idle_for, std::nullopt) << wild;
}

TEST(MacPressure, LevelsAreTheKernelsFlags) {
  EXPECT_EQ(pressure_level_of(1), PressureLevel::kNormal);
  EXPECT_EQ(pressure_level_of(2), PressureLevel::kWarning);
  EXPECT_EQ(pressure_level_of(4), PressureLevel::kCritical);
  for (const long unknown : {0L, 3L, 5L, 8L, -1L})
    EXPECT_EQ(pressure_level_of(unknown), std::nullopt) << unknown;
}

TEST(MacPressure, ATriggerFiresFromItsLevelOn) {
  using Kind = PressureTrigger::Kind;
  EXPECT_EQ(level_for({Kind::kSome, 100'000, 2'000'000}), PressureLevel::kWarning);
  EXPECT_EQ(level_for({Kind::kFull, 100'000, 2'000'000}), PressureLevel::kCritical);
  EXPECT_EQ(level_for({Kind::kSome, 70'000, 2'000'000}), std::nullopt);
}

}  // namespace
}  // namespace lull::platform
