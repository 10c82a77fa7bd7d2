// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <vector>

#include "agent/control/method.h"
#include "agent/settings_layers.h"

// The answer of GetConfig. In a header: the agent and a command without one give it, and both know
// the settings, which the protocol's library does not.
namespace lull::control {

// `states` in the order of the table.
inline Object encode_settings(const agent::Settings& values,
                              const std::vector<agent::SettingState>& states,
                              const std::vector<std::string>& files,
                              const std::vector<std::string>& remarks) {
  using boost::json::array;
  const auto shown = agent::show_settings(values);
  array rows;
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const agent::SettingInfo& info = agent::setting_table()[i];
    const std::string& by = states[i].locked_by;
    rows.push_back(Object{{"key", shown[i].first},
                          {"value", shown[i].second},
                          {"default", info.default_text},
                          {"help", info.help},
                          {"words", array(info.words.begin(), info.words.end())},
                          {"source", agent::setting_source_name(states[i].source)},
                          {"locked_by", by.empty() ? boost::json::value() : by.c_str()}});
  }
  return {{"settings", std::move(rows)},
          {"files", array(files.begin(), files.end())},
          {"remarks", array(remarks.begin(), remarks.end())}};
}

}  // namespace lull::control
