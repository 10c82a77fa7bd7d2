// SPDX-License-Identifier: MIT
// The measurements of SizeService, and what is watched and remembered of them.
#include <algorithm>
#include <utility>

#include <spdlog/spdlog.h>

#include "agent/services/patience.h"
#include "agent/services/size_service.h"
#include "core/base/path_text.h"
#include "core/cache/watch_tree.h"
#include "core/scan/tree_size.h"
#include "core/scan/walk_width.h"
#include "scheduler/offload.h"
#include "scheduler/offload_while.h"

namespace lull::agent {

// An answer that is being made, of a path. What is told to have happened there meanwhile may have
// been read or not: it counts as not, and the answer is given, but not kept.
class SizeService::Reading {
 public:
  Reading(SizeService& service, const std::string& path)
      : service_(service), path_(path), normal_(cache::normal_path(path)) {
    service_.readings_.push_back(this);
  }
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;
  ~Reading() { std::erase(service_.readings_, this); }

  void disturb(const std::string& tree) {
    if (base::is_at_or_below(tree, normal_) || base::is_below(normal_, tree)) disturbed_ = true;
  }
  const std::string& path() const { return path_; }
  bool is_disturbed() const { return disturbed_; }

 private:
  SizeService& service_;
  const std::string path_, normal_;
  bool disturbed_ = false;
};

void SizeService::disturb(const std::string& tree) {
  for (Reading* reading : readings_) reading->disturb(tree);
}

// From the rows in the store, without a walk.
std::optional<model::TreeSize> SizeService::recall(const std::string& path,
                                                   const cache::DirSizeCache::Stamp& stamp) {
  const Reading reading(*this, path);
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
  if (!reading.is_disturbed()) cache_.put(path, stamp, *known);
  return known;
}

base::Result<model::TreeSize> SizeService::measure(const std::string& path, Freshness freshness,
                                                   bool background, const base::CancelToken& cancel,
                                                   base::Progress& progress) {
  take_changes();
  const auto look = look_at(path);
  if (!look) return tl::unexpected(look.error());
  const Reading reading(*this, path);
  if (look->may_hang) return measure_patiently(reading, look->stamp, cancel, progress);
  scan::WalkOptions options;
  options.width = scan::widest_for(path, parts_.home,
                                   static_cast<unsigned>(settings_.performance.max_parallel_scans));
  options.cancel = cancel;
  options.progress = &progress;
  const cache::MeasureRequest request = request_for(path, freshness);
  Measured measured = measure_once(request, options, watcher_.cover_of(path), background);
  if (watcher_.number_of(path) && !measured.watched) watcher_.forget(path);
  if (!measured.report) return tl::unexpected(std::move(measured.report).error());
  if (!measured.report->size.partial) {
    learn(request, measured, reading);
    const bool is_heard = watch(request, options, background, reading, measured);
    if (is_heard && !reading.is_disturbed())
      cache_.put(path, measured.stamp, measured.report->size);
  }
  if (!measured.note.empty()) spdlog::warn("{}", measured.note);
  return std::move(measured.report->size);
}

// A task of the arena would be lost to others for as long as it hangs: a thread of its own walks.
base::Result<model::TreeSize> SizeService::measure_patiently(
    const Reading& reading, const cache::DirSizeCache::Stamp& stamp,
    const base::CancelToken& cancel, base::Progress& progress) {
  const base::CancelSource walk(cancel);
  const auto counted = std::make_shared<base::Progress>();
  scan::WalkOptions options;
  options.width = 1;
  options.cancel = walk.token();
  options.progress = counted.get();
  const auto measurement = std::make_shared<scan::TreeMeasurement>(reading.path(), options);
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
  if (*size && !(*size)->partial && !reading.is_disturbed())
    cache_.put(reading.path(), stamp, **size);
  return *std::move(size);
}

SizeService::Measured SizeService::measure_once(const cache::MeasureRequest& request,
                                                const scan::WalkOptions& options,
                                                std::optional<TreeWatcher::Cover> cover,
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
    if (cover) watch_again(request, *cover, measured);
    measured.report = parts_.measure(*parts_.store, request, options);
    measured.store = parts_.store->stats();
    measured.note = parts_.store->take_note();
  });
  store_stats_ = measured.store;
  if (cover && !watcher_.watches(cover->tree)) {  // given up meanwhile: nobody would take them back
    parts_.watch->remove_tree(cover->tree);
    measured.watched = false;
  }
  return measured;
}

// Any thread.
void SizeService::watch_again(const cache::MeasureRequest& request, const TreeWatcher::Cover& cover,
                              Measured& measured) const {
  if (!cover.is_part) {
    measured.watched = cache::watch_tree(*parts_.store, *parts_.watch, request.path, cover.tree,
                                         parts_.own_directories);
    measured.settled = request.touched;
    return;
  }
  auto part = cache::watch_part(*parts_.store, *parts_.watch, request.path, cover.tree,
                                request.touched, parts_.own_directories);
  measured.watched = part.whole;
  if (part.whole) measured.settled = std::move(part.known);
}

// A tree that is asked for often is watched. What was read before its directories were watched is
// looked at once more. False: this is a part of a watched tree, and not all of it will be heard.
bool SizeService::watch(const cache::MeasureRequest& request, const scan::WalkOptions& options,
                        bool background, const Reading& reading, Measured& measured) {
  const std::string& path = request.path;
  const model::TreeSize& size = measured.report->size;
  if (size.directories == 0) return true;  // a file's own times tell of all that happens to it
  auto cover = watcher_.cover_of(path);
  if (cover && measured.watched && measured.report->directories_read == 0) return true;
  if (!cover) {
    const auto tree = watcher_.wanted(path, size.directories, cache_.uses(path));
    if (!tree || !measured.report->stored) return true;
    watcher_.begin(path, *tree);
    cover = TreeWatcher::Cover{*tree, false};
  }
  if (measured.report->stored &&
      look_once_more(request, options, *cover, background, reading, measured))
    return true;
  if (!cover->is_part) watcher_.forget(path);
  return !cover->is_part;
}

bool SizeService::look_once_more(const cache::MeasureRequest& request,
                                 const scan::WalkOptions& options, const TreeWatcher::Cover& cover,
                                 bool background, const Reading& reading, Measured& measured) {
  cache::MeasureRequest again = request;
  again.believe = settings_.performance.dir_cache_ttl;
  again.touched.clear();
  again.stale.clear();
  Measured second = measure_once(again, options, cover, background);
  if (!second.watched || !second.report || second.report->size.partial) return false;
  second.report->size.from_cache = measured.report->size.from_cache;
  learn(again, second, reading);
  measured.report = std::move(second.report);
  measured.stamp = second.stamp;
  return true;
}

void SizeService::learn(const cache::MeasureRequest& request, const Measured& measured,
                        const Reading& reading) {
  checked_ += measured.report->directories_checked;
  read_ += measured.report->directories_read;
  if (reading.is_disturbed()) return;
  watcher_.measured(request.path, measured.settled);
  const std::string path = cache::normal_path(request.path);
  std::erase_if(stale_, [&](const std::string& stale) {
    const bool was_known =
        std::find(request.stale.begin(), request.stale.end(), stale) != request.stale.end();
    return was_known && base::is_at_or_below(stale, path);
  });
}

}  // namespace lull::agent
