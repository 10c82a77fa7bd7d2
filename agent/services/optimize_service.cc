// SPDX-License-Identifier: MIT
#include "agent/services/optimize_service.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <utility>

#include <unistd.h>

#include "core/base/bytes.h"
#include "core/platform/java_programs.h"
#include "core/relief/app_gc.h"
#include "core/relief/claims.h"
#include "core/relief/memory_compression.h"
#include "core/relief/network_caches.h"
#include "core/scan/open_files.h"
#include "core/scan/user_dirs.h"
#include "scheduler/offload.h"
#include "scheduler/task_group.h"

namespace lull::agent {
namespace {

using base::Result;
using relief::OperationVerdict;
using relief::ReliefOutcome;

constexpr const char* kDryRun = "dry-run";
constexpr const char* kKind = "optimize";  // in the history

// Who has a file open or mapped; everybody if that cannot be told.
std::function<bool(dev_t, ino_t)> who_uses_files() {
  auto open = std::make_shared<std::optional<scan::OpenFiles>>(scan::find_open_files({}));
  return [open](dev_t device, ino_t inode) { return !*open || (*open)->contains(device, inode); };
}

// Of a Java program now; as much as can be if it has ended, which is no gain of ours.
std::uint64_t anonymous_of(pid_t pid, uid_t user) {
  const auto programs = platform::find_java_programs({}, user);
  if (!programs) return std::numeric_limits<std::uint64_t>::max();
  for (const auto& program : *programs)
    if (program.pid == pid) return program.anonymous_bytes + program.swapped_bytes;
  return std::numeric_limits<std::uint64_t>::max();
}

std::string summary_of(const model::OptimizeReport& report) {
  std::string text;
  for (const auto& operation : report.operations)
    if (operation.bytes > 0)
      text += (text.empty() ? "" : ", ") + operation.id + " " +
              base::format_bytes(operation.bytes) +
              relief::predicted_words(operation.predicted_bytes);
  return text.empty() ? "nothing to give back" : "given back: " + text;
}

std::uint64_t bytes_of(const model::OptimizeReport& report) {
  std::uint64_t sum = 0;  // no byte twice: settle_claims()
  for (const auto& operation : report.operations) sum += operation.bytes;
  return sum;
}

bool failed(const model::OptimizeReport& report) {
  return std::any_of(report.operations.begin(), report.operations.end(), [](const auto& operation) {
    return operation.outcome == ReliefOutcome::kFailed;
  });
}

std::optional<model::MemorySample> measured(stats::SystemMonitor& monitor) {
  const auto memory = monitor.memory_now();
  return memory ? std::optional(*memory) : std::nullopt;
}

}  // namespace

std::vector<std::string> document_directories(const base::UserDirectories& directories) {
  std::vector<std::string> paths;
  for (auto& directory : scan::read_user_dirs(directories.config_home, directories.home))
    paths.push_back(std::move(directory.path));
  if (!paths.empty()) return paths;
  for (const char* usual : {"Desktop", "Documents", "Downloads", "Music", "Pictures", "Videos"})
    paths.push_back(directories.home + "/" + usual);
  return paths;
}

OptimizeService::OptimizeService(Parts parts) : parts_(std::move(parts)) {}

scheduler::JobSpec OptimizeService::job() {
  scheduler::JobSpec spec;
  spec.name = "optimize";
  spec.trigger = scheduler::Trigger::kRequest;
  spec.priority = scheduler::Priority::kUserBlocking;
  spec.shutdown = scheduler::ShutdownBehaviour::kFinishItem;
  spec.deadline = kLongest;
  spec.body = [this](scheduler::JobContext& context) { return run(context); };
  return spec;
}

Result<model::OptimizeReport> OptimizeService::optimize(scheduler::JobScheduler& jobs, bool dry,
                                                        const base::CancelToken& cancel,
                                                        const Started& started) {
  scheduler::JobParameters parameters;
  if (dry) parameters[kDryRun] = "true";
  return values_.request(jobs, parameters, cancel, started);
}

scheduler::JobResult OptimizeService::run(scheduler::JobContext& context) {
  const base::WallTime started = parts_.engine.time().wall_now();
  model::OptimizeReport report = run_all(context, context.parameters.contains(kDryRun), started);
  const std::string summary = summary_of(report);
  const auto outcome = report.cancelled ? scheduler::Outcome::kCancelled
                       : failed(report) ? scheduler::Outcome::kPartial
                                        : scheduler::Outcome::kDone;
  if (!report.dry_run) record(report, started);
  values_.put(context.parameters, std::move(report));
  return {outcome, summary, ""};
}

// Each in a fiber of its own; the report has them in their order, whichever ended first.
model::OptimizeReport OptimizeService::run_all(const scheduler::JobContext& context, bool dry,
                                               base::WallTime started) {
  const base::SteadyTime begun = parts_.engine.now();
  model::OptimizeReport report;
  report.dry_run = dry;
  report.before = measured(parts_.monitor);
  report.pressure_before = parts_.pressure();
  report.operations.resize(relief::kOperations.size());
  context.progress.enter("relieving memory");
  context.progress.expect(relief::kOperations.size(), 0);
  scheduler::TaskGroup group(parts_.engine, context.cancel);
  for (std::size_t at = 0; at < relief::kOperations.size(); ++at)
    group.spawn(relief::kOperations[at], [&, at](const base::CancelToken& cancel) {
      const std::string_view id = relief::kOperations[at];
      report.operations[at] = run_one(id, operation(id, started), dry, cancel);
      context.progress.add(1, 0);  // bytes of memory are no measure of the way
    });
  group.join();
  report.after = measured(parts_.monitor);
  report.pressure_after = parts_.pressure();
  relief::settle_claims(report);
  report.cancelled = context.cancel.cancelled();
  report.elapsed = parts_.engine.now() - begun;
  return report;
}

model::OperationReport OptimizeService::run_one(std::string_view id, const Operation& operation,
                                                bool dry, const base::CancelToken& cancel) {
  const base::SteadyTime begun = parts_.engine.now();
  model::OperationReport report;
  report.id = id;
  report.before = measured(parts_.monitor);
  OperationVerdict verdict = cancel.cancelled()
                                 ? relief::without_bytes(ReliefOutcome::kSkipped, "it was stopped")
                                 : operation(dry, cancel);
  report.after = measured(parts_.monitor);
  report.outcome = verdict.outcome;
  report.bytes = verdict.bytes;
  report.predicted_bytes = verdict.predicted_bytes;
  report.reason = std::move(verdict.reason);
  report.elapsed = parts_.engine.now() - begun;
  return report;
}

OptimizeService::Operation OptimizeService::operation(std::string_view id, base::WallTime started) {
  using Cancel = base::CancelToken;
  if (id == relief::kInactiveMemory)
    return [this, started](bool dry, const Cancel& cancel) {
      return inactive_memory(dry, cancel, started);
    };
  if (id == relief::kFileCaches)
    return [this](bool dry, const Cancel& cancel) { return file_caches(dry, cancel); };
  if (id == relief::kAppCaches)
    return [this](bool dry, const Cancel&) { return parts_.relief.app_caches(dry); };
  if (id == relief::kMemoryCompression)
    return [this](bool, const Cancel&) { return memory_compression(); };
  if (id == relief::kNetworkCaches)
    return [this](bool dry, const Cancel& cancel) { return network_caches(dry, cancel); };
  if (id == relief::kTempAllocations)
    return [this](bool dry, const Cancel& cancel) { return temp_allocations(dry, cancel); };
  return [this](bool dry, const Cancel& cancel) { return app_gc(dry, cancel); };
}

// ---- operations ---------------------------------------------------------------------------------

std::function<bool()> OptimizeService::over_or_stopped(const base::CancelToken& cancel) const {
  const base::SteadyTime until = parts_.engine.now() + kLookFor;
  return [&clock = parts_.engine.time(), until, cancel] {
    return cancel.cancelled() || clock.now() >= until;
  };
}

relief::Streams OptimizeService::find_streams(const base::CancelToken& cancel) {
  relief::StreamSearch search;
  search.roots = parts_.stream_roots;
  search.owner = ::geteuid();
  search.now = parts_.engine.time().wall_now();
  search.stop = over_or_stopped(cancel);
  return scheduler::offload(parts_.engine, parts_.blocking, [&] {
    if (search.roots.empty()) search.roots = document_directories(parts_.directories);
    return relief::find_streams(search);
  });
}

relief::DroppedStreams OptimizeService::drop_streams(const relief::Streams& streams,
                                                     const base::CancelToken& cancel) {
  if (streams.found.empty()) return {};
  const auto stop = over_or_stopped(cancel);
  return scheduler::offload(parts_.engine, parts_.blocking, [&] {
    return relief::drop_streams(streams, {who_uses_files(), stop});
  });
}

// Where no app can be asked, and only there, memory may be squeezed if the person has allowed it.
OperationVerdict OptimizeService::inactive_memory(bool dry, const base::CancelToken& cancel,
                                                  base::WallTime started) {
  OperationVerdict verdict = parts_.relief.inactive_memory(dry, cancel, {kKind, started});
  const bool has_no_lever = verdict.outcome == ReliefOutcome::kUnavailable;
  if (!has_no_lever || parts_.squeeze == nullptr || !parts_.squeeze->is_allowed()) return verdict;
  if (dry) return relief::without_bytes(ReliefOutcome::kSkipped, "would squeeze cache out");
  return parts_.squeeze->squeeze(cancel);
}

OperationVerdict OptimizeService::file_caches(bool dry, const base::CancelToken& cancel) {
  const relief::Streams streams = find_streams(cancel);
  if (dry) return relief::file_caches_outlook(streams);
  return relief::file_caches_verdict(streams, drop_streams(streams, cancel));
}

OperationVerdict OptimizeService::memory_compression() {
  const auto memory = parts_.monitor.memory();
  if (!memory) return relief::without_bytes(ReliefOutcome::kFailed, memory.error().to_string());
  const auto swap = parts_.swap.read();
  if (!swap) return relief::without_bytes(ReliefOutcome::kUnavailable, swap.error().message);
  return relief::memory_compression_verdict(*memory, *swap);
}

OperationVerdict OptimizeService::network_caches(bool dry, const base::CancelToken& cancel) {
  if (dry)
    return relief::without_bytes(ReliefOutcome::kSkipped,
                                 "would ask the resolver to forget the names it knows");
  return relief::network_caches_verdict(parts_.flush_network(cancel));
}

// What each has is measured right before and after: what others do meanwhile is not claimed.
OperationVerdict OptimizeService::app_gc(bool dry, const base::CancelToken& cancel) {
  const std::vector<std::string> names = parts_.settings.relief.collect;
  const uid_t user = ::geteuid();
  return scheduler::offload(parts_.engine, parts_.blocking, [&]() -> OperationVerdict {
    const auto programs = platform::find_java_programs({}, user);
    if (!programs)
      return relief::without_bytes(ReliefOutcome::kUnavailable, programs.error().message);
    if (dry) return relief::app_gc_outlook(*programs, names);
    std::vector<relief::Collected> asked;
    for (const auto& program : *programs) {
      if (cancel.cancelled() || !relief::may_collect(program, names)) continue;
      const auto done = platform::ask_to_collect(program, user, [&] { return cancel.cancelled(); });
      asked.push_back({program.name, program.anonymous_bytes + program.swapped_bytes,
                       anonymous_of(program.pid, user), done ? "" : done.error().message});
    }
    return relief::app_gc_verdict(*programs, names, asked);
  });
}

relief::StaleFiles OptimizeService::find_stale_files(const base::CancelToken& cancel) {
  relief::StaleSearch search;
  search.roots = parts_.temp_roots;
  if (search.roots.empty()) search.roots = {"/tmp", "/dev/shm", parts_.directories.runtime_dir};
  search.owner = ::geteuid();
  search.now = parts_.engine.time().wall_now();
  search.stop = over_or_stopped(cancel);
  search.find_users = [] { return who_uses_files(); };
  if (parts_.is_in_memory) search.is_in_memory = parts_.is_in_memory;
  return scheduler::offload(parts_.engine, parts_.blocking,
                            [&] { return relief::find_stale_files(search); });
}

OperationVerdict OptimizeService::temp_allocations(bool dry, const base::CancelToken& cancel) {
  const relief::StaleFiles stale = find_stale_files(cancel);
  ReliefStaleFiles* mover = parts_.stale_files;
  if (dry || mover == nullptr || !mover->may_move() || stale.found.empty())
    return relief::temp_allocations_verdict(stale);
  return relief::temp_allocations_verdict(stale, mover->move(stale, false, cancel));
}

void OptimizeService::record(const model::OptimizeReport& report, base::WallTime started) {
  model::HistoryEntry entry;
  entry.kind = kKind;
  entry.origin = "user";
  entry.started_at = started;
  entry.elapsed = report.elapsed;
  entry.items = static_cast<std::uint64_t>(
      std::count_if(report.operations.begin(), report.operations.end(),
                    [](const auto& operation) { return operation.bytes > 0; }));
  entry.bytes = bytes_of(report);
  entry.outcome = report.cancelled ? "cancelled" : failed(report) ? "partial" : "done";
  entry.summary = summary_of(report);
  for (const auto& operation : report.operations)
    if (operation.id == relief::kInactiveMemory && operation.predicted_bytes) {
      entry.predicted_bytes = operation.predicted_bytes;
      entry.idle_apps_bytes = operation.bytes;
    }
  parts_.journal.add_run(std::move(entry));
}

}  // namespace lull::agent
