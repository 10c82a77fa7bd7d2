// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <ctime>
#include <string>

#include "core/base/clock.h"

namespace lull::base {

// An instant as the person's clock on the wall shows it, in the zone where they are now: only
// tzset() looks for another one (POSIX lets localtime_r() keep the first). Of a year that no
// calendar has, all zero. Any thread; may ask the disk for the status of /etc/localtime.
std::tm local_time(WallTime time);

// The same as text, by strftime()'s format; empty for a year that no calendar has, and if it gets
// longer than 63 bytes.
std::string local_time_text(WallTime time, const char* format);

// The midnight that comes next on the person's clock, however long that day is.
WallTime next_midnight(WallTime now);

}  // namespace lull::base
