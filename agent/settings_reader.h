// SPDX-License-Identifier: MIT
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "agent/settings.h"
#include "agent/settings_table.h"
#include "core/base/result.h"

// One settings file, read once, with everything that can be said about it. Private to the settings.
namespace lull::agent {

// The keys that may not be changed here, and the file that says so.
using Locks = std::map<const SettingRow*, std::string>;

struct FileReading {
  Settings settings;                     // what was below, with every good value of the file
  std::vector<const SettingRow*> given;  // those
  std::vector<const SettingRow*> locks;  // what the file locks
  std::vector<std::string> ignored;      // values of locked keys: "file:line:column: …"
  std::vector<base::Error> errors;       // in the order of the file
};

// A text that is not TOML has one error, the first, and nothing else. `locks` are those of files
// before; a value they are about is ignored, whatever it is.
FileReading read_settings_text(std::string_view text, const std::string& file,
                               SettingsFileKind kind, Settings onto, const Locks& locks = {});

}  // namespace lull::agent
