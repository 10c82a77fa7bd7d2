// SPDX-License-Identifier: MIT
#include "core/platform/power_judge.h"

#include <vector>

#include <gtest/gtest.h>

namespace lull::platform {
namespace {

using model::PowerSource;
using model::ThermalLevel;

PowerSupply adapter(std::uint64_t online, std::string type = "Mains") {
  PowerSupply supply;
  supply.type = std::move(type);
  supply.online = online;
  return supply;
}
PowerSupply battery(std::string status, std::uint64_t percent) {
  PowerSupply supply;
  supply.type = "Battery";
  supply.status = std::move(status);
  supply.capacity = percent;
  return supply;
}
PowerSupply gauge(std::uint64_t now, std::uint64_t full, std::uint64_t percent) {
  PowerSupply supply = battery("Discharging", percent);
  supply.energy_now = now;
  supply.energy_full = full;
  return supply;
}
model::PowerState judged(std::vector<PowerSupply> supplies) { return judge_power(supplies); }

TEST(Power, WithoutAnySupplyIsADesktop) {
  EXPECT_EQ(judged({}).source, PowerSource::kMains);
  EXPECT_EQ(judged({}).battery_percent, std::nullopt);
}

TEST(Power, OnlineAdaptersWinWhateverTheBatterySays) {
  for (const char* status : {"Charging", "Full", "Not charging", "Discharging", "Unknown", ""})
    EXPECT_EQ(judged({adapter(1), battery(status, 50)}).source, PowerSource::kMains) << status;
  EXPECT_EQ(judged({adapter(0), adapter(1, "USB"), battery("Discharging", 50)}).source,
            PowerSource::kMains);
}

TEST(Power, ADischargingBatteryFeedsTheMachine) {
  EXPECT_EQ(judged({adapter(0), battery("Discharging", 50)}).source, PowerSource::kBattery);
  EXPECT_EQ(judged({battery("Discharging", 50)}).source, PowerSource::kBattery);
  EXPECT_EQ(judged({adapter(0), battery("Full", 100), battery("Discharging", 50)}).source,
            PowerSource::kBattery);
}

TEST(Power, ABatteryThatIsFedProvesMainsEvenWithoutAnOnlineAdapter) {
  for (const char* status : {"Charging", "Full", "Not charging"}) {
    EXPECT_EQ(judged({battery(status, 80)}).source, PowerSource::kMains) << status;
    EXPECT_EQ(judged({adapter(0, "USB"), battery(status, 80)}).source, PowerSource::kMains);
  }
}

TEST(Power, ABatteryThatSaysNothingIsJudgedByItsAdapters) {
  EXPECT_EQ(judged({adapter(0), battery("Unknown", 80)}).source, PowerSource::kBattery);
  EXPECT_EQ(judged({battery("Unknown", 80)}).source, PowerSource::kUnknown);
  EXPECT_EQ(judged({battery("", 80)}).source, PowerSource::kUnknown);
}

TEST(Power, MachinesWithoutBatteryAreOnMainsEvenIfTheirAdapterSaysOffline) {
  EXPECT_EQ(judged({adapter(0)}).source, PowerSource::kMains);
}

TEST(Power, TheBatteryOfAMouseIsNotOurs) {
  PowerSupply mouse = battery("Discharging", 10);
  mouse.scope = "Device";
  EXPECT_EQ(judged({mouse}).source, PowerSource::kMains);
  EXPECT_EQ(judged({mouse}).battery_percent, std::nullopt);
  EXPECT_EQ(judged({mouse, battery("Full", 100)}).battery_percent, 100);
}

TEST(Power, AnEmptyBayIsNoBattery) {
  PowerSupply bay = battery("Unknown", 0);
  bay.present = 0;
  EXPECT_EQ(judged({adapter(0), bay}).source, PowerSource::kMains);
  EXPECT_EQ(judged({adapter(0), bay}).battery_percent, std::nullopt);
}

TEST(Power, SeveralBatteriesAreOneByEnergy) {
  EXPECT_DOUBLE_EQ(*judged({gauge(30, 60, 50), gauge(20, 20, 100)}).battery_percent, 62.5);
}

TEST(Power, SeveralBatteriesThatCannotBeAddedAreAveraged) {
  PowerSupply charge = gauge(20, 20, 100);
  charge.in_charge = true;
  EXPECT_DOUBLE_EQ(*judged({gauge(30, 60, 50), charge}).battery_percent, 75);
  EXPECT_DOUBLE_EQ(*judged({gauge(30, 60, 50), battery("Full", 100)}).battery_percent, 75);
}

TEST(Power, NonsenseOfAGaugeStaysAPercentage) {
  EXPECT_DOUBLE_EQ(*judged({battery("Full", 104)}).battery_percent, 100);
  PowerSupply broken = gauge(10, 0, 33);
  EXPECT_DOUBLE_EQ(*judged({broken}).battery_percent, 33);
  PowerSupply silent = battery("Discharging", 0);
  silent.capacity.reset();
  EXPECT_EQ(judged({silent}).battery_percent, std::nullopt);
}

model::ThermalState judged(std::vector<ThermalZone> zones) { return judge_thermal(zones); }

TEST(Thermal, WithoutAZoneIsUnknown) {
  EXPECT_EQ(judged(std::vector<ThermalZone>{}).level, ThermalLevel::kUnknown);
  EXPECT_EQ(judged(std::vector<ThermalZone>{}).hottest_celsius, std::nullopt);
}

TEST(Thermal, TheHottestZoneIsTheMachinesButTheWorstZoneItsLevel) {
  const auto state = judged(std::vector<ThermalZone>{{80, {}, 105}, {61, 60, {}}, {40, {}, {}}});
  EXPECT_EQ(state.level, ThermalLevel::kHot);
  EXPECT_EQ(state.hottest_celsius, 80);
}

TEST(Thermal, LevelsAreThoseOfTheTripPoints) {
  const auto level = [](double celsius) {
    return judged(std::vector<ThermalZone>{{celsius, 90, 100}}).level;
  };
  EXPECT_EQ(level(89.9), ThermalLevel::kNominal);
  EXPECT_EQ(level(90), ThermalLevel::kHot);
  EXPECT_EQ(level(99.9), ThermalLevel::kHot);
  EXPECT_EQ(level(100), ThermalLevel::kCritical);
  EXPECT_EQ(judged(std::vector<ThermalZone>{{95, {}, 100}}).level, ThermalLevel::kNominal);
  EXPECT_EQ(judged(std::vector<ThermalZone>{{95.1, {}, 100}}).level, ThermalLevel::kHot);
}

TEST(Thermal, TripPointsAndTemperaturesThatCannotBeAreIgnored) {
  EXPECT_EQ(judged(std::vector<ThermalZone>{{40, 0, -273}}).level, ThermalLevel::kNominal);
  EXPECT_EQ(judged(std::vector<ThermalZone>{{-274, 10, 20}, {255, 10, 20}}).level,
            ThermalLevel::kUnknown);
}

}  // namespace
}  // namespace lull::platform
