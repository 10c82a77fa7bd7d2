// SPDX-License-Identifier: MIT
#include <sys/types.h>

#include "core/scan/device_numbers.h"
#include "core/scan/held_locks.h"
#include "core/scan/open_list_macos.h"

namespace lull::scan {

dev_t make_device(unsigned major_number, unsigned minor_number) {
  return makedev(major_number, minor_number);
}
unsigned major_of(dev_t device) { return static_cast<unsigned>(major(device)); }

// The system lists no locks. But a lock needs a descriptor: whatever is open may be locked, and
// nothing else is.
std::optional<HeldLocks> find_held_locks(const platform::SystemRoots&) {
  const auto files = list_open_files({});
  if (!files) return std::nullopt;
  HeldLocks locks;
  for (const FileKey& file : *files) locks.add(file.device, file.inode);
  return locks;
}

}  // namespace lull::scan
