// SPDX-License-Identifier: MIT
#include <memory>

#include "core/platform/process_probe.h"

namespace lull::platform {
namespace {

tl::unexpected<base::Error> unavailable() {
  return base::fail(base::ErrorCode::kUnavailable, "processes cannot be listed on this system");
}

class NullProcessProbe final : public ProcessProbe {
 public:
  base::Status list(std::vector<model::RawProcess>& out) override {
    out.clear();
    return unavailable();
  }
  base::Result<std::uint64_t> proportional_bytes(const model::ProcessId&) override {
    return unavailable();
  }
  std::optional<base::WallTime> started_at(const model::ProcessId&) override {
    return std::nullopt;
  }
  void shed() override {}
};

}  // namespace

std::unique_ptr<ProcessProbe> make_process_probe(const SystemRoots&) {
  return std::make_unique<NullProcessProbe>();
}

}  // namespace lull::platform
