// SPDX-License-Identifier: MIT
#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "core/clean/trash/volume.h"

namespace lull::clean {

base::Result<VolumeId> volume_of(int fd) {
  struct statx status {};
  if (::statx(fd, "", AT_EMPTY_PATH, STATX_MNT_ID, &status) != 0) return base::fail_errno(errno);
  VolumeId volume{.device = makedev(status.stx_dev_major, status.stx_dev_minor)};
  if ((status.stx_mask & STATX_MNT_ID) != 0) volume.mount = status.stx_mnt_id;
  return volume;
}

int flush_volume(int fd) { return ::syncfs(fd) == 0 ? 0 : errno; }

}  // namespace lull::clean
