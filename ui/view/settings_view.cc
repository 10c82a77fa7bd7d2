// SPDX-License-Identifier: MIT
// The settings page, from the agent's own table.
#include <algorithm>
#include <array>

#include "ui/view/view_parts.h"
#include "ui/view/words.h"

namespace lull::ui {
namespace {

// What a key is short for.
std::string_view in_full(std::string_view word) {
  if (word == "cpu") return "CPU";
  if (word == "dir") return "directory";
  return word == "ttl" ? "age" : word;
}

// "idle_cpu_percent" → "Idle CPU percent".
std::string label_of(std::string_view key) {
  std::string text;
  while (!key.empty()) {
    const std::size_t end = std::min(key.find('_'), key.size());
    text += (text.empty() ? "" : " ") + std::string(in_full(key.substr(0, end)));
    key.remove_prefix(std::min(end + 1, key.size()));
  }
  return with_capital(std::move(text));
}

// Without the quotes of TOML's strings.
std::string bare(std::string_view value) {
  if (value.size() >= 2 && value.front() == '"' && value.back() == '"' &&
      value.find('\\') == std::string_view::npos)
    value = value.substr(1, value.size() - 2);
  return one_line(value);
}

// Of a list of words, ["safe", "costly"].
void choose_several(SettingRow& row) {
  for (const std::string& word : row.words)
    if (row.value.find('"' + word + '"') != std::string::npos) row.chosen.push_back(word);
  row.value.clear();
  for (const std::string& word : row.chosen) row.value += (row.value.empty() ? "" : ", ") + word;
  if (row.chosen.empty()) row.value = "none";
}

SettingRow row_of(const Setting& setting) {
  const std::size_t dot = setting.key.find('.');
  SettingRow row;
  row.key = setting.key;
  row.label = label_of(dot == std::string::npos ? setting.key : setting.key.substr(dot + 1));
  row.value = bare(setting.value);
  // "what it is for; one of …": what may stand there is seen where it can be chosen.
  const std::size_t rule = setting.words.empty() ? std::string::npos : setting.help.rfind("; ");
  row.help = with_capital(one_line(setting.help.substr(0, rule)));
  row.locked = !setting.locked_by.empty();
  if (row.locked) row.help += ". Locked by " + one_line(setting.locked_by);
  row.changed = setting.value != setting.default_value;
  if (row.changed && !row.locked && !setting.default_value.empty())
    row.help += ". Default: " + bare(setting.default_value);
  row.words = setting.words;
  row.several = !row.words.empty() && row.value.starts_with('[');
  if (row.several) choose_several(row);
  return row;
}

// What people change comes first; a section that is not here last.
std::size_t rank_of(const std::string& section) {
  static constexpr std::array<std::string_view, 6> kOrder = {
      "automation", "clean", "ui", "relief", "performance", "metrics"};
  return static_cast<std::size_t>(std::find(kOrder.begin(), kOrder.end(), section) -
                                  kOrder.begin());
}

std::string section_of(const Setting& setting) {
  return setting.key.substr(0, setting.key.find('.'));
}

}  // namespace

SettingsView make_settings(const State& state) {
  SettingsView view;
  if (!state.settings_failure.empty()) view.note = one_line(state.settings_failure);
  if (!state.settings) {
    if (view.note.empty()) view.note = "Reading the settings…";
    return view;
  }
  std::vector<Setting> settings = *state.settings;
  std::stable_sort(settings.begin(), settings.end(), [](const Setting& one, const Setting& other) {
    return rank_of(section_of(one)) < rank_of(section_of(other));
  });
  for (const Setting& setting : settings) {
    const std::string section = section_of(setting);
    const std::string title = section == "ui" ? "Window and icon" : with_capital(section);
    if (view.sections.empty() || view.sections.back().title != title)
      view.sections.push_back({title, {}});
    view.sections.back().rows.push_back(row_of(setting));
  }
  return view;
}

}  // namespace lull::ui
