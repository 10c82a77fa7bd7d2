// SPDX-License-Identifier: MIT
#pragma once
#include "core/base/clock.h"

// RFC 3339 has four digits for the year: what it can say of instants, in UTC. Others come from
// damaged files and broken clocks. format_rfc3339() writes the nearest of these for them, and
// parse_rfc3339() reads no others.
namespace lull::base {

inline constexpr WallTime kFirstDate = std::chrono::sys_days(std::chrono::year(0) / 1 / 1);
inline constexpr WallTime kLastDate =
    std::chrono::sys_days(std::chrono::year(10'000) / 1 / 1) - std::chrono::milliseconds(1);

constexpr bool has_date(WallTime time) { return time >= kFirstDate && time <= kLastDate; }

}  // namespace lull::base
