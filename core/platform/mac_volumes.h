// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/system.h"

// Which of macOS's mounts are volumes a person would count. Pure.
namespace lull::platform {

// One struct statfs (sys/mount.h), as far as it matters.
struct MacMount {
  std::string mount, device, type;
  bool local = false;      // MNT_LOCAL
  bool read_only = false;  // MNT_RDONLY
  bool hidden = false;     // MNT_DONTBROWSE: not for people
  std::uint64_t block_bytes = 0, blocks = 0, free_blocks = 0, available_blocks = 0;
};

// The disk a volume shares its space with: "/dev/disk3s1s1", the sealed system, and "/dev/disk3s5",
// its data, are both on "/dev/disk3", an APFS container. Of what is no disk: itself.
std::string_view disk_of(std::string_view device);

// "/" first, then volumes with blocks of their own in the order of the system, each container once;
// left out are hidden ones, mounted images (read-only, other than "/") and what is neither a disk
// nor from a server. Network volumes are listed without their numbers (0), as everywhere.
std::vector<model::DiskSpace> volumes_of(const std::vector<MacMount>& mounts);

}  // namespace lull::platform
