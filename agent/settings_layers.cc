// SPDX-License-Identifier: MIT
#include "agent/settings_layers.h"

#include <algorithm>
#include <array>
#include <utility>

#include "agent/settings_edit.h"
#include "agent/settings_reader.h"

namespace lull::agent {
namespace {

// What a broken machine's file may have been about to forbid, and its most careful value.
struct Careful {
  std::string_view section, key, value;
};
constexpr std::array kCareful = {
    Careful{"automation", "clean", "off"},
    Careful{"automation", "relief", "false"},
    Careful{"automation", "on_battery", "false"},
    Careful{"performance", "enable_background_refresh", "false"},
    Careful{"relief", "move_stale_files", "false"},
    Careful{"relief", "squeeze", "off"},
    Careful{"clean", "tiers", "[\"safe\"]"},
    Careful{"clean", "purge_after", "3650 d"},
};

std::size_t index_of(const SettingRow* row) {
  return static_cast<std::size_t>(row - setting_rows().data());
}

MachineSettings defaults() {
  MachineSettings machine;
  machine.states.resize(setting_rows().size());
  return machine;
}

void be_careful(MachineSettings& machine, const std::string& file) {
  for (const Careful& careful : kCareful) {
    const SettingRow* row = find_setting(careful.section, careful.key);
    (void)assign_setting(*row, careful.value, machine.values);
    machine.states[index_of(row)] = {SettingSource::kSystem, file};
  }
}

// The values of one file; its first error.
base::Status add_file(MachineSettings& machine, const std::string& file) {
  const auto text = read_settings_file(file);
  if (!text) return tl::unexpected(text.error());
  FileReading reading = read_settings_text(text->value_or(""), file, SettingsFileKind::kSystem,
                                           std::move(machine.values));
  machine.values = std::move(reading.settings);
  for (const SettingRow* row : reading.given)
    machine.states[index_of(row)].source = SettingSource::kSystem;
  for (const SettingRow* row : reading.locks) machine.states[index_of(row)].locked_by = file;
  if (!reading.errors.empty()) return tl::unexpected(std::move(reading.errors.front()));
  return {};
}

Locks locks_of(const MachineSettings& machine) {
  Locks locks;
  for (const SettingRow& row : setting_rows())
    if (const auto& state = machine.states[index_of(&row)]; !state.locked_by.empty())
      locks.emplace(&row, state.locked_by);
  return locks;
}

std::vector<std::string> machine_files(const std::vector<std::string>& files) {
  if (files.empty()) return {};
  return {files.begin(), files.end() - 1};
}

}  // namespace

std::string_view setting_source_name(SettingSource source) {
  switch (source) {
    case SettingSource::kDefault:
      return "default";
    case SettingSource::kSystem:
      return "system";
    case SettingSource::kUser:
      return "user";
  }
  return "default";
}

MachineSettings load_machine_settings(const std::vector<std::string>& files,
                                      const MachineSettings* last) {
  MachineSettings machine = defaults();
  for (const std::string& file : files) {
    const base::Status added = add_file(machine, file);
    if (added || !machine.trouble.empty()) continue;
    machine.trouble = added.error().to_string();
    if (last != nullptr) {
      machine.values = last->values;
      machine.states = last->states;
      machine.trouble += "; the machine's last good settings stay";
      return machine;
    }
    be_careful(machine, file);
    machine.trouble += "; until that is mended, nothing is done by itself or removed for good";
  }
  return machine;
}

base::Result<LayeredSettings> load_user_settings(const std::string& file,
                                                 const MachineSettings& machine) {
  const auto text = read_settings_file(file);
  if (!text) return tl::unexpected(text.error());
  FileReading reading = read_settings_text(text->value_or(""), file, SettingsFileKind::kUser,
                                           machine.values, locks_of(machine));
  if (!reading.errors.empty()) return tl::unexpected(std::move(reading.errors.front()));
  LayeredSettings layers{std::move(reading.settings), machine.states, {}};
  for (const SettingRow* row : reading.given)
    layers.states[index_of(row)].source = SettingSource::kUser;
  if (!machine.trouble.empty()) layers.remarks.push_back(machine.trouble);
  for (std::string& line : reading.ignored) layers.remarks.push_back(std::move(line));
  return layers;
}

base::Result<LayeredSettings> load_layers(const std::vector<std::string>& files) {
  const MachineSettings machine = load_machine_settings(machine_files(files));
  if (files.empty()) return LayeredSettings{machine.values, machine.states, {}};
  return load_user_settings(files.back(), machine);
}

base::Status check_not_locked(std::string_view dotted_key, const MachineSettings& machine) {
  const auto row = find_dotted_setting(dotted_key);
  if (!row) return {};  // setting it says more
  const std::string& by = machine.states[index_of(*row)].locked_by;
  if (by.empty()) return {};
  std::string message = dotted((*row)->info) + " is locked by " + by;
  if (!machine.trouble.empty()) message += " (" + machine.trouble + ")";
  return base::fail(base::ErrorCode::kInvalidArgument, std::move(message));
}

std::vector<std::string> find_ignored_settings(const std::string& file,
                                               const MachineSettings& machine) {
  const auto text = read_settings_file(file);
  if (!text || !*text) return {};
  return read_settings_text(**text, file, SettingsFileKind::kUser, {}, locks_of(machine)).ignored;
}

}  // namespace lull::agent
