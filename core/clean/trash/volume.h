// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>

#include <sys/types.h>

#include "core/base/result.h"

namespace lull::clean {

// Between what two descriptors a rename is possible: the same file system, and reached through the
// same mount. A bind mount of a directory is a volume of its own.
struct VolumeId {
  dev_t device = 0;
  std::uint64_t mount = 0;  // 0 where the system does not say

  friend bool operator==(const VolumeId&, const VolumeId&) = default;
};

base::Result<VolumeId> volume_of(int fd);

// What was done on the volume of the open directory `fd` until now is on the disk afterwards: 0 or
// an errno. Linux: syncfs(2), which since 5.8 also tells of what could not be written. Elsewhere
// sync(2), which begins with it only.
int flush_volume(int fd);

}  // namespace lull::clean
