// SPDX-License-Identifier: MIT
#pragma once
#include "agent/services/journal_service.h"
#include "scheduler/job.h"

namespace lull::agent {

// The daily job `history`: keeps the journal's list of runs short. References `journal`.
scheduler::JobSpec history_job(JournalService& journal);

}  // namespace lull::agent
