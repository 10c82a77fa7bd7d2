// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <string>

#include "core/base/clock.h"

namespace lull::model {

// A finished run as `lull history` shows it.
struct HistoryEntry {
  std::int64_t run = 0;  // the journal's id, ascending
  std::string kind;      // clean|optimize|relief|undo|purge|scan
  std::string origin;    // user|automatic|rehearsal
  base::WallTime started_at{};
  base::Duration elapsed{};
  std::uint64_t items = 0;
  std::uint64_t bytes = 0;
  bool undoable = false;
  std::string outcome;  // done|partial|failed|cancelled, or a relief verdict
  std::string summary;  // one line for people
};

}  // namespace lull::model
