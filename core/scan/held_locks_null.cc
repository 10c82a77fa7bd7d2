// SPDX-License-Identifier: MIT
#include <sys/types.h>

#include "core/scan/device_numbers.h"
#include "core/scan/held_locks.h"

namespace lull::scan {

dev_t make_device(unsigned major_number, unsigned minor_number) {
  return makedev(major_number, minor_number);
}
unsigned major_of(dev_t device) { return static_cast<unsigned>(major(device)); }

std::optional<HeldLocks> find_held_locks(const platform::SystemRoots&) { return std::nullopt; }

}  // namespace lull::scan
