// SPDX-License-Identifier: MIT
#pragma once
#include <memory>
#include <optional>
#include <vector>

#include "core/base/result.h"
#include "core/model/process.h"
#include "core/platform/roots.h"

namespace lull::platform {

// Lists all processes, cumulative values. Keeps what makes the next listing cheap (open files on
// Linux, within a third of what RLIMIT_NOFILE allows beyond 64 and at most 4096; what is not kept
// is opened and closed each time) and gives it back on shed(). One owner, one thread at a time. A
// process that vanishes while it is read is left out; that is not an error. Linux: /proc/PID/stat,
// and of a process that has not run since, as its CPU-time clock tells, only statm; the directory
// is read only if a process was started since (loadavg tells), and each tenth time. macOS:
// proc_listallpids, proc_pidinfo, proc_pid_rusage.
class ProcessProbe {
 public:
  virtual ~ProcessProbe() = default;
  // Replaces the contents of `out`, keeping its capacity; ascending by pid.
  virtual base::Status list(std::vector<model::RawProcess>& out) = 0;
  // Proportional set size (macOS: physical footprint) of one process; costs about 0.7 ms.
  virtual base::Result<std::uint64_t> proportional_bytes(const model::ProcessId& id) = 0;
  // Wall-clock start of a process whose start_ticks came from this probe.
  virtual std::optional<base::WallTime> started_at(const model::ProcessId& id) = 0;
  // Closes what is kept; the next list() opens it again.
  virtual void shed() = 0;
};

std::unique_ptr<ProcessProbe> make_process_probe(const SystemRoots& roots);

}  // namespace lull::platform
