// SPDX-License-Identifier: MIT
#include "core/platform/mac_power.h"

#include <algorithm>
#include <chrono>

namespace lull::platform {
namespace {

constexpr double kTenYears = 10 * 365.25 * 24 * 3600;

std::optional<double> percent_of(std::string_view type, std::span<const MacPowerSource> sources) {
  for (const MacPowerSource& source : sources) {
    if (source.type != type || !source.present || !source.capacity || !source.full) continue;
    if (*source.full > 0) return std::clamp(100 * *source.capacity / *source.full, 0.0, 100.0);
  }
  return std::nullopt;
}

}  // namespace

model::PowerState judge_power(std::string_view providing, std::span<const MacPowerSource> sources) {
  using model::PowerSource;
  model::PowerState state;
  if (providing == "AC Power") state.source = PowerSource::kMains;
  if (providing == "Battery Power" || providing == "UPS Power")
    state.source = PowerSource::kBattery;
  state.battery_percent = percent_of("InternalBattery", sources);
  if (!state.battery_percent) state.battery_percent = percent_of("UPS", sources);
  return state;
}

model::UserIdle user_idle_of(double seconds) {
  if (!(seconds >= 0 && seconds <= kTenYears)) return {};
  return {std::chrono::duration_cast<base::Duration>(std::chrono::duration<double>(seconds))};
}

}  // namespace lull::platform
