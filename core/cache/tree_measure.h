// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/cache/tree_store.h"
#include "core/model/reports.h"
#include "core/scan/walk_options.h"

// Sizes of trees of which much may be known already.
namespace lull::cache {

struct MeasureRequest {
  std::string path;
  base::WallTime now;        // dates what is read
  base::Duration believe{};  // rows this old or older are read again; 0: everything is
  // Where something is known to have happened: directories (inodes, sorted) and trees (paths).
  std::vector<std::uint64_t> touched;
  std::vector<std::string> stale;
  // A directory that changed less than this before it is read may change again without showing it
  // in its times, so its row is not believed: two seconds, the grain of the coarsest file system.
  base::Duration settle = std::chrono::seconds(2);
  // What the rows of one walk may take in memory; larger trees are measured, but not remembered.
  std::size_t budget_bytes = std::size_t{12} << 20;
};

struct MeasureReport {
  model::TreeSize size;                 // as measure_tree(); as_of is that of the oldest part
  std::size_t directories_checked = 0;  // by one lstat
  std::size_t directories_read = 0;     // listed
  bool stored = false;                  // the rows are in the store now, or were and are unchanged
};

// The disk use of a tree by scan::measure_tree()'s rules. Directories whose rows in `store` still
// hold are asked for their status only; the others are read again, and the store learns of it. A
// path below a tree that is known is measured as a part of that tree. Fails as measure_tree() does;
// when cancelled: what was counted, marked partial, and the store is left as it was. `from_cache`
// says that nothing had to be read. Blocks; runs on tasks of the caller's arena.
base::Result<MeasureReport> measure(TreeStore& store, const MeasureRequest& request,
                                    const scan::WalkOptions& options);

// What the store says without looking at anything but `path` itself, if that is unchanged, free of
// errors and younger than `request.believe`, and nothing is known to have happened there; as_of is
// that of the oldest part. Blocks on the disk for a moment.
std::optional<model::TreeSize> recall(TreeStore& store, const MeasureRequest& request);

}  // namespace lull::cache
