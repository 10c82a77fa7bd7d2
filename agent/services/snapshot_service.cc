// SPDX-License-Identifier: MIT
#include "agent/services/snapshot_service.h"

#include <utility>

#include <unistd.h>

#include "agent/version.h"
#include "core/platform/own_process.h"

namespace lull::agent {
namespace {

// As many as a glance takes in.
constexpr std::size_t kTop = 5;

template <class Value>
std::optional<Value> known(base::Result<Value> result) {
  if (!result) return std::nullopt;
  return *std::move(result);
}

}  // namespace

SnapshotService::SnapshotService(scheduler::Engine& engine, stats::SystemMonitor& monitor,
                                 bool agent, Sources sources)
    : engine_(engine),
      monitor_(monitor),
      agent_(agent),
      sources_(std::move(sources)),
      started_(engine.now()) {}

model::Snapshot SnapshotService::take(const base::CancelToken& cancel) {
  settle(cancel);
  model::Snapshot snapshot;
  snapshot.taken_at = engine_.time().wall_now();
  snapshot.version = kVersion;
  if (agent_) snapshot.agent = own_cost();
  snapshot.memory = known(monitor_.memory());
  snapshot.pressure = sources_.pressure();
  snapshot.cpu = known(monitor_.cpu());
  looked(snapshot.cpu ? snapshot.cpu->percent : std::nullopt, snapshot.pressure);
  if (auto disks = monitor_.disks()) snapshot.disks = *std::move(disks);
  if (auto top = monitor_.top(kTop, stats::SortBy::kMemory)) snapshot.top = *std::move(top);
  snapshot.reclaimable = sources_.reclaimable();
  snapshot.jobs = sources_.jobs();
  snapshot.last_run = sources_.last_run();
  if (sources_.operations) snapshot.operations = sources_.operations();
  if (sources_.largest_apps) snapshot.largest_apps = sources_.largest_apps();
  snapshot.paused_until = sources_.paused_until();
  return snapshot;
}

void SnapshotService::looked(std::optional<double> cpu_percent,
                             const std::optional<model::Pressure>& pressure) {
  recent_.add({engine_.time().wall_now(), cpu_percent,
               pressure ? model::some_avg10(pressure->reading) : std::nullopt});
}

std::vector<model::LoadSample> SnapshotService::recent() const {
  return recent_.until(engine_.time().wall_now());
}

base::Result<std::vector<model::ProcessInfo>> SnapshotService::top(
    std::size_t limit, stats::SortBy sort, const base::CancelToken& cancel) {
  settle(cancel);
  return monitor_.top(limit, sort);
}

// Makes sure that there are two readings to compare: of the machine, and of its processes, whose
// listings a relief throws away.
void SnapshotService::settle(const base::CancelToken& cancel) {
  const auto cpu = monitor_.cpu();
  const bool listed = monitor_.process_count().has_value();
  if ((cpu && !cpu->percent) || (listed && !monitor_.has_process_shares()))
    (void)engine_.sleep_for(stats::SystemMonitor::kFirstWindow, {}, cancel);
}

model::AgentInfo SnapshotService::own_cost() const {
  model::AgentInfo info;
  info.pid = ::getpid();
  info.uptime = engine_.now() - started_;
  if (const auto cost = platform::own_cost()) {
    info.pss_bytes = cost->pss_bytes;
    info.cpu_seconds = cost->cpu_seconds;
  }
  return info;
}

}  // namespace lull::agent
