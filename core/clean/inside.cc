// SPDX-License-Identifier: MIT
#include "core/clean/inside.h"

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <utility>
#include <vector>

#include "core/base/text.h"
#include "core/base/unique_fd.h"
#include "core/cache/scan_verdicts.h"
#include "core/scan/dir_reader.h"
#include "core/scan/status_values.h"
#include "core/scan/walker.h"

namespace lull::clean {
namespace {

using scan::Step;
using scan::WalkNode;

// Looks for one reason and stops at it.
class Inspector final : public scan::Visitor {
 public:
  Inspector(uid_t owner, base::WallTime seen_at, const UsePicture& picture)
      : owner_(owner),
        seen_at_ms_((seen_at - cache::kTick).time_since_epoch().count()),
        picture_(picture) {}

  Step enter(unsigned, WalkNode& node, const struct stat& status) override {
    return judge(node, {}, status);
  }
  Step visit(unsigned, WalkNode& in, const char* name, const struct stat& status) override {
    return judge(in, name, status);
  }
  void other_device(unsigned, WalkNode& in, const char* name, const struct stat&) override {
    keep(in, name, "another file system is mounted there");
  }
  void error(unsigned, WalkNode& in, const char* name, int os_error) override {
    keep(in, name,
         os_error == EXDEV ? "another file system is mounted there" : "it cannot be looked at");
  }
  std::string reason() && { return std::move(reason_); }

 private:
  Step judge(WalkNode& in, std::string_view name, const struct stat& status) {
    if (!reason_.empty()) return Step::kStop;
    const UseAnswer use = use_in_picture(status, picture_);
    if (status.st_uid != owner_)
      keep(in, name, "it belongs to another user");
    else if (scan::times_of(status).ctime_ns / 1'000'000 >= seen_at_ms_)
      keep(in, name, "it has changed since the scan");
    else if (use.use != Use::kFree)
      keep(in, name, use.why);
    return reason_.empty() ? Step::kContinue : Step::kStop;
  }

  void keep(const WalkNode& in, std::string_view name, const char* why) {
    if (!reason_.empty()) return;
    const bool is_itself = name.empty() && in.parent == nullptr;
    reason_ = is_itself ? why : base::percent_escape_path(scan::path_of(in, name)) + ": " + why;
  }

  const uid_t owner_;
  const std::int64_t seen_at_ms_;
  const UsePicture& picture_;
  std::string reason_;
};

}  // namespace

std::string refusal_inside(int parent, const char* name, uid_t owner, base::WallTime seen_at,
                           const UsePicture& picture, const scan::MountsThatMayHang* mounts) {
  scan::OpenManner manner;
  manner.refuse_mounts = true;
  const int fd = scan::open_directory_at(parent, name, manner);
  if (fd == -EXDEV) return "another file system is mounted there";
  if (fd < 0) return "it cannot be looked into";
  Inspector inspector(owner, seen_at, picture);
  std::vector<scan::Seed> seeds;
  seeds.push_back({base::UniqueFd(fd), name});
  scan::WalkOptions alone;
  alone.width = 1;
  alone.mounts = mounts;
  scan::WalkPlan plan;
  plan.refuse_mounts = true;
  const bool finished = scan::walk(std::move(seeds), inspector, alone, plan);
  std::string reason = std::move(inspector).reason();
  if (reason.empty() && !finished) return "it could not be looked through";
  return reason;
}

}  // namespace lull::clean
