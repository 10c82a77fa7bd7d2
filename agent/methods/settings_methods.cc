// SPDX-License-Identifier: MIT
#include <map>
#include <string>

#include "agent/methods/methods.h"
#include "agent/methods/parameters.h"

namespace lull::agent {
namespace {

using base::Result;
using control::Call;
using control::Object;

Object settings_object(const MethodServices& services) {
  std::map<std::string, std::string> values;
  for (auto& [key, value] : show_settings(services.settings.current())) values[key] = value;
  boost::json::array rows;
  for (const SettingInfo& info : setting_table()) {
    const std::string key = std::string(info.section) + "." + std::string(info.key);
    rows.push_back(Object{{"key", key},
                          {"value", values[key]},
                          {"default", info.default_text},
                          {"help", info.help},
                          {"words", boost::json::array(info.words.begin(), info.words.end())}});
  }
  const auto& files = services.settings.files();
  return {{"settings", std::move(rows)}, {"files", boost::json::array(files.begin(), files.end())}};
}

Result<Object> get_config(const MethodServices& services, Call& call) {
  LULL_TRY(Parameters(call.parameters).finish());
  return settings_object(services);
}

Result<Object> set_config(const MethodServices& services, Call& call) {
  Parameters parameters(call.parameters);
  const std::string key = parameters.required_text("key");
  const std::string value = parameters.text("value");
  LULL_TRY(parameters.finish());
  LULL_TRY(services.settings.set(key, value));
  return settings_object(services);
}

}  // namespace

void add_settings_methods(control::MethodTable& table, const MethodServices& services) {
  table.add("GetConfig", [services](Call& call) { return get_config(services, call); });
  table.add("SetConfig", [services](Call& call) { return set_config(services, call); });
}

}  // namespace lull::agent
