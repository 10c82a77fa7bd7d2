// SPDX-License-Identifier: MIT
#include "agent/services/purge_service.h"

#include <algorithm>
#include <utility>

#include "core/base/bytes.h"
#include "core/clean/purge_due.h"
#include "scheduler/offload.h"

namespace lull::agent {
namespace {

using base::Result;

constexpr const char* kOfFullVolume = "full-volume";  // nobody asked: a volume has filled up

scheduler::JobResult result_of(const Result<clean::PurgeRunResult>& result) {
  using scheduler::Outcome;
  if (!result) return {Outcome::kFailed, result.error().to_string(), ""};
  if (result->run == 0 && result->failed.empty()) return {Outcome::kDone, "nothing was due", ""};
  const std::string message =
      std::to_string(result->purged_entries) + " removed for good, " +
      base::format_bytes(result->freed_bytes > 0 ? static_cast<std::uint64_t>(result->freed_bytes)
                                                 : 0) +
      " more are free";
  if (result->cancelled) return {Outcome::kCancelled, message, ""};
  if (result->outcome == "failed") return {Outcome::kFailed, message, ""};
  return {result->failed.empty() ? Outcome::kDone : Outcome::kPartial, message, ""};
}

}  // namespace

PurgeService::PurgeService(scheduler::Engine& engine, scheduler::ComputePool& compute,
                           CleanHouse& house, const Settings& settings, IsNearlyFull is_nearly_full)
    : engine_(engine),
      compute_(compute),
      house_(house),
      settings_(settings),
      is_nearly_full_(std::move(is_nearly_full)) {}

scheduler::JobSpec PurgeService::job() {
  scheduler::JobSpec spec;
  spec.name = "purge";
  spec.trigger = scheduler::Trigger::kPeriodic;
  spec.priority = scheduler::Priority::kBackground;
  spec.shutdown = scheduler::ShutdownBehaviour::kFinishItem;
  spec.constraints = {"cpu-busy", "on-battery", "pressure", "thermal"};
  spec.interval = std::chrono::hours(6);
  spec.tolerance = std::chrono::minutes(30);
  spec.deadline = std::chrono::minutes(30);
  spec.body = [this](scheduler::JobContext& context) { return run(context); };
  return spec;
}

void PurgeService::look_at_volumes(scheduler::JobScheduler& jobs) {
  if (engine_.now() < rest_until_) return;
  const auto journal = house_.journal().cleans();
  if (!journal) return;
  const bool full = scheduler::offload(engine_, compute_.background(), [&] {
    const auto trashes = (*journal)->trashes_in_use();
    return trashes && std::any_of(trashes->begin(), trashes->end(), is_nearly_full_);
  });
  if (full) (void)jobs.request("purge", {{kOfFullVolume, "true"}});  // nobody waits for it
}

void PurgeService::watch_volumes(scheduler::JobScheduler& jobs, const base::CancelToken& cancel) {
  while (engine_.sleep_for(kLook, kLook, cancel) == scheduler::Wake::kDue) look_at_volumes(jobs);
}

scheduler::JobResult PurgeService::run(scheduler::JobContext& context) {
  return result_of(purge_due(context));
}

clean::PurgeOptions PurgeService::options(const CleanHouse::Turn& turn,
                                          base::Progress& progress) const {
  clean::PurgeOptions options;
  options.places = turn.places();
  options.width = static_cast<unsigned>(settings_.performance.max_parallel_deletes);
  options.progress = &progress;
  return options;
}

Result<clean::PurgeRunResult> PurgeService::purge_due(scheduler::JobContext& context) {
  const auto turn = house_.enter(context.cancel);
  if (!turn) return tl::unexpected(turn.error());
  clean::PurgeOptions options = this->options(*turn, context.progress);
  const bool automatic = context.automatic || context.parameters.contains(kOfFullVolume);
  options.origin = automatic ? "automatic" : "user";
  options.cancel = context.cancel;
  scheduler::Executor& executor = automatic ? compute_.background() : compute_.foreground();
  auto result = scheduler::offload(engine_, executor, [&]() -> Result<clean::PurgeRunResult> {
    const auto due = clean::items_to_purge(turn->journal(), engine_.time(),
                                           settings_.clean.purge_after, is_nearly_full_);
    if (!due) return tl::unexpected(due.error());
    return clean::purge_moved(*due, turn->journal(), engine_.time(), options);
  });
  if (result && result->run != 0) house_.journal().look_again();
  if (context.parameters.contains(kOfFullVolume) && (!result || result->purged_items == 0))
    rest_until_ = engine_.now() + kRest;
  return result;
}

Result<clean::PurgeRunResult> PurgeService::purge_run(const CleanHouse::Turn& turn,
                                                      std::int64_t run,
                                                      const base::CancelToken& cancel,
                                                      base::Progress& progress) {
  clean::PurgeOptions options = this->options(turn, progress);
  options.origin = "user";
  options.cancel = cancel;
  return scheduler::offload(engine_, compute_.foreground(), [&]() -> Result<clean::PurgeRunResult> {
    auto items = turn.journal().items_of(run);
    if (!items) return tl::unexpected(std::move(items).error());
    std::erase_if(*items, [](const clean::CleanItem& item) {
      return item.state != clean::ItemState::kMoved;
    });
    return clean::purge_moved(*items, turn.journal(), engine_.time(), options);
  });
}

}  // namespace lull::agent
