// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <optional>

#include <sys/resource.h>

#include "core/base/clock.h"

namespace lull::platform {

// What our own process has computed since it began, all threads together, user + system: POSIX's
// getrusage(RUSAGE_SELF), for the bodies of systems that have it. nullopt: it does not say.
inline std::optional<base::Duration> own_cpu_time() {
  struct ::rusage usage {};
  if (::getrusage(RUSAGE_SELF, &usage) != 0) return std::nullopt;
  const auto duration_of = [](const timeval& time) -> base::Duration {
    return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
  };
  return duration_of(usage.ru_utime) + duration_of(usage.ru_stime);
}

}  // namespace lull::platform
