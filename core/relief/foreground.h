// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/relief/scope_activity.h"

namespace lull::relief {

// An app that was busy this shortly before the last input may have been what the input was for.
inline constexpr auto kBesideInput = std::chrono::minutes(1);

// The unit that the control group `way` (below the app slice) is in, where somebody does say which
// window is in front; nullopt: none of them. Pure.
std::optional<std::string> unit_of(const std::vector<ScopeUse>& scopes, const std::string& way);

// The units that may be what the person looks at, where nobody says which window is in front: the
// app that was busy last, and those that were busy when the person last touched an input device or
// since. Somebody who comes back looks at what they left. Generous on purpose: this decides what is
// left alone. `person_idle_for`: nullopt where it is not known. Pure.
std::vector<std::string> foreground_units(const std::vector<ScopeUse>& scopes,
                                          std::optional<base::Duration> person_idle_for);

}  // namespace lull::relief
