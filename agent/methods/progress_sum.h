// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "core/base/clock.h"
#include "core/base/progress.h"
#include "core/model/call_progress.h"

// What can truly be said of a call that is made of several runs. Pure.
namespace lull::agent {

// What a run counts. Of two kinds nothing is added up: neither operations and files nor files that
// were looked at and files that moved. In the order in which a call comes to an end with them.
enum class Counts : std::uint8_t {
  kSteps,  // memory operations
  kSeen,   // what is looked at
  kMoved,  // what is moved, given back or removed
};

// One run at one moment.
struct RunProgress {
  Counts counts = Counts::kSeen;
  base::ProgressSnapshot now;
  std::optional<base::SteadyTime> began;  // nullopt: it waits for its turn
  bool ended = false;
};

// What is known of a call before it begins.
struct Forecast {
  // What it ends with; a call that counts only that is nothing else.
  Counts last = Counts::kSeen;
  // Several kinds go by: how far it is then cannot be told by counting.
  bool several = false;
  // What one like it took the last time.
  std::optional<base::Duration> took = {};
};

// Gives of runs what model::CallProgress has room for:
// - figures: of the kind at hand, the first that has not ended. Totals are 0 unless all its runs
//   know theirs, and once more was found than that. The elapsed time is theirs too, so that figures
//   by it are rates.
// - share: of a call of one kind, by its figures; of others, by time.
// - left: by the figures of the kind that the call ends with; before that kind is at hand, by what
//   the last call took.
class ProgressSum {
 public:
  // Shares and rates of the first moments tell nothing about the rest.
  static constexpr auto kFirstGuess = std::chrono::seconds(1);
  static constexpr double kLeastShare = 0.02;

  ProgressSum(Forecast forecast, base::SteadyTime begun) : forecast_(forecast), begun_(begun) {}

  // `runs`: all that the call has begun so far, whether they have ended or not; at least one.
  model::CallProgress of(const std::vector<RunProgress>& runs, base::SteadyTime now);

 private:
  void tell_alone(model::CallProgress& progress) const;
  void tell_in_all(model::CallProgress& progress, Counts at_hand, base::SteadyTime now) const;

  const Forecast forecast_;
  const base::SteadyTime begun_;
  double told_ = 0;
};

}  // namespace lull::agent
