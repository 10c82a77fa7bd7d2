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

}  // namespace lull::clean
