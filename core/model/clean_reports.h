// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/model/reports.h"

// What a clean would move, what it has moved, and what came back. Items are entries of a scan: a
// directory that goes as a whole counts for everything in it.
namespace lull::model {

struct PathReason {
  std::string path;
  std::string reason;  // why it stays, for people
};

struct PlannedCategory {
  std::string id, title;
  Tier tier = Tier::kReview;
  std::string cost;  // what losing it costs
  std::uint64_t items = 0, bytes = 0;
};

struct PlannedItem {
  std::string path;
  std::string category;
  bool directory = false;  // with everything in it
  std::uint64_t items = 1, bytes = 0;
};

// What was shown is what is moved: a plan, by its id, until it expires.
struct PlanReport {
  std::string id;  // empty: there is nothing to move
  base::WallTime made_at{}, expires_at{};
  std::vector<PlannedCategory> categories;  // those with something in them
  std::vector<PlannedItem> planned;         // sorted by path; only if items were asked for
  std::vector<PathReason> left_out;         // sorted by path
  std::uint64_t items = 0, bytes = 0;
  bool partial = false;  // the scan was stopped early
  base::Duration elapsed{};
};

struct CleanReport {
  std::int64_t run = 0;
  std::string plan;
  std::uint64_t moved_items = 0, moved_bytes = 0;
  // What the file systems got back: 0 as long as everything is in the trash.
  std::int64_t freed_bytes = 0;
  std::uint64_t pending_bytes = 0;  // in the trash until purge_at
  std::optional<base::WallTime> purge_at;
  std::vector<PathReason> skipped;
  std::vector<PathError> failed;
  bool cancelled = false;
  std::string outcome;  // done|partial|failed|cancelled
  base::Duration elapsed{};
};

struct UndoReport {
  std::int64_t run = 0;       // which was undone
  std::int64_t undo_run = 0;  // the undo's own, in the history
  std::uint64_t restored_items = 0, restored_bytes = 0;
  std::vector<PathReason> conflicts;  // something is there again: both are kept
  std::vector<PathError> failed;      // still in the trash, or not to be found
  bool cancelled = false;
  std::string outcome;
  base::Duration elapsed{};
};

}  // namespace lull::model
