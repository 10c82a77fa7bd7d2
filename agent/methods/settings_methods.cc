// SPDX-License-Identifier: MIT
#include <string>

#include "agent/control/settings_codec.h"
#include "agent/methods/methods.h"
#include "agent/methods/parameters.h"

namespace lull::agent {
namespace {

using base::Result;
using control::Call;
using control::Object;

Object settings_object(const MethodServices& services) {
  const SettingsService& settings = services.settings;
  return control::encode_settings(settings.current(), settings.states(), settings.files(),
                                  settings.remarks());
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
