// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <string_view>

#include "agent/settings_table.h"
#include "core/base/result.h"

// The parts of set_setting() that touch no file. Private to the settings.
namespace lull::agent {

// "section.key"; kInvalidArgument with the nearest one.
base::Result<const SettingRow*> find_dotted_setting(std::string_view dotted_key);
// The value is TOML, or a bare word for a text or for a list of one text.
base::Status assign_setting(const SettingRow& row, std::string_view value, Settings& settings);
// `text` with that value, every other byte kept. Fails, with what is wrong, if text or value are.
base::Result<std::string> edit_settings(std::string_view text, const std::string& file,
                                        const SettingRow& row, std::string_view value);

}  // namespace lull::agent
