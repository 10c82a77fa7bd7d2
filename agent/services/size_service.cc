// SPDX-License-Identifier: MIT
#include "agent/services/size_service.h"

#include <utility>

#include "core/base/bytes.h"
#include "core/scan/tree_size.h"
#include "scheduler/offload.h"

namespace lull::agent {
namespace {

constexpr const char* kPath = "path";
// The seed's limits of one refresh: at most ten hot paths, a pause between them.
constexpr std::size_t kHotPaths = 10;
constexpr auto kPause = std::chrono::milliseconds(100);
// Unasked work costs at most a thousandth of the time: after a walk of a second a path rests for a
// quarter of an hour.
constexpr int kRest = 1000;

scheduler::JobResult result_of(const base::Result<model::TreeSize>& size) {
  using scheduler::Outcome;
  if (!size) return {Outcome::kFailed, size.error().to_string(), ""};
  const std::string found = base::format_bytes(size->allocated_bytes);
  if (size->partial) return {Outcome::kCancelled, found + " until it was stopped", ""};
  return {size->error_count > 0 ? Outcome::kPartial : Outcome::kDone, found, ""};
}

}  // namespace

SizeService::SizeService(scheduler::Engine& engine, scheduler::ComputePool& compute,
                         scheduler::Executor& blocking, const Settings& settings)
    : engine_(engine),
      compute_(compute),
      blocking_(blocking),
      settings_(settings),
      cache_(static_cast<std::size_t>(settings.performance.dir_cache_size),
             settings.performance.dir_cache_ttl, engine.time()) {}

scheduler::JobSpec SizeService::size_job() {
  scheduler::JobSpec spec;
  spec.name = "size";
  spec.trigger = scheduler::Trigger::kRequest;
  spec.priority = scheduler::Priority::kUserBlocking;
  spec.shutdown = scheduler::ShutdownBehaviour::kSkip;
  spec.body = [this](scheduler::JobContext& context) { return run_size(context); };
  return spec;
}

scheduler::JobSpec SizeService::refresh_job() {
  scheduler::JobSpec spec;
  spec.name = "refresh-cache";
  spec.trigger = scheduler::Trigger::kIdle;
  spec.priority = scheduler::Priority::kBackground;
  spec.shutdown = scheduler::ShutdownBehaviour::kSkip;
  spec.constraints = {"nothing-stale", "refresh-off", "user-active", "cpu-busy", "on-battery",
                      "pressure",      "thermal",     "quiet-hours", "inhibited"};
  spec.interval = settings_.performance.refresh_interval;
  spec.tolerance = spec.interval / 4;
  spec.deadline = std::chrono::minutes(10);
  spec.body = [this](scheduler::JobContext& context) { return run_refresh(context); };
  return spec;
}

void SizeService::apply_settings() {
  cache_.resize(static_cast<std::size_t>(settings_.performance.dir_cache_size));
  cache_.set_ttl(settings_.performance.dir_cache_ttl);
}

base::Result<model::TreeSize> SizeService::size(
    scheduler::JobScheduler& jobs, const std::string& path, bool fresh,
    const base::CancelToken& cancel,
    const std::function<void(const scheduler::RunTicket&)>& started) {
  // lstat may hang on a dead mount: not on the engine's thread.
  const auto stamp = scheduler::offload(engine_, blocking_, [&] { return cache::stamp_of(path); });
  if (!stamp) return tl::unexpected(stamp.error());
  auto cached = cache_.get(path, *stamp);  // asked even when fresh: it counts the use
  if (cached && !fresh) return *std::move(cached);
  return values_.request(jobs, {{kPath, path}}, cancel, started);
}

base::Result<model::TreeSize> SizeService::measure(const std::string& path, bool background,
                                                   const base::CancelToken& cancel,
                                                   base::Progress& progress) {
  scheduler::Executor& executor = background ? compute_.background() : compute_.foreground();
  base::Result<cache::DirSizeCache::Stamp> stamp = cache::DirSizeCache::Stamp{};
  auto size = scheduler::offload(engine_, executor, [&]() -> base::Result<model::TreeSize> {
    stamp = cache::stamp_of(path);
    if (!stamp) return tl::unexpected(stamp.error());
    scan::WalkOptions options;
    options.width = static_cast<unsigned>(settings_.performance.max_parallel_scans);
    options.cancel = cancel;
    options.progress = &progress;
    return scan::measure_tree(path, options);
  });
  if (size) cache_.put(path, *stamp, *size);
  return size;
}

scheduler::JobResult SizeService::run_size(scheduler::JobContext& context) {
  const auto path = context.parameters.find(kPath);
  if (path == context.parameters.end())
    return {scheduler::Outcome::kFailed, "needs a path; use `lull size PATH`", ""};
  context.progress.enter("walking");
  const std::string work = "size " + path->second;
  if (costs_ != nullptr) costs_->expect(work, context.progress);
  const base::SteadyTime started = engine_.now();
  auto size = measure(path->second, false, context.cancel, context.progress);
  if (size && !size->partial && costs_ != nullptr)
    costs_->learn(work, context.progress.snapshot(), engine_.now() - started);
  const scheduler::JobResult result = result_of(size);
  values_.put(context.parameters, std::move(size));
  return result;
}

std::vector<std::string> SizeService::paths_to_refresh() const {
  std::vector<std::string> paths = cache_.hot_paths(kHotPaths);
  std::erase_if(paths, [&](const std::string& path) {
    const auto rest = rest_until_.find(path);
    return rest != rest_until_.end() && engine_.now() < rest->second;
  });
  return paths;
}

scheduler::JobResult SizeService::run_refresh(scheduler::JobContext& context) {
  using scheduler::Outcome;
  context.progress.enter("refreshing");
  std::size_t measured = 0;
  std::size_t failed = 0;
  std::erase_if(rest_until_, [&](const auto& rest) { return rest.second <= engine_.now(); });
  for (const std::string& path : paths_to_refresh()) {
    if (measured + failed > 0 &&
        engine_.sleep_for(kPause, {}, context.cancel) == scheduler::Wake::kCancelled)
      break;
    const base::SteadyTime started = engine_.now();
    const auto size = measure(path, true, context.cancel, context.progress);
    rest_until_[path] = engine_.now() + kRest * (engine_.now() - started);
    if (!size) cache_.invalidate(path);  // gone: no reason to come back
    ++(size ? measured : failed);
    if (context.cancel.cancelled()) break;
  }
  const std::string message = std::to_string(measured) + " paths measured";
  if (context.cancel.cancelled()) return {Outcome::kCancelled, message, ""};
  return {failed > 0 ? Outcome::kPartial : Outcome::kDone, message, ""};
}

}  // namespace lull::agent
