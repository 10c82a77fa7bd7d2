// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <vector>

#include "scheduler/job.h"

namespace lull::testing {

// Job states that nobody remembers.
class NoJobStore final : public scheduler::JobStateStore {
 public:
  std::vector<scheduler::JobState> load() override { return {}; }
  void save(const scheduler::JobState&) override {}
  std::optional<scheduler::SavedPause> load_pause() override { return std::nullopt; }
  void save_pause(const std::optional<scheduler::SavedPause>&) override {}
};

}  // namespace lull::testing
