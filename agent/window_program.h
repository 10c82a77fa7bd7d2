// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <vector>

#include "core/base/environment.h"
#include "core/base/result.h"

namespace lull::agent {

// The window is a program of its own, lull-popover: beside this program's file, else in PATH. Empty
// if it is in neither place.
std::string find_window_program(const base::EnvironmentLookup& environment);

// Runs it and waits for its end; its exit code, 128 + the signal if one ended it. kNotFound with
// what to do if there is none. Blocks.
base::Result<int> run_window_program(const std::vector<std::string>& arguments,
                                     const base::EnvironmentLookup& environment);

}  // namespace lull::agent
