// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include <sys/types.h>

#include "core/platform/roots.h"
#include "core/scan/file_key.h"
#include "core/scan/walk_options.h"

namespace lull::scan {

// Files and directories that some process has open, works in, or has mapped: those that this user
// may see. Not in it is what only a process has that the kernel does not let us look into
// (/proc/PID/fd: ptrace(2), PTRACE_MODE_READ_FSCREDS): another user's, root's, one of ours that has
// made itself unreadable (PR_SET_DUMPABLE), and, under hidepid=1 or 2 (proc(5)), those of others
// altogether. Every ordinary session has such processes, so that they count as having nothing of
// ours open: were they "unknown", nothing could ever be cleaned. Whoever moves a single file asks a
// lease too, which tells of them as well. A moment's picture; what is cleaned later is looked at
// again.
class OpenFiles {
 public:
  void add(dev_t device, ino_t inode) {
    keys_.insert(FileKey{device, inode});
    maybe_[slot_of(inode)] = true;
  }
  // Asked for every file of a scan, of which next to none is open: a bit mostly answers.
  bool contains(dev_t device, ino_t inode) const {
    return maybe_[slot_of(inode)] && keys_.contains({device, inode});
  }
  std::size_t size() const { return keys_.size(); }

 private:
  static constexpr std::size_t kSlots = std::size_t{1} << 16;
  static std::size_t slot_of(ino_t inode) {
    return static_cast<std::size_t>((static_cast<std::uint64_t>(inode) * 0x9e3779b97f4a7c15ull) >>
                                    48);
  }

  FileKeySet keys_;
  std::vector<bool> maybe_ = std::vector<bool>(kSlots);
};

// Nothing if it cannot be told, on this system or now (no descriptor is left), or if it was
// cancelled: then everything may be open. Directories which this very process has open are left
// out: those are its own walks. Costs about 2 µs for each open file of the machine, shared among
// `options.width` tasks of the arena.
std::optional<OpenFiles> find_open_files(const platform::SystemRoots& roots,
                                         const WalkOptions& options);
// The same on this thread alone.
inline std::optional<OpenFiles> find_open_files(const platform::SystemRoots& roots) {
  WalkOptions alone;
  alone.width = 1;
  return find_open_files(roots, alone);
}

}  // namespace lull::scan
