// SPDX-License-Identifier: MIT
#include <climits>
#include <cstdint>

#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "core/platform/kernel_file_linux.h"
#include "core/scan/dead_mounts.h"

namespace lull::scan {

std::uint64_t mount_device(dev_t device) {
  return std::uint64_t{major(device)} << 32 | std::uint64_t{minor(device)};
}

MountsThatMayHang MountsThatMayHang::find() {
  const auto mountinfo = platform::read_kernel_file("/proc/self/mountinfo");
  return mountinfo ? MountsThatMayHang(*mountinfo) : MountsThatMayHang();
}

// The kernel knows the path without asking the file system.
std::vector<std::string> MountsThatMayHang::ways_below(int root) const {
  if (empty()) return {};
  struct stat status {};
  char path[PATH_MAX];
  const std::string link = "/proc/self/fd/" + std::to_string(root);
  const ssize_t length = ::readlink(link.c_str(), path, sizeof path);
  if (length <= 0 || ::fstat(root, &status) != 0) return {};
  return ways_below({path, static_cast<std::size_t>(length)}, mount_device(status.st_dev));
}

}  // namespace lull::scan
