// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include <sys/types.h>

#include "core/base/clock.h"

namespace lull::model {

// A process is the same one only if pid and start time agree: pids are used again.
struct ProcessId {
  pid_t pid = 0;
  std::uint64_t start_ticks = 0;  // since boot, in the platform's unit; only compared
  friend bool operator==(const ProcessId&, const ProcessId&) = default;
};

// One row as the platform gives it, cumulative.
struct RawProcess {
  ProcessId id;
  std::string name;                  // the kernel's command name, raw bytes
  std::uint64_t cpu_time_ns = 0;     // user + system since start
  std::uint64_t resident_bytes = 0;  // RSS (macOS: physical footprint)
  std::uint32_t threads = 0;
  uid_t uid = 0;
};

// One row as it is shown.
struct ProcessInfo {
  ProcessId id;
  std::string name;
  std::uint64_t memory_bytes = 0;     // resident set size; counts shared pages in each process
  std::optional<double> cpu_percent;  // of one core, over the time since the last sample; needs two
  std::uint32_t threads = 0;
  uid_t uid = 0;
  std::optional<std::string> user;  // name of uid, nullopt if it has none
  std::optional<base::WallTime> started_at;
};

}  // namespace lull::model
