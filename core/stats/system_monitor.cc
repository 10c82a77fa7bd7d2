// SPDX-License-Identifier: MIT
#include "core/stats/system_monitor.h"

#include <algorithm>
#include <utility>

namespace lull::stats {
namespace {

// More users than any machine shows at once; a bound all the same.
constexpr std::size_t kMostUsers = 1024;

}  // namespace

Probes make_probes(const platform::SystemRoots& roots, const base::Clock& clock) {
  return {platform::make_memory_probe(roots, clock),
          platform::make_cpu_probe(roots),
          platform::make_disk_probe(roots),
          platform::make_process_probe(roots),
          platform::make_pressure_probe(roots, clock),
          platform::make_power_probe(roots),
          platform::make_thermal_probe(roots)};
}

SystemMonitor::SystemMonitor(Probes probes, const base::Clock& clock, UserLookup lookup)
    : probes_(std::move(probes)), clock_(clock), lookup_(std::move(lookup)) {}

template <class Value, class Read>
const base::Result<Value>& SystemMonitor::refresh(Cached<Value>& cached, base::Duration good_for,
                                                  Read read) {
  const base::SteadyTime now = clock_.now();
  if (!cached.value || now - cached.at >= good_for) {
    cached.value.emplace(read());
    cached.at = now;
  }
  return *cached.value;
}

base::Result<model::MemorySample> SystemMonitor::memory() {
  return refresh(memory_, kMemoryInterval, [this] { return probes_.memory->sample(); });
}

base::Result<model::MemorySample> SystemMonitor::memory_now() {
  memory_.value.reset();
  return memory();
}

base::Result<model::CpuSample> SystemMonitor::cpu() {
  const bool has_percent = cpu_.value && *cpu_.value && (**cpu_.value).percent;
  const base::Duration good_for = has_percent ? base::Duration(kOtherInterval) : kFirstWindow;
  return refresh(cpu_, good_for, [this] { return read_cpu(); });
}

base::Result<model::CpuSample> SystemMonitor::read_cpu() {
  const auto reading = probes_.cpu->read();
  if (!reading) return tl::unexpected(reading.error());
  const base::SteadyTime now = clock_.now();
  model::CpuSample sample{std::nullopt, reading->cores, reading->load_1m};
  const model::CpuTimes& times = reading->times;
  // Ticks may step back when a core goes offline.
  if (cpu_base_ && now - cpu_base_->at < ProcessTable::kStaleBase &&
      times.total_ticks > cpu_base_->times.total_ticks &&
      times.busy_ticks >= cpu_base_->times.busy_ticks) {
    const auto busy = static_cast<double>(times.busy_ticks - cpu_base_->times.busy_ticks);
    const auto total = static_cast<double>(times.total_ticks - cpu_base_->times.total_ticks);
    sample.percent = std::min(100.0, 100 * busy / total);
  }
  cpu_base_ = CpuBase{times, now};
  return sample;
}

base::Result<std::vector<model::DiskSpace>> SystemMonitor::disks() {
  return refresh(disks_, kOtherInterval, [this] { return probes_.disks->list(); });
}

base::Result<model::PressureReading> SystemMonitor::pressure() {
  return refresh(pressure_, kOtherInterval, [this] { return probes_.pressure->read(); });
}

base::Result<model::PressureReading> SystemMonitor::pressure_now() {
  pressure_.value.reset();
  return pressure();
}

model::PowerState SystemMonitor::power() {
  return *refresh(power_, kOtherInterval,
                  [this] { return base::Result<model::PowerState>(probes_.power->read()); });
}

model::ThermalState SystemMonitor::thermal() {
  return *refresh(thermal_, kOtherInterval,
                  [this] { return base::Result<model::ThermalState>(probes_.thermal->read()); });
}

base::Status SystemMonitor::list_processes() {
  const base::Duration good_for =
      table_.has_percentages() ? base::Duration(kProcessInterval) : kFirstWindow;
  const auto& count = refresh(processes_, good_for, [this]() -> base::Result<std::size_t> {
    if (auto listed = probes_.processes->list(table_.begin_listing()); !listed) {
      table_.abandon();
      return tl::unexpected(std::move(listed).error());
    }
    table_.commit(clock_.now());
    return table_.size();
  });
  if (!count) return tl::unexpected(count.error());
  return {};
}

base::Result<std::vector<model::ProcessInfo>> SystemMonitor::top(std::size_t limit, SortBy sort) {
  LULL_TRY(list_processes());
  auto rows = table_.top(limit, sort);
  for (model::ProcessInfo& row : rows) dress(row);
  return rows;
}

base::Result<std::size_t> SystemMonitor::process_count() {
  LULL_TRY(list_processes());
  return table_.size();
}

void SystemMonitor::dress(model::ProcessInfo& row) {
  row.user = name_of(row.uid);
  row.started_at = probes_.processes->started_at(row.id);
}

const std::optional<std::string>& SystemMonitor::name_of(uid_t uid) {
  if (const auto known = users_.find(uid); known != users_.end()) return known->second;
  if (users_.size() >= kMostUsers) users_.clear();
  return users_.emplace(uid, lookup_(uid)).first->second;
}

base::Result<std::uint64_t> SystemMonitor::proportional_bytes(const model::ProcessId& id) {
  return probes_.processes->proportional_bytes(id);
}

void SystemMonitor::shed() {
  probes_.processes->shed();
  table_.shed();
  processes_.value.reset();
  disks_.value.reset();
  users_.clear();
}

}  // namespace lull::stats
