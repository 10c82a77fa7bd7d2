// SPDX-License-Identifier: MIT
#include "core/clean/run_lock.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/file.h>

namespace lull::clean {

base::Result<RunLock> RunLock::take(const std::string& journal) {
  const std::string path = journal + ".lock";
  base::UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd) return base::fail_errno(errno, path, "opening the lock of the journal");
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) == 0) return RunLock(std::move(fd));
  if (errno != EWOULDBLOCK) return base::fail_errno(errno, path, "locking the journal");
  return base::fail(base::ErrorCode::kBusy,
                    "another process of Lull is cleaning or undoing; try again when it has ended");
}

}  // namespace lull::clean
