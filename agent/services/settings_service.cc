// SPDX-License-Identifier: MIT
#include "agent/services/settings_service.h"

#include <algorithm>
#include <utility>

#include <spdlog/spdlog.h>

#include "agent/services/keep_read.h"
#include "scheduler/offload.h"

namespace lull::agent {

SettingsService::SettingsService(scheduler::Engine& engine, scheduler::Executor& blocking,
                                 std::vector<std::string> files)
    : engine_(engine), blocking_(blocking), files_(std::move(files)) {}

base::Result<std::unique_ptr<SettingsService>> SettingsService::load(
    scheduler::Engine& engine, scheduler::Executor& blocking, std::vector<std::string> files) {
  std::unique_ptr<SettingsService> service(new SettingsService(engine, blocking, std::move(files)));
  LULL_TRY(service->reload());
  return service;
}

std::vector<std::string> SettingsService::machine_files() const {
  if (files_.empty()) return {};
  return {files_.begin(), files_.end() - 1};
}

base::Status SettingsService::reload() {
  struct Read {
    MachineSettings machine;
    base::Result<LayeredSettings> layers;
  };
  // A copy: while this waits, another fiber may read them too.
  const std::optional<MachineSettings> last = machine_;
  Read read = scheduler::offload(engine_, blocking_, [&] {
    Read both{load_machine_settings(machine_files(), last ? &*last : nullptr), LayeredSettings{}};
    both.layers = files_.empty() ? LayeredSettings{both.machine.values, both.machine.states, {}}
                                 : load_user_settings(files_.back(), both.machine);
    return both;
  });
  if (read.machine.trouble.empty()) machine_ = std::move(read.machine);
  if (!read.layers) return tl::unexpected(std::move(read.layers).error());
  take(*std::move(read.layers));
  return {};
}

void SettingsService::take(LayeredSettings layers) {
  const bool changed = show_settings(settings_) != show_settings(layers.values);
  // The first ones are said at the start, by whoever starts.
  if (!states_.empty())
    for (const std::string& remark : layers.remarks)
      if (std::find(remarks_.begin(), remarks_.end(), remark) == remarks_.end())
        spdlog::warn("{}", remark);
  settings_ = std::move(layers.values);
  states_ = std::move(layers.states);
  remarks_ = std::move(layers.remarks);
  if (changed)
    for (const auto& observer : observers_) observer();
}

base::Status SettingsService::set(const std::string& key, const std::string& value) {
  if (files_.empty())
    return base::fail(base::ErrorCode::kUnavailable, "this agent has no settings file to write");
  const std::optional<MachineSettings> last = machine_;
  base::Status written = scheduler::offload(engine_, blocking_, [&]() -> base::Status {
    const auto machine = load_machine_settings(machine_files(), last ? &*last : nullptr);
    LULL_TRY(check_not_locked(key, machine));
    return set_setting(files_.back(), key, value);
  });
  if (!written) return written;
  return reload();
}

void SettingsService::watch() {
  watch_ = keep_read(
      "settings", [this] { return reload(); },
      [&](auto changed) { return watch_files(engine_, files_, std::move(changed)); });
}

void SettingsService::stop_watching() { watch_.reset(); }

}  // namespace lull::agent
