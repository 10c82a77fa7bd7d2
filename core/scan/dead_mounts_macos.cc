// SPDX-License-Identifier: MIT
#include <cstdint>
#include <cstdlib>

#include <fcntl.h>
#include <limits.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "core/scan/dead_mounts.h"

namespace lull::scan {

std::uint64_t mount_device(dev_t device) { return static_cast<std::uint32_t>(device); }

bool has_no_mounts_below(int) { return false; }

// Whatever is not local; MNT_NOWAIT: no server is asked.
MountsThatMayHang MountsThatMayHang::find() {
  MountsThatMayHang found;
  struct statfs* mounts = nullptr;
  const int count = ::getmntinfo_r_np(&mounts, MNT_NOWAIT);
  for (int i = 0; i < count; ++i) {
    const struct statfs& mount = mounts[i];
    const bool automatic = (mount.f_flags & MNT_AUTOMOUNTED) != 0;
    if ((mount.f_flags & MNT_LOCAL) == 0 || automatic)
      found.mounts_.push_back({mount.f_mntonname, mount_device(mount.f_fsid.val[0])});
  }
  std::free(mounts);
  return found;
}

// The kernel knows the path without asking the file system.
std::vector<std::string> MountsThatMayHang::ways_below(int root) const {
  if (empty()) return {};
  struct stat status {};
  char path[PATH_MAX];
  if (::fcntl(root, F_GETPATH, path) != 0 || ::fstat(root, &status) != 0) return {};
  return ways_below(path, mount_device(status.st_dev));
}

}  // namespace lull::scan
