// SPDX-License-Identifier: MIT
#include <algorithm>
#include <climits>
#include <cstdint>

#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "core/platform/kernel_file_linux.h"
#include "core/platform/mountinfo_parse.h"
#include "core/platform/text_scan.h"
#include "core/scan/dead_mounts.h"

namespace lull::scan {

std::vector<std::string> mounts_that_may_hang(std::string_view mountinfo, std::string_view root,
                                              std::uint64_t device) {
  std::string above(root);
  if (!above.ends_with('/')) above += '/';
  std::vector<std::string> ways;
  while (!mountinfo.empty()) {
    const std::string_view line = mountinfo.substr(0, mountinfo.find('\n'));
    mountinfo.remove_prefix(std::min(line.size() + 1, mountinfo.size()));
    platform::MountLine mount;
    if (!platform::parse_mount_line(line, mount) || !platform::may_hang(mount)) continue;
    const std::string place = platform::unescape_octal(mount.mount);
    if (mount.device != device && place.size() > above.size() && place.starts_with(above))
      ways.push_back(place.substr(above.size()));
  }
  return ways;
}

// The kernel knows the path without asking the file system.
std::vector<std::string> mounts_that_may_hang(int root) {
  struct stat status {};
  char path[PATH_MAX];
  const std::string link = "/proc/self/fd/" + std::to_string(root);
  const ssize_t length = ::readlink(link.c_str(), path, sizeof path);
  const auto mountinfo = platform::read_kernel_file("/proc/self/mountinfo");
  if (length <= 0 || !mountinfo || ::fstat(root, &status) != 0) return {};
  const std::uint64_t device =
      std::uint64_t{major(status.st_dev)} << 32 | std::uint64_t{minor(status.st_dev)};
  return mounts_that_may_hang(*mountinfo, {path, static_cast<std::size_t>(length)}, device);
}

}  // namespace lull::scan
