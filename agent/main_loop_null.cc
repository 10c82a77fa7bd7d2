// SPDX-License-Identifier: MIT
#include "agent/main_loop.h"

namespace lull::agent {

int run_beside_window_system(bool, const std::function<int()>& agent) { return agent(); }

}  // namespace lull::agent
