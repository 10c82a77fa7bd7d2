// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/clean/plan.h"

namespace lull::clean {

// A plan as bytes, for the journal: a version, then numbers and texts one after the other.
std::string encode_plan(const Plan& plan);
// kMalformed for anything that encode_plan() did not write. What the items say is as believable as
// whoever could write the file: every one of them is judged again before it is moved.
base::Result<Plan> decode_plan(std::string_view bytes);

}  // namespace lull::clean
