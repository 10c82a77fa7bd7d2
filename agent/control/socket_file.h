// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <utility>

#include <sys/types.h>

#include "core/base/result.h"
#include "core/base/unique_fd.h"

namespace lull::control {

// The socket's name in the file system; takes it away at its end if it is still the same file.
class SocketFile {
 public:
  SocketFile(std::string path, dev_t device, ino_t inode)
      : path_(std::move(path)), device_(device), inode_(inode) {}
  SocketFile(SocketFile&& other) noexcept
      : path_(std::exchange(other.path_, {})), device_(other.device_), inode_(other.inode_) {}
  SocketFile& operator=(SocketFile&&) = delete;
  ~SocketFile();

 private:
  std::string path_;  // empty: moved from
  dev_t device_;
  ino_t inode_;
};

struct Listening {
  base::UniqueFd socket;
  SocketFile file;
};

// Makes the directory (0700) if it is missing, binds a socket there (0600 from its birth) and
// listens. kPermissionDenied if the directory is not this user's alone; a socket nobody answers on
// is replaced; kBusy if somebody does; kInvalidArgument if something else is at that path. Two that
// start at the same moment are kept apart by the instance lock, not by this. Sets the process's
// umask for a moment.
base::Result<Listening> listen_at(const std::string& path);

}  // namespace lull::control
