// SPDX-License-Identifier: MIT
#pragma once
#include <memory>

#include "core/base/result.h"
#include "core/model/system.h"
#include "core/platform/roots.h"

namespace lull::platform {

// Cumulative CPU time and load; percentages are made of two readings by stats::SystemMonitor.
// Linux: first line of /proc/stat (guest time is already in user; iowait and idle are not busy).
// macOS: host_processor_info(PROCESSOR_CPU_LOAD_INFO), getloadavg.
class CpuProbe {
 public:
  struct Reading {
    model::CpuTimes times;
    unsigned cores = 0;
    double load_1m = 0;
  };
  virtual ~CpuProbe() = default;
  virtual base::Result<Reading> read() = 0;
};

std::unique_ptr<CpuProbe> make_cpu_probe(const SystemRoots& roots);

}  // namespace lull::platform
