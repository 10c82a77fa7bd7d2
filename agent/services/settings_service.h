// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/services/file_watch.h"
#include "agent/settings_layers.h"
#include "core/base/result.h"
#include "scheduler/engine.h"
#include "scheduler/executor.h"

namespace lull::agent {

// The one current Settings value, read again when asked (SIGHUP) or when a file changed. A broken
// file of the user's leaves the settings as they are, one of the machine's leaves the machine's
// part as it was. Engine thread.
class SettingsService {
 public:
  // `files` in the order of their weight, the user's last. Fails on the first error in the user's.
  static base::Result<std::unique_ptr<SettingsService>> load(scheduler::Engine& engine,
                                                             scheduler::Executor& blocking,
                                                             std::vector<std::string> files);

  // Stays at one address: whoever keeps the reference sees every change.
  const Settings& current() const { return settings_; }
  // Where each comes from and what is locked, in the order of setting_table().
  const std::vector<SettingState>& states() const { return states_; }
  // What a person should know of the files, a line each (LayeredSettings).
  const std::vector<std::string>& remarks() const { return remarks_; }
  const std::vector<std::string>& files() const { return files_; }

  // Reads the files again; on success the observers are called if a value changed.
  base::Status reload();
  // Writes the user's file, then reloads. kInvalidArgument for what the machine's file locks.
  base::Status set(const std::string& key, const std::string& value);
  // Reloads now, and by itself from now on.
  void watch();
  void stop_watching();  // idempotent
  void on_change(std::function<void()> observer) { observers_.push_back(std::move(observer)); }

 private:
  SettingsService(scheduler::Engine& engine, scheduler::Executor& blocking,
                  std::vector<std::string> files);

  scheduler::Engine& engine_;
  scheduler::Executor& blocking_;
  const std::vector<std::string> files_;
  std::vector<std::string> machine_files() const;
  void take(LayeredSettings layers);

  Settings settings_;
  std::vector<SettingState> states_;
  std::vector<std::string> remarks_;
  std::optional<MachineSettings> machine_;  // the last without trouble
  std::vector<std::function<void()>> observers_;
  std::unique_ptr<FileWatch> watch_;
};

}  // namespace lull::agent
