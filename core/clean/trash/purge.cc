// SPDX-License-Identifier: MIT
#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <sys/statvfs.h>

#include "core/clean/trash.h"
#include "core/clean/trash/directory_sizes.h"
#include "core/clean/trash/names.h"
#include "core/clean/trash/removal.h"
#include "core/clean/trash/removal_crew.h"
#include "core/clean/trash/trash_directory.h"
#include "core/scan/walker.h"

namespace lull::clean {
namespace {

using OpenTrashes = std::map<std::string, base::Result<TrashDirectory>>;  // by path

base::Result<TrashDirectory> open_named(const TrashPlaces& places, const std::string& path) {
  for (const TrashPlace& place : possible_trashes(places))
    if (place.path == path) return open_trash(place, places.owner, IfMissing::kFail);
  return base::fail(base::ErrorCode::kInvalidArgument, "is not a trash of yours", path);
}

// What can be removed; what cannot is among the failures afterwards.
std::vector<Condemned> condemn(const TrashPlaces& places, const std::vector<TrashedItem>& items,
                               OpenTrashes& trashes, RemovalFailures& failures) {
  std::vector<Condemned> condemned;
  condemned.reserve(items.size());
  for (const TrashedItem& item : items) {
    auto at = trashes.find(item.trash);
    if (at == trashes.end()) at = trashes.emplace(item.trash, open_named(places, item.trash)).first;
    const std::string path = joined(joined(item.trash, "files"), item.name);
    if (!at->second)
      failures.add(path, at->second.error().to_string());
    else if (!is_trash_name(item.name))
      failures.add(path, "not the name of something in a trash");
    else
      condemned.push_back({&*at->second, &item});
  }
  return condemned;
}

// Free bytes of the volumes of all open trashes, each volume once.
std::map<dev_t, std::int64_t> free_bytes(const OpenTrashes& trashes) {
  std::map<dev_t, std::int64_t> free;
  for (const auto& [path, trash] : trashes) {
    struct statvfs status {};
    if (trash && ::fstatvfs(trash->root.get(), &status) == 0)
      free[trash->volume.device] = static_cast<std::int64_t>(status.f_bfree * status.f_frsize);
  }
  return free;
}

}  // namespace

PurgeResult purge(const TrashPlaces& places, const std::vector<TrashedItem>& items, unsigned width,
                  const base::CancelToken& cancel) {
  PurgeResult result;
  RemovalFailures failures(result);
  Removal removal{.owner = places.owner, .failures = failures};
  OpenTrashes trashes;
  const std::vector<Condemned> condemned = condemn(places, items, trashes, failures);
  const auto before = free_bytes(trashes);
  scan::WalkOptions options;
  options.width = width;
  RemovalCrew crew(removal, condemned, scan::walk_width(options), cancel);
  const RemovalCount count = crew.run();
  result.touched.resize(items.size());
  for (std::size_t i = 0; i < condemned.size(); ++i)
    result.touched[static_cast<std::size_t>(condemned[i].item - items.data())] = crew.is_touched(i);
  for (const auto& [path, trash] : trashes)
    if (trash) (void)update_directory_sizes(*trash, {});  // a cache: the trash is right without
  for (const auto& [device, bytes] : free_bytes(trashes))
    if (const auto at = before.find(device); at != before.end())
      result.freed_bytes += bytes - at->second;
  result.removed = count.removed;
  result.entries = count.entries;
  result.predicted_bytes = count.bytes;
  return result;
}

}  // namespace lull::clean
