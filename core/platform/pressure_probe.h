// SPDX-License-Identifier: MIT
#pragma once
#include <memory>
#include <optional>
#include <string>

#include "core/base/result.h"
#include "core/base/unique_fd.h"
#include "core/model/pressure.h"
#include "core/platform/roots.h"

namespace lull::platform {

// What the kernel is asked to watch: a stall of at least stall_us within window_us.
// Unprivileged windows are multiples of 2 s up to 10 s (kernel/sched/psi.c, psi_trigger_create).
struct PressureTrigger {
  enum class Kind { kSome, kFull } kind = Kind::kSome;
  unsigned stall_us = 100'000;
  unsigned window_us = 2'000'000;
};

// How a trigger's descriptor says that it has fired.
enum class TriggerSignal {
  kException,  // POLLPRI, once for each time
  kReadable,   // POLLIN: bytes without meaning, to be read away
};

// Pressure of one resource, of the machine or of one cgroup. One owner, one thread at a time.
// Linux: /proc/pressure/memory and its kin. macOS: the level of kern.memorystatus_vm_pressure_level
// (PressureReading::told, no averages), and a dispatch source whose handler writes to a pipe.
class PressureProbe {
 public:
  virtual ~PressureProbe() = default;
  // kUnavailable where the kernel has no PSI (not built in, or psi=0: reading gives EOPNOTSUPP).
  virtual base::Result<model::PressureReading> read() = 0;
  // A descriptor that signals each time the trigger fires, as trigger_signal() has it, and POLLERR
  // or POLLHUP when it is gone, with this probe at the latest. kPermissionDenied or
  // kInvalidArgument where the kernel does not let us: callers then fall back to read().
  virtual base::Result<base::UniqueFd> open_trigger(const PressureTrigger& trigger) = 0;
  virtual TriggerSignal trigger_signal() const { return TriggerSignal::kException; }
};

// Memory, of the machine.
std::unique_ptr<PressureProbe> make_pressure_probe(const SystemRoots& roots,
                                                   const base::Clock& clock = base::system_clock());
// Disks and networks, of the machine. Elsewhere than on Linux: unavailable.
std::unique_ptr<PressureProbe> make_io_pressure_probe(
    const SystemRoots& roots, const base::Clock& clock = base::system_clock());
// Memory, of a cgroup and all below it: its directory. The user's own app slice takes triggers from
// the user too; kNotFound or the error of reading once it is gone.
std::unique_ptr<PressureProbe> make_scope_pressure_probe(
    const std::string& cgroup, const base::Clock& clock = base::system_clock());

}  // namespace lull::platform
