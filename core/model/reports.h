// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/clock.h"

// Results of walks and scans. Paths are raw bytes; sizes are allocated bytes (st_blocks × 512)
// unless the name says otherwise.
namespace lull::model {

struct PathError {
  std::string path;
  std::string error;  // for people: "permission denied"
};

// Disk use of one tree; allocated_bytes equals `du -s --block-size=1 -x`.
struct TreeSize {
  std::string path;
  std::uint64_t allocated_bytes = 0;
  std::uint64_t apparent_bytes =
      0;                          // lengths of regular files and links, each (device, inode) once
  std::uint64_t files = 0;        // everything that is not a directory
  std::uint64_t directories = 0;  // the root included
  std::uint64_t error_count = 0;
  std::vector<PathError> errors;  // the first 100, sorted by path
  bool partial = false;           // cancelled, or it met its time-out
  bool from_cache = false;
  base::WallTime as_of{};
};

enum class Tier : std::uint8_t { kSafe, kCostly, kReview };
constexpr std::string_view tier_name(Tier tier) {
  switch (tier) {
    case Tier::kSafe:
      return "safe";
    case Tier::kCostly:
      return "costly";
    case Tier::kReview:
      return "review";
  }
  return "review";
}

struct ScanEntry {
  std::string path;
  std::uint64_t bytes = 0;
  std::string reason;                   // why it may go, or why it stays
  bool stays = false;                   // left alone: not part of what could be cleaned
  std::uint64_t device = 0, inode = 0;  // of what was judged; 0: it does not say
};

// What was left alone, by reason.
struct SkippedSum {
  std::string reason;  // "younger than 30 d", "firefox is running", "not owned by you", …
  std::uint64_t items = 0;
  std::uint64_t bytes = 0;
};

struct CategoryReport {
  std::string id;
  std::string title;
  Tier tier = Tier::kReview;
  std::uint64_t items = 0;
  std::uint64_t reclaimable_bytes =
      0;  // a hard-linked file counts only if all its links are in the set
  std::vector<SkippedSum> skipped;  // sorted by reason
  std::vector<ScanEntry> entries;   // sorted by path; empty unless items were asked for
  // Where the rule looked and may take things from: absolute, links resolved, sorted. Only if items
  // were asked for.
  std::vector<std::string> roots;
  bool in_trash = false;  // of what lies in a trash already: no `lull clean` moves it again
  bool by_clean = false;  // what `lull clean` of the same categories moves; else only by its id
};

// What Lull does not clean, where it applies: a command for people to run themselves.
struct AdviceReport {
  std::string id, title, why, command, source;
  bool needs_root = false;
  std::optional<std::uint64_t> bytes;  // what lies there; nullopt: not known
  bool up_to = false;                  // the command would free a part of them
};

// A rule file, or a part of one, that does not count.
struct RuleFileProblem {
  std::string file;
  std::uint64_t line = 1, column = 1;
  std::string message;
};

struct ScanReport {
  std::vector<CategoryReport> categories;  // in the order of the rule table
  std::vector<AdviceReport> advice;        // in the order of the table
  std::vector<RuleFileProblem> rule_problems;
  std::uint64_t total_reclaimable_bytes = 0;
  std::uint64_t files_seen = 0;
  std::uint64_t directories_seen = 0;
  std::uint64_t error_count = 0;
  std::vector<PathError> errors;  // the first 100, sorted by path
  bool partial = false;
  base::Duration elapsed{};
  base::WallTime as_of{};
};

}  // namespace lull::model
