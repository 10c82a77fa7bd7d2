// SPDX-License-Identifier: MIT
#include "agent/services/relief_stale_files.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <sys/stat.h>
#include <unistd.h>

#include "core/clean/auto_policy.h"
#include "core/clean/cleaner.h"
#include "core/clean/copying_trash.h"
#include "core/platform/page_cache.h"
#include "core/scan/path_guard.h"
#include "core/scan/places.h"
#include "core/scan/status_values.h"
#include "scheduler/offload.h"

namespace lull::agent {
namespace {

clean::Plan plan_of(const relief::StaleFiles& stale, uid_t owner, base::WallTime now) {
  clean::Plan plan;
  plan.owner = owner;
  plan.made_at = now;
  for (const relief::StaleFile& file : stale.found) {
    clean::PlanItem item;
    item.rule = clean::kMovedByCopy;
    item.root = file.root;
    item.path = file.path;
    item.device = scan::device_number(file.status.st_dev);
    item.inode = file.status.st_ino;
    item.size = static_cast<std::uint64_t>(file.status.st_size);
    item.mtime_ns = scan::times_of(file.status).mtime_ns;
    item.ctime_ns = scan::times_of(file.status).ctime_ns;
    item.bytes = file.bytes;
    plan.items.push_back(std::move(item));
  }
  std::sort(plan.items.begin(), plan.items.end(),
            [](const auto& a, const auto& b) { return a.path < b.path; });
  return plan;
}

// Those that something is moved from.
std::vector<std::string> roots_of(const relief::StaleFiles& stale) {
  std::vector<std::string> roots;
  for (const relief::StaleFile& file : stale.found)
    if (std::find(roots.begin(), roots.end(), file.root) == roots.end()) roots.push_back(file.root);
  return roots;
}

// The one at home, whatever volume a file was on.
base::Result<std::unique_ptr<clean::Trash>> open_disk_trash(const clean::TrashPlaces& places) {
  struct ::stat status {};
  if (::stat(places.data_home.c_str(), &status) != 0)
    return base::fail_errno(errno, places.data_home);
  if (platform::is_in_memory(places.data_home))
    return base::fail(base::ErrorCode::kUnavailable, "the trash is in memory as well",
                      places.data_home);
  return clean::Trash::open_for(places, status.st_dev, places.data_home + "/Trash");
}

bool is_listed(const scan::PathGuard& guard, const std::string& path) {
  const std::size_t slash = path.rfind('/');
  const std::string above = path.substr(0, slash);
  return guard.cover(above) != nullptr ||
         guard.match(guard.enter(above), std::string_view(path).substr(slash + 1), false) !=
             nullptr;
}

clean::TrashPort to_the_disk(const CleanHouse::Turn& turn, std::function<bool()> stop,
                             base::BufferPool& buffers) {
  clean::TrashPort port = turn.trash();
  port.open_for = [places = turn.places(), stop = std::move(stop), &buffers](
                      dev_t, const std::string&) -> base::Result<std::unique_ptr<clean::Trash>> {
    auto disk = open_disk_trash(places);
    if (!disk) return disk;
    return clean::make_copying_trash(*std::move(disk), {stop, {}, &buffers});
  };
  return port;
}

relief::MovedStale not_tried(const base::Error& error) {
  return {0, 0, 0, 0, "stale files were left alone: " + error.to_string(), std::nullopt};
}

relief::MovedStale moved_of(const clean::CleanResult& result, std::optional<std::uint64_t> before,
                            std::optional<std::uint64_t> after) {
  relief::MovedStale moved;
  if (before && after) moved.fallen_bytes = *before - std::min(*before, *after);
  moved.run = result.run;
  moved.files = result.moved.size();
  moved.bytes = result.moved_bytes;
  moved.left = result.skipped.size() + result.failed.size();
  for (const auto* items : {&result.failed, &result.skipped})
    if (moved.why_left.empty() && !items->empty()) moved.why_left = items->front().reason;
  return moved;
}

}  // namespace

relief::MovedStale ReliefStaleFiles::move(const relief::StaleFiles& stale, bool automatic,
                                          const base::CancelToken& cancel) {
  if (stale.found.empty()) return {};
  const auto turn = house_.enter(cancel);
  if (!turn) return not_tried(turn.error());
  const uid_t owner = ::geteuid();
  const base::SteadyTime until = engine_.now() + kLongest;
  const std::vector<std::string> keep = settings_.clean.keep, roots = roots_of(stale);
  // Nobody asks before a move by itself: what a person took back is theirs to move.
  const auto known = automatic ? house_.journal().auto_state() : model::AutoState{};
  if (!known) return not_tried(known.error());
  const clean::GivenBack given_back(*known);
  const scheduler::EngineTime& clock = engine_.time();
  buffers_.set_capacity(static_cast<std::size_t>(settings_.performance.memory_pool_size));
  const auto stop = [&clock, until, cancel] { return cancel.cancelled() || clock.now() >= until; };
  std::optional<std::uint64_t> held_before, held_after;
  const auto result =
      scheduler::offload(engine_, executor_, [&]() -> base::Result<clean::CleanResult> {
        const auto places = scan::find_scan_places({}, house_.directories(), owner);
        const auto kept =
            scan::keep_guard(keep, scan::Variables(house_.directories(), places, owner),
                             scan::letter_case_of_volumes());
        if (!kept) return tl::unexpected(kept.error());
        clean::CleanOptions options;
        options.trash = to_the_disk(*turn, stop, buffers_);
        options.origin = automatic ? "automatic" : "user";
        options.width = 1;
        options.batch = 16;
        options.cancel = cancel;
        options.guards.places = clean::protected_places(house_.directories());
        options.guards.use = {scan::find_open_files({}), scan::find_held_locks({})};
        options.guards.recheck = [&](const clean::PlanItem& item, const struct stat& status) {
          if (stop()) return std::string("there was no more time");
          if (automatic && given_back.run_about(item.path) != 0)
            return std::string("it was given back once, never taken by itself again");
          if (!relief::is_stale(status, clock.wall_now())) return std::string("it has been used");
          return std::string(is_listed(*kept, item.path) ? "on your keep list" : "");
        };
        held_before = held_(roots);
        auto done =
            clean::clean(plan_of(stale, owner, clock.wall_now()), turn->journal(), clock, options);
        held_after = held_(roots);
        return done;
      });
  buffers_.shed();
  house_.journal().look_again();
  return result ? moved_of(*result, held_before, held_after) : not_tried(result.error());
}

}  // namespace lull::agent
