// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/model/memory.h"
#include "core/model/pressure.h"
#include "core/model/process.h"
#include "core/model/system.h"
#include "core/platform/cpu_probe.h"
#include "core/platform/disk_probe.h"
#include "core/platform/memory_probe.h"
#include "core/platform/power_probe.h"
#include "core/platform/pressure_probe.h"
#include "core/platform/process_probe.h"
#include "core/platform/roots.h"
#include "core/stats/process_table.h"

namespace lull::stats {

// What the monitor looks through; none may be null.
struct Probes {
  std::unique_ptr<platform::MemoryProbe> memory;
  std::unique_ptr<platform::CpuProbe> cpu;
  std::unique_ptr<platform::DiskProbe> disks;
  std::unique_ptr<platform::ProcessProbe> processes;
  std::unique_ptr<platform::PressureProbe> pressure;
  std::unique_ptr<platform::PowerProbe> power;
  std::unique_ptr<platform::ThermalProbe> thermal;
};
// The real ones.
Probes make_probes(const platform::SystemRoots& roots = {},
                   const base::Clock& clock = base::system_clock());

// The name of a user, nullopt if it has none.
using UserLookup = std::function<std::optional<std::string>(uid_t)>;
// getpwuid_r: /etc/passwd answers at once, but a uid that is not in it goes on to whatever
// nsswitch.conf names (LDAP, sssd), which may block. The monitor asks once per uid.
std::optional<std::string> user_name(uid_t uid);

// The machine's numbers, read when somebody asks and not more often than makes sense: an answer
// younger than its interval is given again, errors too. Numbers nobody asks for are not read.
// Engine thread; has no thread of its own. Blocks on the kernel's own file systems, on statvfs of
// local volumes, and on the first look-up of a user's name.
class SystemMonitor {
 public:
  static constexpr auto kMemoryInterval = std::chrono::milliseconds(500);
  static constexpr auto kProcessInterval = std::chrono::seconds(1);
  static constexpr auto kOtherInterval = std::chrono::seconds(5);
  // A percentage needs two readings: as long as there is only one, the next may follow this soon.
  static constexpr auto kFirstWindow = std::chrono::milliseconds(250);

  // `clock` must outlive the monitor.
  SystemMonitor(Probes probes, const base::Clock& clock, UserLookup lookup = user_name);

  base::Result<model::MemorySample> memory();
  // Always a new sample, for whoever measures an effect; also the answer of memory() from now on.
  base::Result<model::MemorySample> memory_now();
  // Busy share since the reading before; nullopt on the first, or if that is over 3 minutes old.
  base::Result<model::CpuSample> cpu();
  base::Result<std::vector<model::DiskSpace>> disks();
  base::Result<model::PressureReading> pressure();
  base::Result<model::PressureReading> pressure_now();  // always new
  model::PowerState power();
  model::ThermalState thermal();
  // The largest by resident memory or by CPU share, with user names and start times.
  base::Result<std::vector<model::ProcessInfo>> top(std::size_t limit, SortBy sort);
  // Whether top() knows any CPU share now; if not, it does kFirstWindow after its next answer.
  bool has_process_shares() const { return table_.has_percentages(); }
  // How many processes there are, of the same listing as top().
  base::Result<std::size_t> process_count();
  // Proportional set size of one process; about 0.7 ms, never cached.
  base::Result<std::uint64_t> proportional_bytes(const model::ProcessId& id);

  // Frees the caches and closes the kept files; the next question pays for them again, and its
  // percentages start anew. The last answers of constant size stay.
  void shed();

 private:
  template <class Value>
  struct Cached {
    std::optional<base::Result<Value>> value;
    base::SteadyTime at{};
  };
  template <class Value, class Read>
  const base::Result<Value>& refresh(Cached<Value>& cached, base::Duration good_for, Read read);
  base::Result<model::CpuSample> read_cpu();
  base::Status list_processes();
  void dress(model::ProcessInfo& row);
  const std::optional<std::string>& name_of(uid_t uid);

  Probes probes_;
  const base::Clock& clock_;
  UserLookup lookup_;

  Cached<model::MemorySample> memory_;
  Cached<model::CpuSample> cpu_;
  Cached<std::vector<model::DiskSpace>> disks_;
  Cached<model::PressureReading> pressure_;
  Cached<model::PowerState> power_;
  Cached<model::ThermalState> thermal_;
  Cached<std::size_t> processes_;
  struct CpuBase {
    model::CpuTimes times;
    base::SteadyTime at{};
  };
  std::optional<CpuBase> cpu_base_;
  ProcessTable table_;
  std::map<uid_t, std::optional<std::string>> users_;
};

}  // namespace lull::stats
