// SPDX-License-Identifier: MIT
#pragma once
#include "agent/control/method.h"
#include "core/model/auto_clean.h"
#include "core/model/call_progress.h"
#include "core/model/clean_reports.h"
#include "core/model/file_verdict.h"
#include "core/model/history.h"
#include "core/model/job_status.h"
#include "core/model/load_sample.h"
#include "core/model/relief_reports.h"
#include "core/model/reports.h"
#include "core/model/snapshot.h"

// Model values as the contract's JSON: bytes end in _bytes, durations in _seconds, instants in _at;
// unknown is null; a path that is not UTF-8 is percent-escaped with path_base64 beside it.
namespace lull::control {

Object encode(const model::Snapshot& snapshot);
Object encode(const model::MemorySample& memory, const std::optional<model::Pressure>& pressure);
Object encode(const model::ProcessInfo& process);
Object encode(const model::TreeSize& tree);
Object encode(const model::ScanReport& report, bool with_entries);
Object encode(const model::RuleFileProblem& problem);
Object encode(const model::FileVerdict& verdict);
// As the contract's `clean`: of a dry run what would be moved, of a run what was.
Object encode(const model::PlanReport& plan, bool with_items);
Object encode(const model::CleanReport& report);
Object encode(const model::UndoReport& report);
// Without `clean`, which is whoever's who did that.
Object encode(const model::OptimizeReport& report);
Object encode(const model::JobStatus& job);
Object encode(const model::JobExplanation& explanation);
Object encode(const model::HistoryEntry& entry);
// Without the entry; at most `most` items, those that did not move first, and three notes more:
// those that say how many a run has not listed come last.
Object encode(const model::RunDetail& detail, std::size_t most);
Object encode(const model::UndoneItem& item);
Object encode(const model::CallProgress& progress);
Object encode(const model::LoadSample& sample);
Object encode(const base::Error& error);  // {"code", "message", "path"}

}  // namespace lull::control
