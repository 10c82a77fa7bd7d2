// SPDX-License-Identifier: MIT
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/platform/kernel_file_linux.h"
#include "core/platform/power_judge.h"
#include "core/platform/power_probe.h"
#include "core/platform/text_scan.h"

namespace lull::platform {
namespace {

// The kernel allows twelve.
constexpr int kMostTrips = 12;

std::optional<double> read_celsius(const std::string& path) {
  const auto text = read_word_file(path);
  const auto millidegrees = text ? to_signed_number(*text) : std::nullopt;
  if (!millidegrees) return std::nullopt;
  return static_cast<double>(*millidegrees) / 1000;
}

void read_trips(const std::string& directory, ThermalZone& zone) {
  for (int i = 0; i < kMostTrips; ++i) {
    const std::string trip = directory + "/trip_point_" + std::to_string(i);
    const auto type = read_word_file(trip + "_type");
    if (!type) return;
    if (*type == "hot") zone.hot = read_celsius(trip + "_temp");
    if (*type == "critical") zone.critical = read_celsius(trip + "_temp");
  }
}

class LinuxThermalProbe final : public ThermalProbe {
 public:
  explicit LinuxThermalProbe(const SystemRoots& roots) : directory_(roots.sys + "/class/thermal") {}

  model::ThermalState read() override {
    const auto names = list_directory(directory_);
    if (!names) return {};
    std::vector<ThermalZone> zones;
    for (const std::string& name : *names) {
      if (!name.starts_with("thermal_zone")) continue;
      const std::string zone_directory = directory_ + "/" + name;
      // A zone that is off says so by an error.
      const auto celsius = read_celsius(zone_directory + "/temp");
      if (!celsius) continue;
      ThermalZone zone{*celsius, std::nullopt, std::nullopt};
      read_trips(zone_directory, zone);
      zones.push_back(zone);
    }
    return judge_thermal(zones);
  }

 private:
  const std::string directory_;
};

}  // namespace

std::unique_ptr<ThermalProbe> make_thermal_probe(const SystemRoots& roots) {
  return std::make_unique<LinuxThermalProbe>(roots);
}

}  // namespace lull::platform
