// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

// Pure reader of /proc/PID/mountinfo (proc_pid_mountinfo(5)). Safe on any bytes.
namespace lull::platform {

// One line; views into the text, paths still escaped (unescape_octal).
struct MountLine {
  std::uint64_t device = 0;  // major << 32 | minor
  std::string_view root;     // which part of the file system is mounted
  std::string_view mount;    // where
  std::string_view options;
  std::string_view type;
  std::string_view source;
  std::string_view super_options;
};
// False for a line that is not one.
bool parse_mount_line(std::string_view line, MountLine& mount);
// Another machine or a program answers for it: as deadly to walk through as a dead network mount.
// Never "/", for if that hangs so do we.
bool may_hang(const MountLine& mount);

// A mounted volume a person would count.
struct Volume {
  std::string mount;   // raw bytes
  std::string device;  // source as mounted
  std::string type;
  bool ask = true;  // statvfs may be called: it cannot hang on a dead server
};
// Real storage, each device once and at its best place ("/" first, then a mount of the whole file
// system, then the first mount of a part of it), in the order of the text. Left out: pseudo file
// systems, images such as squashfs, overlays other than "/", mounts hidden by a later one at the
// same place, and parts that are not directories (containers have files of the host's disk mounted,
// such as /etc/hosts; `is_directory` is only asked about parts). Network file systems are listed,
// not to be asked, and so is everything mounted below one; "/" may always be asked, for if it hangs
// so do we.
std::vector<Volume> select_volumes(std::string_view mountinfo,
                                   const std::function<bool(const std::string&)>& is_directory);

}  // namespace lull::platform
