// SPDX-License-Identifier: MIT
#pragma once
#include <memory>
#include <vector>

#include "core/base/result.h"
#include "core/model/system.h"
#include "core/platform/roots.h"

namespace lull::platform {

// Space of the mounted volumes a person would count: real storage, each device once, no pseudo
// file systems, no read-only images. statvfs of a dead network mount may hang: network file
// systems, and what is mounted below them, are listed without being asked (total 0) — callers show
// "—". "/" is always asked: if it hangs, so do we.
// Linux: /proc/self/mountinfo + statvfs. macOS: getmntinfo_r_np.
class DiskProbe {
 public:
  virtual ~DiskProbe() = default;
  virtual base::Result<std::vector<model::DiskSpace>> list() = 0;
};

std::unique_ptr<DiskProbe> make_disk_probe(const SystemRoots& roots);

}  // namespace lull::platform
