// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/model/auto_clean.h"

// What the journal knows of cleaning by itself, and what runs say beside the items they moved.
namespace lull::clean {

// Every call may block on the disk: blocking pool only. Any thread (the class locks). Every call is
// one transaction, which is on the disk when it returns, or has not happened.
class AutoJournal {
 public:
  virtual ~AutoJournal() = default;

  // Rows that make no sense are left out: what is not known is rehearsed again.
  virtual base::Result<model::AutoState> load_auto_state() = 0;
  // A finished run of origin "rehearsal", what it says, and that its rules were rehearsed; all of
  // it or nothing. Returns its id (HistoryEntry::run is ignored).
  virtual base::Result<std::int64_t> add_rehearsal(const model::HistoryEntry& entry,
                                                   const std::vector<model::RuleStanding>& rules,
                                                   const std::vector<model::RunNote>& notes) = 0;
  // kNotFound without such a run.
  virtual base::Status add_notes(std::int64_t run, const std::vector<model::RunNote>& notes) = 0;
  virtual base::Status save_usage(std::int64_t run, const model::RunUsage& usage) = 0;
  virtual base::Status save_seen(base::WallTime at) = 0;  // AutoState::seen_at
  // AutoState::told_at and told_run.
  virtual base::Status save_told(base::WallTime at, std::int64_t run) = 0;
  // What was undone of a rule until now does not pause it any more. What was given back stays where
  // it is all the same.
  virtual base::Status forgive(const std::string& rule) = 0;

  // kNotFound without such a run.
  virtual base::Result<model::RunDetail> run_detail(std::int64_t run) = 0;
};

}  // namespace lull::clean
