// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "agent/settings.h"
#include "core/base/result.h"

// Settings with where they come from: Lull's defaults, the machine's file, the user's, each above
// the one before, and what the machine's administrator has locked.
//
// A lock guides against accident: a user's file, `lull config set` and the window cannot change
// what is locked, and no environment variable names another machine's file. It is no defence
// against a user who means to: they may run a program of their own, and whatever Lull does as them
// they may do without it. What must not happen as a user is for permissions, not for settings.
namespace lull::agent {

enum class SettingSource { kDefault, kSystem, kUser };
std::string_view setting_source_name(SettingSource source);  // "default", "system", "user"

struct SettingState {
  SettingSource source = SettingSource::kDefault;
  std::string locked_by;  // the machine's file; empty: not locked
};

// What the machine's files say together.
struct MachineSettings {
  Settings values;
  std::vector<SettingState> states;  // in the order of setting_table()
  // A sentence, empty if all is well. A broken file is the administrator's fault and must not end
  // every user's Lull (as one in sshd_config would); but to go on as if it were not there would
  // undo its locks by a typing error. So what can be read counts, and whatever acts by itself or
  // destroys (automation, squeezing, purging, notes of habits) is off and locked until it is
  // mended; what a person asks for by hand still works.
  std::string trouble;
};

struct LayeredSettings {
  Settings values;
  std::vector<SettingState> states;  // in the order of setting_table()
  // For people, a line each: the machine's file is broken; a value of the user's is ignored, with
  // file, line and key.
  std::vector<std::string> remarks;
};

// All of `files`, later ones above; a missing one is fine. With `last` (the last that were without
// trouble) a broken file changes nothing but `trouble`. Blocks on the disk.
MachineSettings load_machine_settings(const std::vector<std::string>& files,
                                      const MachineSettings* last = nullptr);
// The user's file on top. kInvalidArgument with "file:line:column: …" for the first error in it.
base::Result<LayeredSettings> load_user_settings(const std::string& file,
                                                 const MachineSettings& machine);
// Both; the last of `files` is the user's. No files: the defaults.
base::Result<LayeredSettings> load_layers(const std::vector<std::string>& files);

// kInvalidArgument: "automation.clean is locked by /etc/lull/config.toml". A key that does not
// exist is not locked.
base::Status check_not_locked(std::string_view dotted_key, const MachineSettings& machine);

// What would be ignored of a user's file as it is; nothing if it cannot be read.
std::vector<std::string> find_ignored_settings(const std::string& file,
                                               const MachineSettings& machine);

}  // namespace lull::agent
