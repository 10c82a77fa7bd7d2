// SPDX-License-Identifier: MIT
#include <memory>

#include "core/platform/disk_probe.h"

namespace lull::platform {
namespace {

class NullDiskProbe final : public DiskProbe {
 public:
  base::Result<std::vector<model::DiskSpace>> list() override {
    return base::fail(base::ErrorCode::kUnavailable, "volumes cannot be listed on this system");
  }
};

}  // namespace

std::unique_ptr<DiskProbe> make_disk_probe(const SystemRoots&) {
  return std::make_unique<NullDiskProbe>();
}

}  // namespace lull::platform
