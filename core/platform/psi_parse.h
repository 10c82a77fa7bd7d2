// SPDX-License-Identifier: MIT
#pragma once
#include <string_view>

#include "core/base/result.h"
#include "core/model/pressure.h"

namespace lull::platform {

// /proc/pressure/memory without its time: a line "some" and a line "full", each "avg10=0.00
// avg60=0.00 avg300=0.00 total=0". Pure, safe on any bytes; kMalformed names `file`.
base::Result<model::PressureReading> parse_psi(std::string_view text, std::string_view file);

}  // namespace lull::platform
