// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace lull::scan {

// st_dev as /proc/self/mountinfo has it: major << 32 | minor.
std::uint64_t mount_device(dev_t device);

// Is certainly nothing mounted below the open `directory` but what no walk touches? Single files
// and parts of its own file system may be mounted, too. False where it cannot be told. A moment's
// picture.
bool has_no_mounts_below(int directory);

// The mounts which nothing need enter that was not asked to, and had better not touch: network file
// systems, those a program answers for, and automatic mounts. If their server is dead, the first
// question for their status never returns. A moment's picture of this process's name space; any
// thread.
class MountsThatMayHang {
 public:
  // Of what the kernel says, without asking any file system. None where the system does not tell.
  static MountsThatMayHang find();
  // Of the text of /proc/self/mountinfo.
  explicit MountsThatMayHang(std::string_view mountinfo);
  MountsThatMayHang() = default;

  bool empty() const { return mounts_.empty(); }
  // Those below the open directory `root`, as ways from there: "mnt/nas". Mounts of the root's own
  // device are not among them: they count.
  std::vector<std::string> ways_below(int root) const;
  // The same of its path and mount_device().
  std::vector<std::string> ways_below(std::string_view root, std::uint64_t device) const;
  // Is one mounted at exactly this path? Absolute, without links and doubled slashes.
  bool is_at(std::string_view path) const;
  // Is `path` on one that `home` is not on? Whoever lives on a file system has to trust it.
  bool is_on_another(std::string_view path, std::string_view home) const;
  // The same of a device, which no link hides.
  bool is_device_of_another(std::uint64_t device, std::string_view home) const;

 private:
  struct Mount {
    std::string place;
    std::uint64_t device;
  };
  std::vector<Mount> mounts_;
};

}  // namespace lull::scan
