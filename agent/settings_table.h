// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "agent/settings.h"

// The one table of settings: names, help, ranges, and the way from a value in a file to the field
// and back. Private to the settings; everybody else sees setting_table().
namespace lull::agent {

// A value as a file can hold it, freed of the TOML library.
using RawValue = std::variant<bool, std::int64_t, double, std::string, std::vector<std::string>>;

struct SettingRow {
  SettingInfo info;
  std::string expected;  // completes "… is not": "a whole number from 1 to 64"
  // Puts the value into its field; false if the type or the range is wrong, and nothing has
  // changed.
  std::function<bool(const RawValue&, Settings&)> assign;
  // The field as TOML; assign() of it gives the same field again.
  std::function<std::string(const Settings&)> show;
};

// In the order of the contract; built once, then constant. Any thread.
std::span<const SettingRow> setting_rows();
// The sections in the same order, each once.
std::span<const std::string_view> setting_sections();
// Null if there is none.
const SettingRow* find_setting(std::string_view section, std::string_view key);

// The value between quotes as TOML's basic string.
std::string toml_string(std::string_view text);
// "unknown key "x" in [ui], did you mean "theme"?", or where the key really belongs; `section` is
// empty for the top of the file.
std::string unknown_key_message(std::string_view section, std::string_view key);
// "ui.theme: "drak" is not one of …, did you mean "dark"?"; `shown` is the value as it was written.
std::string bad_value_message(const SettingRow& row, const RawValue* value, std::string_view shown);
// "a, b or c".
std::string join_words(std::span<const std::string_view> words, std::string_view last_separator);
// For messages: quoted, shortened, control characters escaped.
std::string in_quotes(std::string_view text);

}  // namespace lull::agent
