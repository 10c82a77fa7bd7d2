// SPDX-License-Identifier: MIT
#pragma once
#include <string>

#include "core/scan/rules.h"

namespace lull::scan {

// 16 hex digits that stand for what a rule takes and what it leaves: equal in every process,
// another one if anything that decides changes. What is only said of it (title, cost, source,
// evidence, file) does not count.
std::string rule_print(const Rule& rule);

}  // namespace lull::scan
