// SPDX-License-Identifier: MIT
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <string>

#include "core/base/clock.h"
#include "scheduler/job.h"

namespace lull::agent {

// How often the jobs ran since the program began, how that ended and how long it took.
class RunCounters {
 public:
  static constexpr std::array kOutcomes = {scheduler::Outcome::kDone, scheduler::Outcome::kPartial,
                                           scheduler::Outcome::kFailed,
                                           scheduler::Outcome::kCancelled};
  struct Job {
    std::array<std::uint64_t, kOutcomes.size()> runs{};  // in the order of kOutcomes
    base::Duration elapsed{};                            // of all runs together
    base::Duration last{};
  };

  void ended(const std::string& job, scheduler::Outcome outcome, base::Duration elapsed) {
    Job& counters = jobs_[job];
    ++counters.runs[static_cast<std::size_t>(outcome)];
    counters.elapsed += elapsed;
    counters.last = elapsed;
  }
  const std::map<std::string, Job>& jobs() const { return jobs_; }

 private:
  std::map<std::string, Job> jobs_;
};

}  // namespace lull::agent
