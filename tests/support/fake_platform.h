// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/base/unique_fd.h"
#include "core/platform/cpu_probe.h"
#include "core/platform/disk_probe.h"
#include "core/platform/memory_probe.h"
#include "core/platform/power_probe.h"
#include "core/platform/pressure_probe.h"
#include "core/platform/process_probe.h"
#include "core/platform/user_idle_probe.h"

namespace lull::support {

// A machine made of values. Tests set what the probes shall answer and read what was asked for. The
// probes it hands out refer to it: it must outlive them. One thread at a time.
class FakePlatform {
 public:
  // A machine that is well: 16 GiB, half of it available, four cores, one disk, three processes, no
  // pressure, on mains, cool, nobody knows about the user. Samples are stamped with `clock`.
  explicit FakePlatform(const base::Clock& clock);
  FakePlatform(const FakePlatform&) = delete;
  FakePlatform& operator=(const FakePlatform&) = delete;

  // The answers.
  base::Result<model::MemorySample> memory;
  base::Result<platform::CpuProbe::Reading> cpu;
  base::Result<std::vector<model::DiskSpace>> disks;
  base::Result<std::vector<model::RawProcess>> processes;  // in any order
  std::map<pid_t, std::uint64_t> proportional;             // else: twice the pid in MiB
  base::WallTime boot;
  base::Result<model::PressureReading> pressure;
  base::Status triggers;  // an error: triggers cannot be had
  model::PowerState power;
  model::ThermalState thermal;
  model::UserIdle user_idle;

  // Each call in order: "memory.sample", "processes.list", "processes.shed",
  // "pressure.open_trigger some 100000 2000000", …
  std::vector<std::string> calls;
  // How many calls begin with `prefix`.
  std::size_t count(std::string_view prefix) const;

  // Makes every open trigger signal once, as if its stall had happened (POLLPRI). A PSI file ends
  // its signal when it is polled; here the next reading of the pressure does.
  void fire_triggers();
  // Every open trigger goes away (POLLERR), as when its cgroup is removed.
  void break_triggers();

  std::unique_ptr<platform::MemoryProbe> memory_probe();
  std::unique_ptr<platform::CpuProbe> cpu_probe();
  std::unique_ptr<platform::DiskProbe> disk_probe();
  std::unique_ptr<platform::ProcessProbe> process_probe();
  std::unique_ptr<platform::PressureProbe> pressure_probe();
  std::unique_ptr<platform::PowerProbe> power_probe();
  std::unique_ptr<platform::ThermalProbe> thermal_probe();
  std::unique_ptr<platform::UserIdleProbe> user_idle_probe();

  // For the probes.
  const base::Clock& clock;
  base::Result<base::UniqueFd> open_trigger(const platform::PressureTrigger& trigger);
  void end_signals();

 private:
  struct Trigger {
    base::UniqueFd far, near;  // near: what open_trigger() gave away, once more
  };
  std::vector<Trigger> open_triggers_;
};

// A row for FakePlatform::processes.
model::RawProcess fake_process(pid_t pid, std::string name, std::uint64_t resident_bytes,
                               base::Duration cpu_time = {}, uid_t uid = 1000);

}  // namespace lull::support
