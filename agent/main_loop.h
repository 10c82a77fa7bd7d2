// SPDX-License-Identifier: MIT
#pragma once
#include <functional>

namespace lull::agent {

// Runs `agent` until it returns, and returns what it did. With a status item a window system may
// want the main thread for itself; this must be called there. Linux: runs it right here. macOS: on
// a second thread, while the main one is in NSApplication's loop; a wish of the system that the app
// should end (log out, shut down) comes as SIGTERM.
int run_beside_window_system(bool with_item, const std::function<int()>& agent);

}  // namespace lull::agent
