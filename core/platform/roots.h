// SPDX-License-Identifier: MIT
#pragma once
#include <string>

namespace lull::platform {

// Where the kernel's file systems are; parameters, so that a recorded tree can stand in for them.
// Bodies for systems without them ignore the values.
struct SystemRoots {
  std::string proc = "/proc";
  std::string sys = "/sys";
};

}  // namespace lull::platform
