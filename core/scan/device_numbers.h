// SPDX-License-Identifier: MIT
#pragma once
#include <sys/types.h>

// makedev() and major(), whose headers differ between systems.
namespace lull::scan {

dev_t make_device(unsigned major_number, unsigned minor_number);
unsigned major_of(dev_t device);

}  // namespace lull::scan
