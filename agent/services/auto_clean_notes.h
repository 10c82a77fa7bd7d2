// SPDX-License-Identifier: MIT
#pragma once
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

// A note for each rule with its sum, and then the items, as many as a run may list; and what the
// scan left in these categories.
std::vector<model::RunNote> rehearsal_notes(const std::vector<clean::PlanItem>& items,
                                            const model::ScanReport& report);
// What a scan left alone, by category and reason.
std::vector<model::RunNote> skipped_notes(const model::ScanReport& report);
// Items that the policy or the plan left, each with its reason.
void add_left_notes(std::vector<model::RunNote>& notes, const std::vector<clean::AutoLeft>& left,
                    const std::vector<clean::LeftOut>& left_out);
std::string rules_text(std::size_t count);  // "1 rule", "2 rules"
// "would move 12 things (3.1 MiB) of 2 rules: a, b".
std::string rehearsal_summary(const AutoCleanNews& news, bool on);
scheduler::JobResult auto_clean_result(const clean::AutoDecision& decision,
                                       const std::optional<clean::CleanResult>& moved);

}  // namespace lull::agent
