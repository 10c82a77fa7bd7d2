// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <vector>

#include "core/base/environment.h"
#include "core/base/result.h"

namespace lull::agent {

// Runs the window, a program of its own (lull-popover, see find_program()), and waits for its end;
// its exit code, 128 + the signal if one ended it. kNotFound with what to do if there is none.
// Blocks.
base::Result<int> run_window_program(const std::vector<std::string>& arguments,
                                     const base::EnvironmentLookup& environment);

}  // namespace lull::agent
