// SPDX-License-Identifier: MIT
#include "agent/services/size_service.h"

#include <algorithm>
#include <utility>

#include <spdlog/spdlog.h>

#include "agent/services/patience.h"
#include "core/base/bytes.h"
#include "core/base/path_text.h"
#include "core/cache/watch_tree.h"
#include "core/scan/dead_mounts.h"
#include "core/scan/mount_probe.h"
#include "core/scan/tree_size.h"
#include "core/scan/walk_width.h"
#include "scheduler/offload.h"
#include "scheduler/offload_while.h"

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

// From the rows in the store, without a walk.
std::optional<model::TreeSize> SizeService::recall(const std::string& path,
                                                   const cache::DirSizeCache::Stamp& stamp) {
  const cache::MeasureRequest request = request_for(path, Freshness::kAsSet);
  auto stats = store_stats_;
  auto known = scheduler::offload(engine_, blocking_, [&] {
    auto recalled = cache::recall(*parts_.store, request);
    if (!stats) stats = parts_.store->stats();
    parts_.store->rest();  // the answer is in memory from now on
    return recalled;
  });
  if (!store_stats_) store_stats_ = stats;
  if (!known) return std::nullopt;
  ++recalled_;
  cache_.put(path, stamp, *known);
  return known;
}

void SizeService::take_changes() {
  watcher_.take_changes([this](const std::string& tree) { cache_.forget(tree); },
                        [this](const std::string& tree) {
                          cache_.forget(tree);
                          add_stale(tree);
                        });
}

void SizeService::invalidate(const std::string& path) {
  cache_.invalidate(path);
  add_stale(cache::normal_path(path));
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

// ---- a measurement ----------------------------------------------------------------------------

base::Result<model::TreeSize> SizeService::measure(const std::string& path, Freshness freshness,
                                                   bool background, const base::CancelToken& cancel,
                                                   base::Progress& progress) {
  take_changes();
  const auto look = look_at(path);
  if (!look) return tl::unexpected(look.error());
  if (look->may_hang) return measure_patiently(path, look->stamp, cancel, progress);
  scan::WalkOptions options;
  options.width = scan::widest_for(path, parts_.home,
                                   static_cast<unsigned>(settings_.performance.max_parallel_scans));
  options.cancel = cancel;
  options.progress = &progress;
  const cache::MeasureRequest request = request_for(path, freshness);
  Measured measured = measure_once(request, options, watcher_.number_of(path), background);
  if (watcher_.number_of(path) && !measured.watched) watcher_.forget(path);
  if (!measured.report) return tl::unexpected(std::move(measured.report).error());
  if (!measured.report->size.partial) {
    learn(request, *measured.report);
    watch(request, options, background, measured);
    cache_.put(path, measured.stamp, measured.report->size);
  }
  if (!measured.note.empty()) spdlog::warn("{}", measured.note);
  return std::move(measured.report->size);
}

// A task of the arena would be lost to others for as long as it hangs: a thread of its own walks.
base::Result<model::TreeSize> SizeService::measure_patiently(
    const std::string& path, const cache::DirSizeCache::Stamp& stamp,
    const base::CancelToken& cancel, base::Progress& progress) {
  const base::CancelSource walk(cancel);
  const auto counted = std::make_shared<base::Progress>();
  scan::WalkOptions options;
  options.width = 1;
  options.cancel = walk.token();
  options.progress = counted.get();
  const auto measurement = std::make_shared<scan::TreeMeasurement>(path, options);
  base::ProgressSnapshot told = counted->snapshot();
  std::uint64_t steps = 0;
  base::SteadyTime until = engine_.now() + kPatience;
  auto size = scheduler::offload_while(
      engine_, patient_, std::chrono::milliseconds(250),
      [&] {
        const base::ProgressSnapshot now = counted->snapshot();
        progress.add(now.done_items - told.done_items, now.done_bytes - told.done_bytes);
        told = now;
        if (std::exchange(steps, measurement->steps()) != steps) until = engine_.now() + kPatience;
        return engine_.now() < until;
      },
      [measurement, counted] { return measurement->run(); });
  if (!size) {
    walk.cancel(base::CancelReason::kDeadline);
    return measurement->given_up();
  }
  if (*size && !(*size)->partial) cache_.put(path, stamp, **size);
  return *std::move(size);
}

SizeService::Measured SizeService::measure_once(const cache::MeasureRequest& request,
                                                const scan::WalkOptions& options,
                                                std::optional<std::uint32_t> tree,
                                                bool background) {
  scheduler::Executor& executor = background ? compute_.background() : compute_.foreground();
  Measured measured;
  scheduler::offload(engine_, executor, [&] {
    const auto stamp = cache::stamp_of(request.path);
    if (!stamp) {
      measured.report = tl::unexpected(stamp.error());
      return;
    }
    measured.stamp = *stamp;
    // Watched first, read afterwards: no change falls between.
    if (tree)
      measured.watched = cache::watch_tree(*parts_.store, *parts_.watch, request.path, *tree,
                                           parts_.own_directories);
    measured.report = parts_.measure(*parts_.store, request, options);
    measured.store = parts_.store->stats();
    measured.note = parts_.store->take_note();
  });
  store_stats_ = measured.store;
  return measured;
}

// A tree that is asked for often is watched. What was read before its directories were watched is
// looked at once more.
void SizeService::watch(const cache::MeasureRequest& request, const scan::WalkOptions& options,
                        bool background, Measured& measured) {
  const std::string& path = request.path;
  const bool is_watched = watcher_.number_of(path).has_value();
  if (is_watched && measured.report->directories_read == 0) return;
  const auto tree = watcher_.wanted(path, measured.report->size.directories, cache_.uses(path));
  if (!tree || !measured.report->stored) return;
  watcher_.begin(path, *tree);
  cache::MeasureRequest again = request;
  again.believe = settings_.performance.dir_cache_ttl;
  again.touched.clear();
  again.stale.clear();
  Measured second = measure_once(again, options, tree, background);
  if (!second.watched || !second.report || second.report->size.partial) {
    watcher_.forget(path);
    return;
  }
  second.report->size.from_cache = measured.report->size.from_cache;
  learn(again, *second.report);
  measured.report = std::move(second.report);
  measured.stamp = second.stamp;
}

void SizeService::learn(const cache::MeasureRequest& request, const cache::MeasureReport& report) {
  watcher_.measured(request.path, request.touched);
  const std::string path = cache::normal_path(request.path);
  std::erase_if(stale_, [&](const std::string& stale) {
    const bool was_known =
        std::find(request.stale.begin(), request.stale.end(), stale) != request.stale.end();
    return was_known && base::is_at_or_below(stale, path);
  });
  checked_ += report.directories_checked;
  read_ += report.directories_read;
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
