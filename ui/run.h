// SPDX-License-Identifier: MIT
#pragma once
#include "core/base/result.h"
#include "ui/options.h"

namespace lull::ui {

// The whole program; returns its exit code: 0, 1 for a failure (said on standard error).
int run(const Options& options);
void complain(const base::Error& error);

}  // namespace lull::ui
