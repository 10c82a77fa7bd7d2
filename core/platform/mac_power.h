// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/model/system.h"

// What macOS says of power and heat, as ours. Pure.
namespace lull::platform {

// One power source as IOPSGetPowerSourceDescription describes it (IOKit/ps/IOPSKeys.h); empty and
// nullopt: no such key.
struct MacPowerSource {
  std::string type;                // InternalBattery, UPS
  bool present = true;             // Is Present
  std::optional<double> capacity;  // Current Capacity
  std::optional<double> full;      // Max Capacity, in the same unit
};
// `providing` is what IOPSGetProvidingPowerSourceType says: "AC Power", "Battery Power" or "UPS
// Power", which is a battery too; anything else is unknown. The percentage is the internal
// battery's, else the UPS's.
model::PowerState judge_power(std::string_view providing, std::span<const MacPowerSource> sources);

// NSProcessInfoThermalState: 0 nominal, 1 fair (the fans can be heard: nothing to spare the machine
// from yet), 2 serious, 3 critical.
constexpr model::ThermalState thermal_state_of(long told) {
  using model::ThermalLevel;
  if (told == 0 || told == 1) return {ThermalLevel::kNominal, std::nullopt};
  if (told == 2) return {ThermalLevel::kHot, std::nullopt};
  if (told == 3) return {ThermalLevel::kCritical, std::nullopt};
  return {};
}

// Seconds since somebody touched an input device, as CGEventSourceSecondsSinceLastEventType tells;
// negative, not a number or beyond ten years: nobody knows.
model::UserIdle user_idle_of(double seconds);

}  // namespace lull::platform
