// SPDX-License-Identifier: MIT
#include <climits>
#include <cstdint>
#include <string>
#include <string_view>

#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "core/base/path_text.h"
#include "core/platform/kernel_file_linux.h"
#include "core/platform/mountinfo_parse.h"
#include "core/platform/text_scan.h"
#include "core/scan/dead_mounts.h"

namespace lull::scan {

std::uint64_t mount_device(dev_t device) {
  return std::uint64_t{major(device)} << 32 | std::uint64_t{minor(device)};
}

namespace {

// The kernel knows the path without asking the file system. Empty: it has none.
std::string path_of_open(int directory) {
  char path[PATH_MAX];
  const std::string link = "/proc/self/fd/" + std::to_string(directory);
  const ssize_t length = ::readlink(link.c_str(), path, sizeof path);
  return length > 0 ? std::string(path, static_cast<std::size_t>(length)) : std::string();
}

}  // namespace

bool has_no_mounts_below(int directory) {
  const std::string path = path_of_open(directory);
  const auto mountinfo = platform::read_kernel_file("/proc/self/mountinfo");
  if (!path.starts_with('/') || !mountinfo) return false;
  std::string_view rest = *mountinfo;
  platform::MountLine mount;
  for (std::string_view line; platform::take_line(rest, line);)
    if (!platform::parse_mount_line(line, mount) ||
        (!platform::may_hang(mount) && base::is_below(platform::unescape_octal(mount.mount), path)))
      return false;
  return true;
}

MountsThatMayHang MountsThatMayHang::find() {
  const auto mountinfo = platform::read_kernel_file("/proc/self/mountinfo");
  return mountinfo ? MountsThatMayHang(*mountinfo) : MountsThatMayHang();
}

std::vector<std::string> MountsThatMayHang::ways_below(int root) const {
  if (empty()) return {};
  struct stat status {};
  const std::string path = path_of_open(root);
  if (path.empty() || ::fstat(root, &status) != 0) return {};
  return ways_below(path, mount_device(status.st_dev));
}

}  // namespace lull::scan
