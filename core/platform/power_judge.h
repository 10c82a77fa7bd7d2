// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "core/model/system.h"

// What the raw values of /sys/class/power_supply and /sys/class/thermal mean. Pure.
namespace lull::platform {

// One supply (Documentation/ABI/testing/sysfs-class-power); empty and nullopt: no such file.
struct PowerSupply {
  std::string type;    // Mains, USB, Wireless, Battery, UPS
  std::string scope;   // Device: it feeds a mouse or a headset, not this machine
  std::string status;  // Charging, Discharging, Not charging, Full, Unknown
  std::optional<std::uint64_t> present;
  std::optional<std::uint64_t> online;
  std::optional<std::uint64_t> capacity;    // percent
  std::optional<std::uint64_t> energy_now;  // µWh
  std::optional<std::uint64_t> energy_full;
  bool in_charge = false;  // the two above are µAh
};
// Mains if any adapter is online or no battery feeds the machine (no supply at all is a desktop);
// battery if one discharges, or if there are only adapters that are offline and a battery that says
// nothing better. Several batteries give one percentage, by energy where all tell it, else the
// mean.
model::PowerState judge_power(std::span<const PowerSupply> supplies);

// One zone (Documentation/driver-api/thermal/sysfs-api.rst), degrees Celsius.
struct ThermalZone {
  double celsius = 0;
  std::optional<double> hot;       // trip point of type "hot"
  std::optional<double> critical;  // of type "critical": the kernel shuts down there
};
// Critical at a critical trip point; hot at a hot one or less than 5 °C below a critical one;
// unknown without a zone. Temperatures no silicon has (under −40, over 150) do not count.
model::ThermalState judge_thermal(std::span<const ThermalZone> zones);

}  // namespace lull::platform
