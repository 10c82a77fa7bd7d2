// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "core/platform/roots.h"

namespace lull::scan {

// Files on which some process holds or awaits a lock (flock, fcntl, lease): a moment's picture.
class HeldLocks {
 public:
  void add(dev_t device, ino_t inode) { locks_.push_back({device, inode}); }
  // The kernel names the device of a super block. File systems without a device of their own
  // (btrfs, overlayfs; major number 0) show another one to stat(): there the inode alone decides,
  // so that a lock may be seen where there is none, but never the reverse.
  bool contains(dev_t device, ino_t inode) const;
  // False if none can be on a file of this file system.
  bool may_be_on(dev_t device) const;
  std::size_t size() const { return locks_.size(); }
  // Of all locked files, whatever their device; sorted.
  std::vector<ino_t> inodes() const;

 private:
  static bool may_be_one(dev_t lock, dev_t device);
  struct Lock {
    dev_t device;
    ino_t inode;
  };
  std::vector<Lock> locks_;
};

// /proc/locks (proc_locks(5)); nullopt if a line is not understood. Pure; safe on any bytes.
std::optional<HeldLocks> parse_locks(std::string_view text);

// Those of this moment; nullopt if that cannot be told.
std::optional<HeldLocks> find_held_locks(const platform::SystemRoots& roots);

}  // namespace lull::scan
