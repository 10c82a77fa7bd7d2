// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "core/base/clock.h"
#include "core/model/reports.h"

namespace lull::model {

// What one file or directory is, and whether it may go.
struct FileVerdict {
  std::string path;
  std::optional<std::uint64_t> bytes;  // allocated, of a directory with all in it; nullopt: unknown
  std::string rule;                    // its id; empty: no rule is about this path, so it stays
  Tier tier = Tier::kReview;           // of the rule
  bool goes = false;                   // it could be cleaned
  std::string reason;                  // why it may go, or why it stays
  std::optional<unsigned> score;       // cache::safety_score()
  bool from_cache = false;             // as judged at as_of; the file is the same since
  base::WallTime as_of{};
};

}  // namespace lull::model
