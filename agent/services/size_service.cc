// SPDX-License-Identifier: MIT
#include "agent/services/size_service.h"

#include <algorithm>
#include <utility>

#include "agent/services/patience.h"
#include "core/base/bytes.h"
#include "core/base/path_text.h"
#include "core/scan/dead_mounts.h"
#include "core/scan/mount_probe.h"
#include "scheduler/offload.h"

namespace lull::agent {
namespace {

constexpr const char* kPath = "path";
constexpr const char* kFresh = "fresh";
// Trees that were changed and not measured since; more are taken for everything.
constexpr std::size_t kMostStale = 256;
// The seed's limits of one refresh: at most ten hot paths, a pause between them.
constexpr std::size_t kHotPaths = 10;
constexpr auto kPause = std::chrono::milliseconds(100);
// Unasked work costs at most a thousandth of the time: after a walk of a second a path rests for a
// quarter of an hour.
constexpr int kRest = 1000;
// What could not be watched (too large for what is left, on a file system that tells nothing) is
// not measured for that alone before this.
constexpr auto kWatchAgain = std::chrono::hours(1);

scheduler::JobResult result_of(const base::Result<model::TreeSize>& size) {
  using scheduler::Outcome;
  if (!size) return {Outcome::kFailed, size.error().to_string(), ""};
  const std::string found = base::format_bytes(size->allocated_bytes);
  if (size->partial) return {Outcome::kCancelled, found + " until it was stopped", ""};
  return {size->error_count > 0 ? Outcome::kPartial : Outcome::kDone, found, ""};
}

}  // namespace

SizeService::SizeService(scheduler::Engine& engine, scheduler::ComputePool& compute,
                         scheduler::Executor& blocking, const Settings& settings, SizeParts parts)
    : engine_(engine),
      compute_(compute),
      blocking_(blocking),
      settings_(settings),
      parts_(std::move(parts)),
      patient_(parts_.patient != nullptr ? *parts_.patient : blocking),
      cache_(static_cast<std::size_t>(settings.performance.dir_cache_size),
             settings.performance.dir_cache_ttl, engine.time()),
      watcher_(parts_.watch.get()) {}

scheduler::JobSpec SizeService::size_job() {
  scheduler::JobSpec spec;
  spec.name = "size";
  spec.trigger = scheduler::Trigger::kRequest;
  spec.priority = scheduler::Priority::kUserBlocking;
  spec.shutdown = scheduler::ShutdownBehaviour::kSkip;
  spec.needs_parameters = "needs a path; use `lull size PATH`";
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

void SizeService::apply_settings() { cache_.set_ttl(settings_.performance.dir_cache_ttl); }

// ---- an answer --------------------------------------------------------------------------------

base::Result<model::TreeSize> SizeService::size(
    scheduler::JobScheduler& jobs, const std::string& path, bool fresh,
    const base::CancelToken& cancel,
    const std::function<void(const scheduler::RunTicket&)>& started) {
  take_changes();
  const auto look = look_at(path);
  if (!look) return tl::unexpected(look.error());
  auto cached = cache_.get(path, look->stamp);  // asked even when fresh: it counts the use
  if (!cached && !fresh) cached = recall(path, look->stamp);
  if (cached && !fresh) return *std::move(cached);
  scheduler::JobParameters parameters{{kPath, path}};
  if (fresh) parameters.emplace(kFresh, "yes");
  return values_.request(jobs, parameters, cancel, started);
}

base::Result<SizeService::Look> SizeService::look_at(const std::string& path) {
  return scheduler::offload(engine_, patient_, [&]() -> base::Result<Look> {
    LULL_TRY(scan::file_system_answers(path, parts_.home, kPatience));
    const auto stamp = cache::stamp_of(path);
    if (!stamp) return tl::unexpected(stamp.error());
    const auto mounts = scan::MountsThatMayHang::find();
    return Look{*stamp, mounts.is_device_of_another(
                            scan::mount_device(static_cast<dev_t>(stamp->device)), parts_.home)};
  });
}

void SizeService::take_changes() {
  watcher_.take_changes([this](const std::string& tree) { forget(tree); },
                        [this](const std::string& tree) {
                          forget(tree);
                          add_stale(tree);
                        });
}

void SizeService::forget(const std::string& tree) {
  cache_.forget(tree);
  disturb(tree);
}

void SizeService::invalidate(const std::string& path) {
  cache_.invalidate(path);
  const std::string tree = cache::normal_path(path);
  disturb(tree);
  add_stale(tree);
}

void SizeService::add_stale(const std::string& tree) {
  if (std::find(stale_.begin(), stale_.end(), tree) != stale_.end()) return;
  if (stale_.size() >= kMostStale) stale_ = {"/"};
  stale_.push_back(tree);
}

cache::MeasureRequest SizeService::request_for(const std::string& path, Freshness freshness) const {
  cache::MeasureRequest request;
  request.path = path;
  request.now = engine_.time().wall_now();
  const base::Duration ttl = settings_.performance.dir_cache_ttl;
  // A refresh reads what would be too old before long.
  request.believe = freshness == Freshness::kAsSet        ? ttl
                    : freshness == Freshness::kForRefresh ? ttl / 2
                                                          : base::Duration(0);
  request.touched = watcher_.touched(path);
  request.stale = stale_;
  return request;
}

SizeStats SizeService::stats() const {
  SizeStats stats;
  stats.memory = cache_.stats();
  stats.memory.hits += recalled_;
  stats.memory.misses -= std::min(stats.memory.misses, recalled_);
  stats.store = store_stats_.value_or(cache::TreeStore::Stats{});
  stats.recalled = recalled_;
  stats.directories_checked = checked_;
  stats.directories_read = read_;
  stats.watched = watcher_.watched();
  return stats;
}

void SizeService::shed() {
  cache_.shed();
  watcher_.forget_all();
  rest();
}

void SizeService::rest() {
  scheduler::offload(engine_, blocking_, [&] { parts_.store->rest(); });
}

// ---- jobs -------------------------------------------------------------------------------------

scheduler::JobResult SizeService::run_size(scheduler::JobContext& context) {
  const auto path = context.parameters.find(kPath);
  context.progress.enter("walking");
  const std::string work = "size " + path->second;
  if (costs_ != nullptr) costs_->expect(work, context.progress);
  const base::SteadyTime started = engine_.now();
  const bool fresh = context.parameters.contains(kFresh);
  auto size = measure(path->second, fresh ? Freshness::kNone : Freshness::kAsSet, false,
                      context.cancel, context.progress);
  if (size && !size->partial && costs_ != nullptr)
    costs_->learn(work, context.progress.snapshot(), engine_.now() - started);
  scheduler::JobResult result = result_of(size);
  values_.put(context.parameters, std::move(size));
  return result;
}

std::vector<std::string> SizeService::paths_to_refresh() const {
  std::vector<std::string> paths = cache_.hot_paths(kHotPaths);
  std::erase_if(paths, [&](const std::string& path) {
    const auto rest = rest_until_.find(path);
    return rest != rest_until_.end() && engine_.now() < rest->second;
  });
  add_unwatched(paths);
  return paths;
}

// Cached answers alone make a path hot, and only a measurement makes it watched: until then a
// change deep in it would stay unseen for the time to live.
void SizeService::add_unwatched(std::vector<std::string>& paths) const {
  cache_.for_each_hot(TreeWatcher::kHot, [&](const std::string& path, const auto& size) {
    if (paths.size() >= kHotPaths) return false;
    const auto again = unwatched_until_.find(path);
    const bool failed = again != unwatched_until_.end() && engine_.now() < again->second;
    if (!failed && !watcher_.covers(path) &&
        watcher_.wanted(path, size.directories, TreeWatcher::kHot) &&
        std::find(paths.begin(), paths.end(), path) == paths.end())
      paths.push_back(path);
    return true;
  });
}

scheduler::JobResult SizeService::run_refresh(scheduler::JobContext& context) {
  using scheduler::Outcome;
  context.progress.enter("refreshing");
  std::size_t measured = 0;
  std::size_t failed = 0;
  for (auto* until : {&rest_until_, &unwatched_until_})
    std::erase_if(*until, [&](const auto& one) { return one.second <= engine_.now(); });
  for (const std::string& path : paths_to_refresh()) {
    if (measured + failed > 0 &&
        engine_.sleep_for(kPause, {}, context.cancel) == scheduler::Wake::kCancelled)
      break;
    const base::SteadyTime started = engine_.now();
    const auto size = measure(path, Freshness::kForRefresh, true, context.cancel, context.progress);
    rest_until_[path] = engine_.now() + kRest * (engine_.now() - started);
    if (!size) cache_.invalidate(path);  // gone: no reason to come back
    if (!watcher_.covers(path)) unwatched_until_[path] = engine_.now() + kWatchAgain;
    ++(size ? measured : failed);
    if (context.cancel.cancelled()) break;
  }
  watcher_.forget_cold([this](const std::string& path) { return cache_.uses(path); });
  const std::string message = std::to_string(measured) + " paths measured";
  if (context.cancel.cancelled()) return {Outcome::kCancelled, message, ""};
  return {failed > 0 ? Outcome::kPartial : Outcome::kDone, message, ""};
}

}  // namespace lull::agent
