// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "agent/services/auto_clean.h"
#include "core/clean/auto_policy.h"
#include "core/clean/cleaner.h"
#include "core/clean/planner.h"
#include "core/model/auto_clean.h"
#include "core/model/reports.h"
#include "scheduler/job.h"

// What a run of cleaning by itself says: pure. Private to the service.
namespace lull::agent {

// The notes of one run: as many as it may list (AutoClean::kMostNotes), and how much is not listed.
class RunNotes {
 public:
  void add(model::RunNote note);
  // What a scan left alone, by category and reason.
  void add_skipped(const model::ScanReport& report);
  // A note for each rule with its sum; what the scan left in these categories; and then the items.
  void add_rehearsed(const std::vector<clean::PlanItem>& items, const model::ScanReport& report);
  // Items that the policy or the plan left, each with its reason.
  void add_left(const std::vector<clean::AutoLeft>& left,
                const std::vector<clean::LeftOut>& left_out);

  // All of them; last, for each fate with notes for which there was no room, one of no rule and no
  // path with their number as its reason, and their sums.
  std::vector<model::RunNote> list() const;

 private:
  struct Unlisted {
    std::uint64_t notes = 0, items = 0, bytes = 0;
  };
  std::vector<model::RunNote> listed_;
  std::map<std::string, Unlisted> unlisted_;  // by fate
};

std::string rules_text(std::size_t count);  // "1 rule", "2 rules"
// "would move 12 things (3.1 MiB) of 2 rules: a, b".
std::string rehearsal_summary(const AutoCleanNews& news, bool on);
scheduler::JobResult auto_clean_result(const clean::AutoDecision& decision,
                                       const std::optional<clean::CleanResult>& moved);

}  // namespace lull::agent
