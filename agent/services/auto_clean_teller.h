// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <functional>

#include "agent/services/auto_clean_news.h"
#include "agent/services/journal_service.h"
#include "agent/settings.h"
#include "core/base/cancel.h"
#include "core/base/clock.h"
#include "scheduler/engine.h"
#include "scheduler/executor.h"

namespace lull::agent {

// Tells a person what cleaning by itself has shown and moved, until somebody was there who could be
// told: what the journal has and nobody was told of is told at the next occasion. Has no timer of
// its own; occasions are the ends of runs, the start of the agent, and the arrival of a desktop
// that shows notices. At most once a day, but while a volume is nearly full, or for a person who
// asked for the run. Engine thread.
class AutoCleanTeller {
 public:
  // Between one try and the next where nobody answers; doubles up to the second.
  static constexpr base::Duration kFirstPause = std::chrono::minutes(10);
  static constexpr base::Duration kLongestPause = std::chrono::hours(6);

  struct Parts {
    scheduler::Engine& engine;
    scheduler::Executor& blocking;
    JournalService& journal;
    const Settings& settings;
    std::function<bool()> nearly_full;  // a volume that is cleaned
    // Whether it was shown, as far as whoever shows notices has answered. Parks as long as that
    // takes.
    std::function<bool(const AutoCleanNews&, const base::CancelToken&)> show;
  };
  explicit AutoCleanTeller(Parts parts);

  // Occasions; each returns whether look() has something to do, which is then to be called on a
  // fiber of its own.
  bool run_ended(bool automatic);  // of cleaning by itself
  bool occasion() const;           // anything else that woke the agent anyway
  bool somebody_listens();         // who did not before: the pause until the next try is over

  // Tells what there is to tell. Parks until that was answered.
  void look(const base::CancelToken& cancel);

 private:
  void tell(const base::CancelToken& cancel);
  base::Result<std::optional<AutoCleanNews>> untold(const model::AutoState& state);
  void pause_for(base::Duration pause);

  const Parts parts_;
  bool maybe_ = true;   // there may be something nobody was told of
  bool asked_ = false;  // by a person, who waits for news
  bool telling_ = false;
  bool came_ = false;  // somebody who listens, meanwhile
  base::SteadyTime not_before_{};
  base::Duration pause_ = kFirstPause;
};

}  // namespace lull::agent
