// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "scheduler/engine.h"

namespace lull::agent {

// Says when one of a few files may have changed, also when an editor replaced it by renaming, and
// when it appears for the first time, be it with all the directories above it. Linux: inotify on
// the directories, or on the nearest that exists. Elsewhere nothing is watched. Engine thread; no
// wake-ups while nothing changes there.
class FileWatch {
 public:
  virtual ~FileWatch() = default;
};

// Null if watching is not possible here; `changed` is called on a fiber, once for a burst of
// events.
std::unique_ptr<FileWatch> watch_files(scheduler::Engine& engine,
                                       const std::vector<std::string>& files,
                                       std::function<void()> changed);

// The same for every file with this ending in a directory.
std::unique_ptr<FileWatch> watch_directory(scheduler::Engine& engine, const std::string& directory,
                                           const std::string& suffix,
                                           std::function<void()> changed);

}  // namespace lull::agent
