// SPDX-License-Identifier: MIT
#include "core/scan/dead_mounts.h"

#include <algorithm>

#include "core/base/path_text.h"
#include "core/platform/mountinfo_parse.h"
#include "core/platform/text_scan.h"

namespace lull::scan {

MountsThatMayHang::MountsThatMayHang(std::string_view mountinfo) {
  for (std::string_view line; platform::take_line(mountinfo, line);) {
    platform::MountLine mount;
    if (platform::parse_mount_line(line, mount) && platform::may_hang(mount))
      mounts_.push_back({platform::unescape_octal(mount.mount), mount.device});
  }
}

std::vector<std::string> MountsThatMayHang::ways_below(std::string_view root,
                                                       std::uint64_t device) const {
  std::vector<std::string> ways;
  for (const Mount& mount : mounts_)
    if (mount.device != device && base::is_below(mount.place, root))
      ways.push_back(mount.place.substr(root == "/" ? 1 : root.size() + 1));
  return ways;
}

bool MountsThatMayHang::is_at(std::string_view path) const {
  return std::any_of(mounts_.begin(), mounts_.end(),
                     [&](const Mount& mount) { return mount.place == path; });
}

bool MountsThatMayHang::is_on_another(std::string_view path, std::string_view home) const {
  return std::any_of(mounts_.begin(), mounts_.end(), [&](const Mount& mount) {
    return base::is_at_or_below(path, mount.place) && !base::is_at_or_below(home, mount.place);
  });
}

bool MountsThatMayHang::is_device_of_another(std::uint64_t device, std::string_view home) const {
  const auto is_it = [&](const Mount& mount) { return mount.device == device; };
  return std::any_of(mounts_.begin(), mounts_.end(), is_it) &&
         std::none_of(mounts_.begin(), mounts_.end(), [&](const Mount& mount) {
           return is_it(mount) && base::is_at_or_below(home, mount.place);
         });
}

}  // namespace lull::scan
