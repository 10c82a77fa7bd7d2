// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "core/base/clock.h"

namespace lull::model {

// What a run has cost. Of the whole process while it went on, so at most that.
struct RunUsage {
  base::Duration cpu{};                                    // user + system
  std::optional<std::uint64_t> read_bytes, written_bytes;  // from and to block devices
  bool on_battery = false;
};

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
  std::string outcome;                 // done|partial|failed|cancelled, or a relief verdict
  std::string summary;                 // one line for people
  std::optional<RunUsage> usage = {};  // of what Lull did by itself
  // Of relief that took from idle apps, and of what they gave alone: what it was to be, told before
  // it was done; what it was, measured, a part of `bytes`; how much of that was still free a minute
  // later. nullopt: not known (yet).
  std::optional<std::uint64_t> predicted_bytes = {}, idle_apps_bytes = {}, still_free_bytes = {};
};

}  // namespace lull::model
