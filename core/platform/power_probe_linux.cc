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

std::optional<std::uint64_t> read_number(const std::string& path) {
  const auto text = read_word_file(path);
  return text ? to_number(*text) : std::nullopt;
}

// Drivers count energy or charge.
void read_gauge(const std::string& directory, PowerSupply& supply) {
  supply.energy_now = read_number(directory + "/energy_now");
  supply.energy_full = read_number(directory + "/energy_full");
  if (supply.energy_now && supply.energy_full) return;
  supply.energy_now = read_number(directory + "/charge_now");
  supply.energy_full = read_number(directory + "/charge_full");
  supply.in_charge = true;
}

PowerSupply read_supply(const std::string& directory) {
  PowerSupply supply;
  supply.type = read_word_file(directory + "/type").value_or("");
  supply.scope = read_word_file(directory + "/scope").value_or("");
  supply.online = read_number(directory + "/online");
  if (supply.type != "Battery" && supply.type != "UPS") return supply;
  supply.status = read_word_file(directory + "/status").value_or("");
  supply.present = read_number(directory + "/present");
  supply.capacity = read_number(directory + "/capacity");
  read_gauge(directory, supply);
  return supply;
}

class LinuxPowerProbe final : public PowerProbe {
 public:
  explicit LinuxPowerProbe(const SystemRoots& roots)
      : directory_(roots.sys + "/class/power_supply") {}

  model::PowerState read() override {
    const auto names = list_directory(directory_);
    // A kernel without the class has no battery; a class that may not be read may have one.
    if (!names && names.error().code != base::ErrorCode::kNotFound) return {};
    std::vector<PowerSupply> supplies;
    if (names)
      for (const std::string& name : *names)
        supplies.push_back(read_supply(directory_ + "/" + name));
    return judge_power(supplies);
  }

 private:
  const std::string directory_;
};

}  // namespace

std::unique_ptr<PowerProbe> make_power_probe(const SystemRoots& roots) {
  return std::make_unique<LinuxPowerProbe>(roots);
}

}  // namespace lull::platform
