// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
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

// A mounted volume a person would count.
struct Volume {
  std::string mount;   // raw bytes
  std::string device;  // source as mounted
  std::string type;
  bool ask = true;               // statvfs may be called: it cannot hang on a dead server
  bool check_directory = false;  // a part of a file system: count it only if it is a directory
};
// Real storage, each device once and at its best place ("/" first, then a mount of the whole file
// system, then the first), in the order of the text. Left out: pseudo file systems, images such as
// squashfs, overlays other than "/", mounts hidden by a later one at the same place. Network file
// systems are there, not to be asked; so is everything mounted below one.
std::vector<Volume> select_volumes(std::string_view mountinfo);

}  // namespace lull::platform
