// SPDX-License-Identifier: MIT
#pragma once
#include <set>
#include <string>

#include "core/base/result.h"

namespace lull::clean {

// The names in an open directory, without "." and ".."; sorted.
base::Result<std::set<std::string>> names_in(int directory);

}  // namespace lull::clean
