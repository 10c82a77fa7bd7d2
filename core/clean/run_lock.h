// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <utility>

#include "core/base/result.h"
#include "core/base/unique_fd.h"

namespace lull::clean {

// Held by whoever cleans, undoes, purges or settles: one at a time for each journal, whichever
// process it is. An flock on the file NAME.lock beside the journal, which stays; the lock ends with
// the process however that dies. Any thread; does not wait.
class RunLock {
 public:
  // kBusy if another process has it. The journal's directory must be there.
  static base::Result<RunLock> take(const std::string& journal);

 private:
  explicit RunLock(base::UniqueFd fd) : fd_(std::move(fd)) {}
  base::UniqueFd fd_;
};

}  // namespace lull::clean
