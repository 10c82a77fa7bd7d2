// SPDX-License-Identifier: MIT
#pragma once
#include <string>

#include "core/base/result.h"
#include "core/base/unique_fd.h"

namespace lull::agent {

// Keeps two agents of one user apart: one by its runtime directory, where its socket is, another by
// its state directory, since both would use the same journal. The lock is an flock on a file that
// stays: it ends with the process however that dies, so a stale file is harmless.
class InstanceLock {
 public:
  // Creates the directory (0700, ours, not a link) as needed. kBusy names the pid of the holder.
  static base::Result<InstanceLock> take(const std::string& directory);

 private:
  explicit InstanceLock(base::UniqueFd fd) : fd_(std::move(fd)) {}
  base::UniqueFd fd_;
};

}  // namespace lull::agent
