// SPDX-License-Identifier: MIT
#include <sys/sysmacros.h>

#include "core/platform/kernel_file_linux.h"
#include "core/scan/device_numbers.h"
#include "core/scan/held_locks.h"

namespace lull::scan {

dev_t make_device(unsigned major_number, unsigned minor_number) {
  return makedev(major_number, minor_number);
}
unsigned major_of(dev_t device) { return major(device); }

std::optional<HeldLocks> find_held_locks(const platform::SystemRoots& roots) {
  constexpr std::size_t kMostBytes = std::size_t{8} << 20;
  const auto text = platform::read_kernel_file(roots.proc + "/locks", kMostBytes);
  return text ? parse_locks(*text) : std::nullopt;
}

}  // namespace lull::scan
