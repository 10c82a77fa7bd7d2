// SPDX-License-Identifier: MIT
#pragma once
#include <string>

#include "core/model/snapshot.h"

namespace lull::agent {

// One line for people, at most `width` columns: memory, pressure, processors, what is reclaimable,
// and what runs.
std::string status_line(const model::Snapshot& snapshot, unsigned width);

}  // namespace lull::agent
