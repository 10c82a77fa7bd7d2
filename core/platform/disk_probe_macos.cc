// SPDX-License-Identifier: MIT
#include <cerrno>
#include <cstdlib>
#include <memory>
#include <utility>
#include <vector>

#include <sys/mount.h>

#include "core/platform/disk_probe.h"
#include "core/platform/mac_volumes.h"

namespace lull::platform {
namespace {

MacMount mount_of(const struct statfs& raw) {
  MacMount mount{raw.f_mntonname, raw.f_mntfromname, raw.f_fstypename};
  mount.local = (raw.f_flags & MNT_LOCAL) != 0;
  mount.read_only = (raw.f_flags & MNT_RDONLY) != 0;
  mount.hidden = (raw.f_flags & MNT_DONTBROWSE) != 0;
  mount.block_bytes = raw.f_bsize;
  mount.blocks = raw.f_blocks;
  mount.free_blocks = raw.f_bfree;
  mount.available_blocks = raw.f_bavail;
  return mount;
}

// What the kernel remembers of a volume; a local one is asked for its numbers of now. One that does
// not answer keeps the old ones.
void refresh(struct statfs& volume) {
  if ((volume.f_flags & MNT_LOCAL) == 0) return;
  struct statfs now {};
  if (::statfs(volume.f_mntonname, &now) == 0) volume = now;
}

class MacDiskProbe final : public DiskProbe {
 public:
  base::Result<std::vector<model::DiskSpace>> list() override {
    struct statfs* raw = nullptr;
    // MNT_NOWAIT: no server is asked.
    const int count = ::getmntinfo_r_np(&raw, MNT_NOWAIT);
    if (count <= 0) return base::fail_errno(errno, {}, "listing volumes");
    std::vector<MacMount> mounts;
    for (int i = 0; i < count; ++i) {
      refresh(raw[i]);
      mounts.push_back(mount_of(raw[i]));
    }
    std::free(raw);
    return volumes_of(mounts);
  }
};

}  // namespace

std::unique_ptr<DiskProbe> make_disk_probe(const SystemRoots&) {
  return std::make_unique<MacDiskProbe>();
}

}  // namespace lull::platform
