// SPDX-License-Identifier: MIT
#include "agent/app_launch.h"

namespace lull::agent {

bool opened_as_app(int argument_count, std::string_view executable, bool has_terminal) {
  if (argument_count > 1 || has_terminal) return false;
  const std::string_view folder = executable.substr(0, executable.rfind('/') + 1);
  return folder.ends_with(".app/Contents/MacOS/");
}

}  // namespace lull::agent
