// SPDX-License-Identifier: MIT
#pragma once
#include <string>

#include "core/base/result.h"
#include "ui/options.h"

namespace lull::ui {

// The whole program; returns its exit code: 0, 1 for a failure (said on standard error).
int run(const Options& options);
// One line on standard error, which is the agent's log if the agent started the window.
void complain(const base::Error& error);
void complain(const std::string& sentence);

}  // namespace lull::ui
