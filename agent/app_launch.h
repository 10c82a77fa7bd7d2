// SPDX-License-Identifier: MIT
#pragma once
#include <string_view>

namespace lull::agent {

// Was the program opened as an app, by Finder, the Dock or a login item of macOS? Those give no
// words and no terminal to a program in an app bundle; the agent is meant then. `executable` is its
// absolute path without links. Pure.
bool opened_as_app(int argument_count, std::string_view executable, bool has_terminal);

}  // namespace lull::agent
