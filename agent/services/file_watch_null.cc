// SPDX-License-Identifier: MIT
#include "agent/services/file_watch.h"

namespace lull::agent {

std::unique_ptr<FileWatch> watch_files(scheduler::Engine&, const std::vector<std::string>&,
                                       std::function<void()>) {
  return nullptr;
}

std::unique_ptr<FileWatch> watch_directory(scheduler::Engine&, const std::string&,
                                           const std::string&, std::function<void()>) {
  return nullptr;
}

}  // namespace lull::agent
