// SPDX-License-Identifier: MIT
#include "agent/settings_reader.h"

#include <algorithm>
#include <utility>

#include <toml++/toml.h>

#include "agent/settings_edit.h"
#include "agent/settings_toml.h"

namespace lull::agent {
namespace {

constexpr std::string_view kLocked = "locked";

// One pass over a parsed file; collects every error.
class Reader {
 public:
  Reader(std::string file, SettingsFileKind kind, Settings onto, const Locks& locks)
      : file_(std::move(file)), kind_(kind), locks_(locks) {
    reading_.settings = std::move(onto);
  }

  FileReading read(const toml::table& root) && {
    for (const auto& [key, node] : root) {
      if (key.str() == kLocked) {
        read_locked(key, node);
      } else {
        read_section(key, node);
      }
    }
    std::stable_sort(errors_.begin(), errors_.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    for (auto& [where, error] : errors_) reading_.errors.push_back(std::move(error));
    return std::move(reading_);
  }

 private:
  void read_locked(const toml::key& key, const toml::node& node) {
    if (kind_ == SettingsFileKind::kUser)
      return error_at(key.source(), std::string(kLocked) + " has no effect here: only " +
                                        kSystemSettingsFile + " can lock settings");
    const toml::array* names = node.as_array();
    if (names == nullptr)
      return error_at(node.source(), "locked is a list of settings: locked = [\"ui.theme\"]");
    for (const toml::node& name : *names) lock(name);
  }

  void lock(const toml::node& name) {
    const auto* text = name.as_string();
    if (text == nullptr) return error_at(name.source(), "locked: " + shown(name) + " is no text");
    const auto row = find_dotted_setting(text->get());
    if (!row) return error_at(name.source(), "locked: " + row.error().message);
    reading_.locks.push_back(*row);
  }

  void read_section(const toml::key& key, const toml::node& node) {
    const auto sections = setting_sections();
    const std::string name(key.str());
    const toml::table* section = node.as_table();
    if (std::find(sections.begin(), sections.end(), key.str()) == sections.end())
      return error_at(key.source(), unknown_key_message({}, key.str()));
    if (section == nullptr)
      return error_at(key.source(),
                      name + " is a section: write [" + name + "] and its keys below");
    for (const auto& [inner, value] : *section) read_value(key.str(), inner, value);
  }

  void read_value(std::string_view section, const toml::key& key, const toml::node& node) {
    const SettingRow* row = find_setting(section, key.str());
    if (row == nullptr)
      return error_at(key.source(), key.str() == kLocked
                                        ? "locked stands above the first section, not in [" +
                                              std::string(section) + "]"
                                        : unknown_key_message(section, key.str()));
    if (const auto lock = locks_.find(row); lock != locks_.end())
      return ignore(key.source(), *row, lock->second);
    const std::optional<RawValue> value = raw_value(node);
    if (value && row->assign(*value, reading_.settings)) {
      reading_.given.push_back(row);
    } else {
      error_at(node.source(), bad_value_message(*row, value ? &*value : nullptr, shown(node)));
    }
  }

  void ignore(const toml::source_region& where, const SettingRow& row, const std::string& by) {
    reading_.ignored.push_back(
        settings_error(file_, where.begin.line, where.begin.column,
                       dotted(row.info) + " is locked by " + by + ": what stands here is ignored")
            .message);
  }

  void error_at(const toml::source_region& where, const std::string& message) {
    const auto at = std::pair(where.begin.line, where.begin.column);
    errors_.emplace_back(at, settings_error(file_, at.first, at.second, message));
  }

  const std::string file_;
  const SettingsFileKind kind_;
  const Locks& locks_;
  FileReading reading_;
  std::vector<std::pair<std::pair<toml::source_index, toml::source_index>, base::Error>> errors_;
};

}  // namespace

FileReading read_settings_text(std::string_view text, const std::string& file,
                               SettingsFileKind kind, Settings onto, const Locks& locks) {
  auto root = parse_toml(text, file);
  if (root) return Reader(file, kind, std::move(onto), locks).read(*root);
  FileReading nothing;
  nothing.settings = std::move(onto);
  nothing.errors.push_back(std::move(root).error());
  return nothing;
}

}  // namespace lull::agent
