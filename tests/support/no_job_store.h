// SPDX-License-Identifier: MIT
#pragma once
#include <vector>

#include "scheduler/job.h"

namespace lull::testing {

// Job states that nobody remembers.
class NoJobStore final : public scheduler::JobStateStore {
 public:
  std::vector<scheduler::JobState> load() override { return {}; }
  void save(const scheduler::JobState&) override {}
};

}  // namespace lull::testing
