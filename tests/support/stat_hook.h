// SPDX-License-Identifier: MIT
#pragma once
#include <functional>

namespace lull::support {

// While it lives, every fstatat(2) of this program first calls `hook` with the name that is asked
// for, on the thread that asks. For programs that have stat_hook_linux.cc among their sources; one
// at a time, and nobody asks while it comes or goes.
class StatHook {
 public:
  explicit StatHook(std::function<void(const char* name)> hook);
  ~StatHook();
  StatHook(const StatHook&) = delete;
  StatHook& operator=(const StatHook&) = delete;

 private:
  const std::function<void(const char*)> hook_;
};

}  // namespace lull::support
