// SPDX-License-Identifier: MIT
#include "agent/instance_lock.h"

#include <array>
#include <cerrno>
#include <string_view>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace lull::agent {
namespace {

// The parent is there under a session manager; elsewhere it is made, as private as the directory.
base::Status make_directory(const std::string& directory) {
  if (::mkdir(directory.c_str(), 0700) == 0 || errno == EEXIST) return {};
  const std::size_t slash = directory.rfind('/');
  if (errno == ENOENT && slash != std::string::npos && slash > 0 &&
      ::mkdir(directory.substr(0, slash).c_str(), 0700) == 0 &&
      ::mkdir(directory.c_str(), 0700) == 0)
    return {};
  return base::fail_errno(errno, directory, "creating the runtime directory");
}

base::Status make_private_directory(const std::string& directory) {
  LULL_TRY(make_directory(directory));
  struct stat info {};
  if (::lstat(directory.c_str(), &info) != 0) return base::fail_errno(errno, directory);
  if (!S_ISDIR(info.st_mode) || info.st_uid != ::geteuid())
    return base::fail(base::ErrorCode::kPermissionDenied,
                      "is not a directory of this user; remove it or set XDG_RUNTIME_DIR",
                      directory);
  if ((info.st_mode & 077) != 0 && ::chmod(directory.c_str(), 0700) != 0)
    return base::fail_errno(errno, directory, "closing the runtime directory to others");
  return {};
}

std::string holder_of(int fd) {
  std::array<char, 32> text{};
  const ssize_t length = ::pread(fd, text.data(), text.size() - 1, 0);
  std::string_view pid(text.data(), length > 0 ? static_cast<std::size_t>(length) : 0);
  pid = pid.substr(0, pid.find_first_not_of("0123456789"));
  return pid.empty() ? "unknown" : std::string(pid);
}

}  // namespace

base::Result<InstanceLock> InstanceLock::take(const std::string& directory) {
  LULL_TRY(make_private_directory(directory));
  const std::string path = directory + "/lock";
  base::UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd) return base::fail_errno(errno, path, "opening the lock file");
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return base::fail_errno(errno, path, "locking");
    return base::fail(base::ErrorCode::kBusy, "Lull is already running (pid " +
                                                  holder_of(fd.get()) + "); `lull status` asks it");
  }
  // The pid is for the message above only; failing to write it does not weaken the lock.
  const std::string pid = std::to_string(::getpid()) + "\n";
  if (::ftruncate(fd.get(), 0) == 0) (void)!::pwrite(fd.get(), pid.data(), pid.size(), 0);
  return InstanceLock(std::move(fd));
}

}  // namespace lull::agent
