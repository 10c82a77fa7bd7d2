// SPDX-License-Identifier: MIT
#include <cerrno>

#include <sys/stat.h>
#include <unistd.h>

#include "core/clean/trash/volume.h"

namespace lull::clean {

base::Result<VolumeId> volume_of(int fd) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) return base::fail_errno(errno);
  return VolumeId{.device = status.st_dev};
}

int flush_volume(int) {
  ::sync();
  return 0;
}

}  // namespace lull::clean
