// SPDX-License-Identifier: MIT
#pragma once
#include <optional>

#include "core/model/history.h"
#include "core/platform/own_use.h"

namespace lull::agent {

// What a run of ours has cost since `begun`; nullopt where that is not known. Any thread; reads one
// small file of the kernel.
std::optional<model::RunUsage> usage_since(const platform::OwnUse& begun, bool on_battery);

}  // namespace lull::agent
