// SPDX-License-Identifier: MIT
#include "core/platform/power_judge.h"

#include <algorithm>
#include <vector>

namespace lull::platform {
namespace {

constexpr double kNearCritical = 5;

bool is_battery(const PowerSupply& supply) {
  return supply.type == "Battery" || supply.type == "UPS";
}
bool counts(const PowerSupply& supply) {
  return supply.scope != "Device" && !(is_battery(supply) && supply.present == 0u);
}

std::optional<double> fraction_of(const PowerSupply& battery) {
  if (battery.energy_now && battery.energy_full && *battery.energy_full > 0)
    return 100.0 * static_cast<double>(*battery.energy_now) /
           static_cast<double>(*battery.energy_full);
  if (battery.capacity) return static_cast<double>(*battery.capacity);
  return std::nullopt;
}

std::optional<double> percent_of(const std::vector<const PowerSupply*>& batteries) {
  double now = 0, full = 0, sum = 0;
  unsigned known = 0;
  bool all_tell_energy = true;
  for (const PowerSupply* battery : batteries) {
    const auto percent = fraction_of(*battery);
    if (!percent) continue;
    ++known;
    sum += *percent;
    all_tell_energy &= battery->energy_now && battery->energy_full && *battery->energy_full > 0 &&
                       battery->in_charge == batteries.front()->in_charge;
    now += static_cast<double>(battery->energy_now.value_or(0));
    full += static_cast<double>(battery->energy_full.value_or(0));
  }
  if (known == 0) return std::nullopt;
  // A lone battery says itself what its gauge means.
  if (batteries.size() == 1 && batteries.front()->capacity)
    return std::clamp(static_cast<double>(*batteries.front()->capacity), 0.0, 100.0);
  return std::clamp(all_tell_energy ? 100 * now / full : sum / known, 0.0, 100.0);
}

bool is_plausible(double celsius) { return celsius >= -40 && celsius <= 150; }
bool is_trip(const std::optional<double>& trip) { return trip && *trip > 0; }

model::ThermalLevel level_of(const ThermalZone& zone) {
  using model::ThermalLevel;
  if (is_trip(zone.critical) && zone.celsius >= *zone.critical) return ThermalLevel::kCritical;
  if (is_trip(zone.hot) && zone.celsius >= *zone.hot) return ThermalLevel::kHot;
  if (is_trip(zone.critical) && zone.celsius > *zone.critical - kNearCritical)
    return ThermalLevel::kHot;
  return ThermalLevel::kNominal;
}

}  // namespace

model::PowerState judge_power(std::span<const PowerSupply> supplies) {
  bool online = false;
  bool offline_adapter = false;
  std::vector<const PowerSupply*> batteries;
  for (const PowerSupply& supply : supplies) {
    if (!counts(supply)) continue;
    if (is_battery(supply)) {
      batteries.push_back(&supply);
    } else if (supply.online) {
      (*supply.online > 0 ? online : offline_adapter) = true;
    }
  }
  const auto any_is = [&](std::string_view status) {
    return std::any_of(batteries.begin(), batteries.end(),
                       [&](const PowerSupply* battery) { return battery->status == status; });
  };
  using model::PowerSource;
  model::PowerState state{PowerSource::kMains, percent_of(batteries)};
  if (online || batteries.empty()) return state;
  const bool fed = any_is("Charging") || any_is("Full") || any_is("Not charging");
  if (any_is("Discharging") || (offline_adapter && !fed))
    state.source = PowerSource::kBattery;
  else if (!fed)
    state.source = PowerSource::kUnknown;
  return state;
}

model::ThermalState judge_thermal(std::span<const ThermalZone> zones) {
  model::ThermalState state;
  for (const ThermalZone& zone : zones) {
    if (!is_plausible(zone.celsius)) continue;
    state.level = std::max(state.level, level_of(zone));
    state.hottest_celsius = std::max(state.hottest_celsius.value_or(zone.celsius), zone.celsius);
  }
  return state;
}

}  // namespace lull::platform
