// SPDX-License-Identifier: MIT
#pragma once
#include "core/base/result.h"
#include "ui/options.h"

namespace lull::ui {

// Shows the popover until it is closed; closes the one that is shown already instead, if there is
// one. Draws when something came in or a number changed, else it sleeps.
base::Status show_popover(const Options& options);

}  // namespace lull::ui
