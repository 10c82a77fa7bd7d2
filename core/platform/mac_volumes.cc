// SPDX-License-Identifier: MIT
#include "core/platform/mac_volumes.h"

#include <algorithm>
#include <set>

namespace lull::platform {
namespace {

constexpr std::string_view kDisk = "/dev/disk";

bool counts(const MacMount& mount) {
  if (mount.mount == "/") return true;
  if (mount.hidden) return false;
  if (!mount.local) return true;
  return !mount.read_only && mount.device.starts_with(kDisk) && mount.blocks != 0;
}

model::DiskSpace space_of(const MacMount& mount) {
  model::DiskSpace space{mount.mount, mount.device, mount.type, 0, 0, 0};
  if (!mount.local) return space;
  space.total_bytes = mount.blocks * mount.block_bytes;
  space.available_bytes = std::min(mount.available_blocks * mount.block_bytes, space.total_bytes);
  space.used_bytes = (mount.blocks - std::min(mount.free_blocks, mount.blocks)) * mount.block_bytes;
  return space;
}

}  // namespace

std::string_view disk_of(std::string_view device) {
  if (!device.starts_with(kDisk)) return device;
  std::size_t end = kDisk.size();
  while (end < device.size() && device[end] >= '0' && device[end] <= '9') ++end;
  return end == kDisk.size() ? device : device.substr(0, end);
}

std::vector<model::DiskSpace> volumes_of(const std::vector<MacMount>& mounts) {
  std::vector<const MacMount*> order;
  for (const MacMount& mount : mounts)
    if (counts(mount)) order.push_back(&mount);
  std::stable_partition(order.begin(), order.end(),
                        [](const MacMount* mount) { return mount->mount == "/"; });
  std::vector<model::DiskSpace> volumes;
  std::set<std::string_view> seen;
  for (const MacMount* mount : order)
    if (seen.insert(mount->local ? disk_of(mount->device) : mount->mount).second)
      volumes.push_back(space_of(*mount));
  return volumes;
}

}  // namespace lull::platform
