// SPDX-License-Identifier: MIT
#pragma once
#include <vector>

#include "core/model/job_status.h"
#include "scheduler/job_scheduler.h"

namespace lull::agent {

// The scheduler's views in the words that people and scripts see.
model::JobStatus to_status(const scheduler::JobView& view);
std::vector<model::JobStatus> to_status(const std::vector<scheduler::JobView>& views);
model::JobExplanation to_explanation(std::string_view job, const scheduler::Explanation& why);

}  // namespace lull::agent
