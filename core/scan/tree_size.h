// SPDX-License-Identifier: MIT
#pragma once
#include <memory>
#include <mutex>
#include <string>

#include "core/base/result.h"
#include "core/model/reports.h"
#include "core/scan/walk_options.h"

namespace lull::scan {

// Disk use of the tree at `path` (a directory or anything else), as `du -s --block-size=1 -x`:
// st_blocks × 512 of every entry, each (device, inode) once, links not followed, other file systems
// not entered (and those that may hang not touched). Unreadable parts are entries of `errors`, the
// rest is counted. Fails only if `path` itself cannot be read at all. When cancelled: what was
// counted, marked partial.
base::Result<model::TreeSize> measure_tree(const std::string& path, const WalkOptions& options);

// The same for a caller who may have to go without it: a call to a file system whose server is gone
// returns when the kernel lets go, perhaps never, and no signal of ours ends it. Share it between
// the thread that runs and the one that waits, so that it lives as long as both.
class TreeMeasurement {
 public:
  TreeMeasurement(std::string path, WalkOptions options);
  ~TreeMeasurement();
  TreeMeasurement(const TreeMeasurement&) = delete;
  TreeMeasurement& operator=(const TreeMeasurement&) = delete;

  // measure_tree(), once. Within an arena, on a thread where blocking is allowed.
  base::Result<model::TreeSize> run();

  // Any thread, also while run() is stuck. Grows as long as the walk gets anywhere; after a while
  // without growth it is time to give up.
  std::uint64_t steps() const;
  // Any thread: what was counted until now, marked partial, with an entry "timed out" for each
  // directory that a task is at (for `path` before it was opened). Cancel the walk too: it then
  // ends as soon as the kernel lets it.
  model::TreeSize given_up() const;

 private:
  class Measure;
  base::Result<model::TreeSize> walk_from(int directory, model::TreeSize size);

  const std::string path_;
  const WalkOptions options_;
  mutable std::mutex mutex_;          // of the pointer
  std::unique_ptr<Measure> measure_;  // since run()
};

}  // namespace lull::scan
