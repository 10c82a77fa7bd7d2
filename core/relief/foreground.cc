// SPDX-License-Identifier: MIT
#include "core/relief/foreground.h"

namespace lull::relief {

std::optional<std::string> unit_of(const std::vector<ScopeUse>& scopes, const std::string& way) {
  for (const ScopeUse& scope : scopes) {
    const std::string& unit = scope.reading.unit;
    if (way == unit || way.starts_with(unit + "/")) return unit;
  }
  return std::nullopt;
}

std::vector<std::string> foreground_units(const std::vector<ScopeUse>& scopes,
                                          std::optional<base::Duration> person_idle_for) {
  const ScopeUse* last = nullptr;
  std::vector<std::string> units;
  for (const ScopeUse& scope : scopes) {
    if (scope.kept) continue;  // left alone already, and no sign of where the person is
    if (last == nullptr || scope.idle_for < last->idle_for) last = &scope;
    if (person_idle_for && scope.idle_for <= *person_idle_for + kBesideInput)
      units.push_back(scope.reading.unit);
  }
  const bool is_in =
      last != nullptr && person_idle_for && last->idle_for <= *person_idle_for + kBesideInput;
  if (last != nullptr && !is_in) units.push_back(last->reading.unit);
  return units;
}

}  // namespace lull::relief
