// SPDX-License-Identifier: MIT
#pragma once
#include <string>

#include "core/base/clock.h"

// What a machine knows of its start. NAME_linux.cc, NAME_macos.cc and NAME_null.cc. Any thread.
namespace lull::base {

// How long ago it was, sleep included (CLOCK_BOOTTIME, clock_gettime(2)): nobody can set it.
Duration time_since_boot();

// Another text after each start (/proc/sys/kernel/random/boot_id, random(4); kern.bootsessionuuid);
// empty: not known.
std::string boot_id();

}  // namespace lull::base
