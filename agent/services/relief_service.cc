// SPDX-License-Identifier: MIT
#include "agent/services/relief_service.h"

#include <algorithm>
#include <utility>

#include "agent/services/run_usage.h"
#include "core/base/bytes.h"
#include "core/platform/own_process.h"
#include "core/relief/largest_apps.h"
#include "scheduler/offload.h"

namespace lull::agent {
namespace {

using model::PressureLevel;
using platform::ReclaimOutcome;
using relief::OperationVerdict;
using relief::ReliefAction;
using relief::ReliefOutcome;
using relief::ReliefReason;
using relief::ReliefSample;
using relief::ReliefStep;

// Cancelled work ends within 100 ms; what it held can be given back after that.
constexpr auto kBackgroundEnds = std::chrono::milliseconds(200);
// Looking through files costs; what they hold changes slowly.
constexpr auto kStreamsHold = std::chrono::minutes(10);

// Lets go of the run however it ends.
class Running {
 public:
  explicit Running(bool& flag) : flag_(flag) { flag_ = true; }
  ~Running() { flag_ = false; }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

 private:
  bool& flag_;
};

scheduler::JobResult done(std::string message) {
  return {scheduler::Outcome::kDone, std::move(message), ""};
}

}  // namespace

ReliefService::ReliefService(scheduler::Engine& engine, scheduler::Executor& blocking,
                             stats::SystemMonitor& monitor, JournalService& journal,
                             ReliefSenses& senses, Actions actions)
    : engine_(engine),
      blocking_(blocking),
      monitor_(monitor),
      journal_(journal),
      senses_(senses),
      actions_(std::move(actions)),
      looks_(engine),
      later_(engine) {
  load_alone();
}

std::vector<scheduler::JobSpec> ReliefService::jobs() {
  scheduler::JobSpec spec;
  spec.name = "relief";
  spec.trigger = scheduler::Trigger::kPressure;
  // Not background: stopping background work is what it does.
  spec.priority = scheduler::Priority::kUserVisible;
  spec.shutdown = scheduler::ShutdownBehaviour::kFinishItem;
  spec.constraints = {"relief-off", "calm", "cooling-down", "largest-apps"};
  spec.deadline = relief::kRunDeadline + std::chrono::seconds(30);
  spec.body = [this](scheduler::JobContext& context) {
    return run(context, context.automatic ? Wish::kPressure : Wish::kRequest);
  };
  scheduler::JobSpec room = spec;
  room.name = "make-room";
  room.trigger = scheduler::Trigger::kIdle;
  room.priority = scheduler::Priority::kBackground;
  room.constraints = {"enough-available", "relief-off", "user-active", "cpu-busy", "on-battery",
                      "pressure",         "thermal",    "quiet-hours", "inhibited"};
  room.interval = std::chrono::minutes(1);
  room.tolerance = std::chrono::minutes(1);
  room.deadline = relief::kBackgroundDeadline + std::chrono::seconds(30);
  room.body = [this](scheduler::JobContext& context) { return run(context, Wish::kRoom); };
  return {std::move(spec), std::move(room)};
}

std::vector<scheduler::Condition> ReliefService::conditions() {
  return {{"calm", [this] { return calm(); }},
          {"cooling-down", [this] { return cooling_down(); }},
          {"enough-available", [this] { return enough_available(); }},
          {"largest-apps", [this] { return largest_apps(); }}};
}

// ---- a run --------------------------------------------------------------------------------------

scheduler::JobResult ReliefService::run(const scheduler::JobContext& context, Wish wish) {
  if (running_) return done("nothing done: relief is under way");
  const Running running(running_);  // from the first step on, which parks
  const base::WallTime started = engine_.time().wall_now();
  const base::SteadyTime begun = engine_.now();
  const platform::OwnUse used = platform::own_use();
  // A person who asks gets our own house too, which under pressure is the policy's first step.
  std::optional<relief::Verdict> own;
  if (wish == Wish::kRequest) own = stop_and_shed(context.cancel);
  Deeds deeds = pursue(wish, context.cancel);
  if (own) deeds.shed = own;
  if (deeds.empty())
    return done("nothing done: " + relief::inactive_memory_verdict(deeds.ledger, deeds.end).reason);
  model::HistoryEntry entry;
  entry.origin = context.automatic ? "automatic" : "user";
  entry.started_at = started;
  entry.elapsed = engine_.now() - begun;
  if (context.automatic) entry.usage = usage_since(used, actions_.on_battery());
  record(deeds, std::move(entry));
  return done(journal_.last_run() ? journal_.last_run()->summary : "");
}

ReliefService::Deeds ReliefService::pursue(Wish wish, const base::CancelToken& cancel) {
  Deeds deeds;
  deeds.ledger = relief::ReclaimLedger(senses_.facilities().page_bytes);
  deeds.end.settings = senses_.policy_settings();
  deeds.end.can_reclaim = senses_.facilities().reclaim != nullptr;
  std::optional<relief::ReliefResult> result;
  // Until the policy has heard of it: on a busy machine a first sample may be too old for that.
  bool is_asked = wish == Wish::kRequest;
  for (;;) {
    auto now = sample(wish, cancel);
    if (!now) {
      deeds.end.no_lever = "memory cannot be measured: " + now.error().to_string();
      deeds.end.can_reclaim = false;
      state_.run.reset();
      return deeds;
    }
    now->requested = is_asked;
    now->result = std::exchange(result, std::nullopt);
    deeds.ledger.note(*now);
    const ReliefAction action = relief::step(state_, *now, engine_.now(), deeds.end.settings);
    save_alone();
    is_asked = is_asked && action.reason == ReliefReason::kNotFresh;
    if (action.step == ReliefStep::kNone || action.step == ReliefStep::kEnd) {
      deeds.end.reason = action.reason;
      deeds.end.no_lever =
          relief::no_lever_words(*now, state_, engine_.now(), senses_.facilities().no_apps);
      deeds.end.largest = relief::largest_apps_text(relief::largest_apps(now->scopes));
      rest_until(action, *now);
      return deeds;
    }
    if (action.step == ReliefStep::kWait)
      (void)engine_.sleep_until(*action.look_again, {}, cancel);
    else
      result = relief::ReliefResult{{}, act(action, deeds, cancel)};
    if (result) result->ended_at = engine_.now();
  }
}

base::Result<ReliefSample> ReliefService::sample(Wish wish, const base::CancelToken& cancel) {
  auto taken = senses_.take();
  if (!taken) return taken;
  // The conditions of the job say so, and end it once one is lost.
  taken->machine_idle = wish == Wish::kRoom;
  taken->cancelled = cancel.cancelled();
  if (wish == Wish::kPressure && !taken->cancelled) add_files(*taken, cancel);
  return taken;
}

// Not at critical: reading directories would add to it.
void ReliefService::add_files(ReliefSample& sample, const base::CancelToken& cancel) {
  if (!actions_.find_streams && !actions_.find_stale) return;
  if (sample.level == PressureLevel::kCritical) return;
  const base::SteadyTime now = engine_.now();
  const bool is_known = streams_at_ && now - *streams_at_ < kStreamsHold;
  const bool is_cooling = state_.cool_until && now < *state_.cool_until;
  if (!is_known && !is_cooling) {
    streams_at_ = now;
    look_for_files(cancel);
    // That took its time, and the sample is to be of this moment.
    if (auto fresh = senses_.take()) {
      fresh->cancelled = cancel.cancelled();
      sample = *std::move(fresh);
    }
  }
  sample.levers.stream_bytes = streams_.bytes;
  sample.levers.stale_bytes = stale_.bytes;
  sample.levers.may_move_stale = !stale_.found.empty();
}

void ReliefService::look_for_files(const base::CancelToken& cancel) {
  if (actions_.find_streams && actions_.drop_streams) streams_ = actions_.find_streams(cancel);
  if (actions_.find_stale && actions_.move_stale) stale_ = actions_.find_stale(cancel);
}

ReclaimOutcome ReliefService::act(const ReliefAction& action, Deeds& deeds,
                                  const base::CancelToken& cancel) {
  switch (action.step) {
    case ReliefStep::kShed:
      if (const auto verdict = stop_and_shed(cancel)) deeds.shed = verdict;
      break;
    case ReliefStep::kDropStreams: {
      const auto dropped = actions_.drop_streams(streams_, cancel);
      deeds.files = relief::file_caches_verdict(streams_, dropped);
      streams_ = {};
      if (dropped.left > 0) streams_at_.reset();  // looked for again, next time
      break;
    }
    case ReliefStep::kMoveStale: {
      const auto moved = actions_.move_stale(stale_, cancel);
      deeds.stale = relief::temp_allocations_verdict(stale_, moved);
      stale_ = {};
      break;
    }
    case ReliefStep::kAsk:
      deeds.question = action;
      actions_.ask(action);
      break;
    case ReliefStep::kReclaimFile:
    case ReliefStep::kReclaimAnonymous:
      deeds.ledger.ask(action);
      return reclaim(action, cancel);
    default:
      break;
  }
  return ReclaimOutcome::kReclaimed;
}

ReclaimOutcome ReliefService::reclaim(const ReliefAction& action, const base::CancelToken& cancel) {
  platform::ScopeReclaim* lever = senses_.facilities().reclaim.get();
  if (lever == nullptr) return ReclaimOutcome::kNoLever;
  std::uint64_t left = action.bytes;
  for (;;) {
    const platform::ReclaimRequest request{action.unit, action.cgroup_id,
                                           std::min(left, action.write_bytes), action.swappiness};
    const auto answer =
        scheduler::offload(engine_, blocking_, [&] { return lever->reclaim(request); });
    left -= request.bytes;
    if (answer.outcome != ReclaimOutcome::kReclaimed || left == 0) return answer.outcome;
    if (engine_.sleep_for(relief::kWriteGap, {}, cancel) == scheduler::Wake::kCancelled)
      return ReclaimOutcome::kInterrupted;
  }
}

void ReliefService::rest_until(const ReliefAction& action, const ReliefSample& sample) {
  rest_level_ = sample.level.value_or(PressureLevel::kNormal);
  rest_until_ = engine_.now();
  // After a run that ended at critical there is a question to ask.
  if (action.reason == ReliefReason::kCritical && action.step == ReliefStep::kEnd) return;
  if (action.look_again) rest_until_ = *action.look_again;
  if (action.step == ReliefStep::kEnd && state_.cool_until)
    rest_until_ = state_.shed_at ? std::min(*state_.cool_until, *state_.shed_at + relief::kShedGap)
                                 : *state_.cool_until;
}

// ---- our own house ------------------------------------------------------------------------------

std::optional<relief::ShedSample> ReliefService::shed_sample() {
  const auto own = platform::own_cost();
  const auto memory = monitor_.memory_now();
  if (!own || !memory) return std::nullopt;
  return relief::ShedSample{engine_.now(), *own, *memory};
}

std::optional<relief::Verdict> ReliefService::stop_and_shed(const base::CancelToken& cancel) {
  if (!gate_.due(engine_.now())) return std::nullopt;
  actions_.stop_background();
  (void)engine_.sleep_for(kBackgroundEnds, {}, cancel);
  return shed();
}

// nullopt: the last time is less than a minute ago.
std::optional<relief::Verdict> ReliefService::shed() {
  if (!gate_.due(engine_.now())) return std::nullopt;
  const auto before = shed_sample();
  if (!gate_.begin(before, engine_.now())) return std::nullopt;
  actions_.shed();
  // Trimming a large heap takes tens of milliseconds.
  scheduler::offload(engine_, blocking_, [] { platform::trim_heap(); });
  const base::SteadyTime acted_until = engine_.now();
  return gate_.finish(shed_sample(), acted_until);
}

// ---- on request ---------------------------------------------------------------------------------

OperationVerdict ReliefService::inactive_memory(bool dry, const base::CancelToken& cancel,
                                                const RunKey& run) {
  if (running_)
    return relief::without_bytes(ReliefOutcome::kSkipped, "relief is under way already");
  const Running running(running_);
  if (!dry) {
    const Deeds deeds = pursue(Wish::kRequest, cancel);
    OperationVerdict verdict = relief::inactive_memory_verdict(deeds.ledger, deeds.end);
    if (verdict.outcome == ReliefOutcome::kFreed)
      look_again_later(deeds.ledger, verdict.bytes, run);
    return verdict;
  }
  auto now = sample(Wish::kRequest, cancel);
  if (!now) return relief::without_bytes(ReliefOutcome::kFailed, now.error().to_string());
  now->requested = true;
  relief::ReclaimLedger ledger;
  ledger.note(*now);
  relief::ReliefState tried = state_;
  const auto settings = senses_.policy_settings();
  const ReliefAction action = relief::step(tried, *now, engine_.now(), settings);
  if (!action.unit.empty() && action.step != ReliefStep::kAsk)
    return relief::without_bytes(
        ReliefOutcome::kSkipped,
        "would begin with " + base::format_bytes(action.bytes) + " of " + action.unit);
  return relief::inactive_memory_verdict(
      ledger, {action.reason, settings,
               relief::no_lever_words(*now, state_, engine_.now(), senses_.facilities().no_apps),
               senses_.facilities().reclaim != nullptr,
               relief::largest_apps_text(relief::largest_apps(now->scopes))});
}

OperationVerdict ReliefService::app_caches(bool dry) {
  if (dry)
    return relief::without_bytes(ReliefOutcome::kSkipped, "would empty our own caches and heap");
  const auto verdict = shed();
  if (!verdict)
    return relief::without_bytes(ReliefOutcome::kSkipped,
                                 "our own caches were emptied less than a minute ago");
  return relief::verdict_of(*verdict);
}

}  // namespace lull::agent
