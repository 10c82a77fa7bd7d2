// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "agent/services/journal_service.h"
#include "agent/services/relief_senses.h"
#include "core/relief/file_caches.h"
#include "core/relief/inactive_memory.h"
#include "core/relief/operation.h"
#include "core/relief/shed.h"
#include "core/relief/temp_allocations.h"
#include "core/stats/system_monitor.h"
#include "scheduler/condition.h"
#include "scheduler/engine.h"
#include "scheduler/executor.h"
#include "scheduler/job.h"

namespace lull::agent {

// Carries out what the policy decides, one step at a time, each judged by a fresh sample after it
// has settled (core/relief/policy.h):
//  - the job `relief`, when memory runs short or a person asks for it: our own house first, then
//    finished files, then idle apps; at critical only our own house, and a question;
//  - the idle job `make-room`, before anybody needs it: idle apps, slowly;
//  - two of the operations of `lull optimize`.
// One run at a time. What was done goes to the journal, with what was measured, and a minute later
// also how much of what idle apps gave is still free. Engine thread.
class ReliefService {
 public:
  struct Actions {
    std::function<void()> stop_background;  // cancels automatic background jobs
    std::function<void()> shed;             // empties every cache and pool of ours; on a fiber
    // Files that may give their cache back, and giving it; on a fiber, may take seconds. May be
    // null.
    std::function<relief::Streams(const base::CancelToken&)> find_streams = nullptr;
    std::function<relief::DroppedStreams(const relief::Streams&, const base::CancelToken&)>
        drop_streams = nullptr;
    // Stale files in memory, with the user's consent, and moving them to the disk; likewise. None
    // are found without it.
    std::function<relief::StaleFiles(const base::CancelToken&)> find_stale = nullptr;
    std::function<relief::MovedStale(const relief::StaleFiles&, const base::CancelToken&)>
        move_stale = nullptr;
    // The person is told that memory is short, and of the largest app; must not wait.
    std::function<void(const relief::ReliefAction& question)> ask = [](const auto&) {};
    std::function<bool()> on_battery = [] { return false; };
  };
  ReliefService(scheduler::Engine& engine, scheduler::Executor& blocking,
                stats::SystemMonitor& monitor, JournalService& journal, ReliefSenses& senses,
                Actions actions);

  // Each references this service. Conditions: calm (nothing stalls), cooling-down (the last run was
  // not long ago), enough-available (no need to make room).
  std::vector<scheduler::JobSpec> jobs();
  std::vector<scheduler::Condition> conditions();

  // A run of the journal, by which a later figure finds it.
  struct RunKey {
    std::string kind;
    base::WallTime started_at{};
  };
  // Operations on request, which whoever asks writes down, as `run`. `dry` only says what would be
  // done.
  relief::OperationVerdict inactive_memory(bool dry, const base::CancelToken& cancel,
                                           const RunKey& run);
  relief::OperationVerdict app_caches(bool dry);
  // Which apps are to be left alone; the journal forgets by itself.
  void forget();

 private:
  // What one run did, for the journal.
  struct Deeds {
    relief::ReclaimLedger ledger;
    std::optional<relief::Verdict> shed;
    std::optional<relief::OperationVerdict> files, stale;
    std::optional<relief::ReliefAction> question;
    relief::ReclaimEnd end;
    bool empty() const { return ledger.empty() && !shed && !files && !stale && !question; }
  };
  enum class Wish : std::uint8_t { kPressure, kRequest, kRoom };

  scheduler::JobResult run(const scheduler::JobContext& context, Wish wish);
  Deeds pursue(Wish wish, const base::CancelToken& cancel);  // while `running_` is held
  base::Result<relief::ReliefSample> sample(Wish wish, const base::CancelToken& cancel);
  void look_for_files(const base::CancelToken& cancel);
  void add_files(relief::ReliefSample& sample, const base::CancelToken& cancel);
  platform::ReclaimOutcome act(const relief::ReliefAction& action, Deeds& deeds,
                               const base::CancelToken& cancel);
  platform::ReclaimOutcome reclaim(const relief::ReliefAction& action,
                                   const base::CancelToken& cancel);
  void load_alone();
  void save_alone();
  void rest_until(const relief::ReliefAction& action, const relief::ReliefSample& sample);

  std::optional<relief::ShedSample> shed_sample();
  std::optional<relief::Verdict> stop_and_shed(const base::CancelToken& cancel);
  std::optional<relief::Verdict> shed();
  // `entry` knows who began it, when, how long it went on and what it cost.
  void record(const Deeds& deeds, model::HistoryEntry entry);
  // `gave`: what the run claims of its apps.
  void look_again_later(relief::ReclaimLedger then, std::uint64_t gave, RunKey run);

  scheduler::ConditionState calm() const;
  scheduler::ConditionState cooling_down() const;
  scheduler::ConditionState enough_available();
  scheduler::ConditionState largest_apps() const;

  scheduler::Engine& engine_;
  scheduler::Executor& blocking_;
  stats::SystemMonitor& monitor_;
  JournalService& journal_;
  ReliefSenses& senses_;
  const Actions actions_;
  relief::Shed gate_;
  relief::ReliefState state_;
  relief::Streams streams_;  // as found last
  relief::StaleFiles stale_;
  std::optional<base::SteadyTime> streams_at_;
  std::uint64_t alone_saved_ = 0;  // of state_.alone_news
  bool running_ = false;
  // Nothing is to be done before that, unless the level rises above this one.
  base::SteadyTime rest_until_{};
  model::PressureLevel rest_level_ = model::PressureLevel::kNormal;
  scheduler::TaskGroup looks_, later_;
};

}  // namespace lull::agent
