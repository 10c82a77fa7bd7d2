// SPDX-License-Identifier: MIT
#include "agent/services/undo_service.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

#include "core/base/bytes.h"
#include "core/base/path_text.h"
#include "core/base/text.h"
#include "scheduler/offload.h"

namespace lull::agent {
namespace {

using base::ErrorCode;
using base::Result;

constexpr const char* kRun = "run";
constexpr const char* kPaths = "paths";  // each with a NUL behind it

std::string joined(const std::vector<std::string>& paths) {
  std::string text;
  for (const std::string& path : paths) text.append(path).append(1, '\0');
  return text;
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> paths;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\0'), text.size() - 1);
    paths.emplace_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  return paths;
}

// The ids of those items of a run that are at or below the paths; kNotFound for a path without any.
Result<std::vector<std::int64_t>> items_at(clean::CleanJournal& journal, std::int64_t run,
                                           const std::vector<std::string>& paths) {
  std::vector<std::int64_t> ids;
  if (paths.empty()) return ids;
  const auto items = journal.items_of(run);
  if (!items) return tl::unexpected(items.error());
  for (const std::string& path : paths) {
    const std::size_t before = ids.size();
    for (const clean::CleanItem& item : *items)
      if (item.state == clean::ItemState::kMoved && base::is_at_or_below(item.path, path))
        ids.push_back(item.item);
    if (ids.size() == before)
      return base::fail(ErrorCode::kNotFound,
                        "nothing of run " + std::to_string(run) + " that is in the trash was there",
                        path);
  }
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

Result<std::int64_t> run_to_undo(clean::CleanJournal& journal, std::optional<std::int64_t> named) {
  if (named) return *named;
  const auto last = journal.last_undoable_run();
  if (!last) return tl::unexpected(last.error());
  if (!*last)
    return base::fail(ErrorCode::kNotFound,
                      "there is nothing to undo: no run has anything in the trash");
  return **last;
}

model::UndoReport report_of(const clean::UndoResult& result, std::int64_t run) {
  model::UndoReport report;
  report.run = run;
  report.undo_run = result.run;
  report.restored_items = result.restored_entries;
  report.restored_bytes = result.restored_bytes;
  for (const auto& item : result.conflicts) report.conflicts.push_back({item.path, item.reason});
  for (const auto& item : result.failed) report.failed.push_back({item.path, item.reason});
  if (result.stopped) report.failed.push_back({result.stopped->path, result.stopped->to_string()});
  report.cancelled = result.cancelled;
  report.outcome = result.outcome;
  return report;
}

scheduler::JobResult result_of(const Result<model::UndoReport>& report) {
  using scheduler::Outcome;
  // Asked for what is not there: the answer says so, and nothing went wrong.
  if (!report && report.error().code == ErrorCode::kNotFound)
    return {Outcome::kDone, "nothing to give back", ""};
  if (!report) return {Outcome::kFailed, report.error().to_string(), ""};
  const std::string restored = base::format_bytes(report->restored_bytes) + " given back";
  if (report->cancelled) return {Outcome::kCancelled, restored + " until it was stopped", ""};
  if (report->outcome == "failed") return {Outcome::kFailed, restored, ""};
  return {report->outcome == "done" ? Outcome::kDone : Outcome::kPartial, restored, ""};
}

std::optional<std::int64_t> number_of(const scheduler::JobParameters& parameters) {
  const auto text = parameters.find(kRun);
  std::int64_t number = 0;
  if (text == parameters.end()) return std::nullopt;
  std::from_chars(text->second.data(), text->second.data() + text->second.size(), number);
  return number;
}

}  // namespace

UndoService::UndoService(scheduler::Engine& engine, scheduler::ComputePool& compute,
                         CleanHouse& house, const Settings& settings)
    : engine_(engine), compute_(compute), house_(house), settings_(settings) {}

scheduler::JobSpec UndoService::job() {
  scheduler::JobSpec spec;
  spec.name = "undo";
  spec.trigger = scheduler::Trigger::kRequest;
  spec.priority = scheduler::Priority::kUserBlocking;
  spec.shutdown = scheduler::ShutdownBehaviour::kFinishItem;
  spec.needs_parameters = "needs a run; use `lull undo`";
  spec.body = [this](scheduler::JobContext& context) { return run(context); };
  return spec;
}

Result<model::UndoReport> UndoService::undo(
    scheduler::JobScheduler& jobs, std::optional<std::int64_t> run,
    const std::vector<std::string>& paths, const base::CancelToken& cancel,
    const std::function<void(const scheduler::RunTicket&)>& started) {
  scheduler::JobParameters parameters{{kPaths, joined(paths)}};
  if (run) parameters[kRun] = std::to_string(*run);
  return values_.request(jobs, parameters, cancel, started);
}

scheduler::JobResult UndoService::run(scheduler::JobContext& context) {
  auto report = undo_now(context);
  const scheduler::JobResult result = result_of(report);
  values_.put(context.parameters, std::move(report));
  return result;
}

Result<model::UndoReport> UndoService::undo_now(scheduler::JobContext& context) {
  const base::SteadyTime begun = engine_.now();
  Result<model::UndoReport> report = base::fail(ErrorCode::kInternal, "it did not begin");
  std::vector<std::string> restored;
  {
    const auto turn = house_.enter(context.cancel);
    if (!turn) return tl::unexpected(turn.error());
    const auto named = number_of(context.parameters);
    const auto run = scheduler::offload(engine_, compute_.foreground(),
                                        [&] { return run_to_undo(turn->journal(), named); });
    if (!run) return tl::unexpected(run.error());
    const auto result = give_back(context, *run, *turn);
    if (!result) return tl::unexpected(result.error());
    report = report_of(*result, *run);
    for (const auto& item : result->restored) restored.push_back(item.path);
  }
  report->elapsed = engine_.now() - begun;
  house_.journal().look_again();
  if (observer_ && !restored.empty()) observer_(restored);
  return report;
}

Result<clean::UndoResult> UndoService::give_back(const scheduler::JobContext& context,
                                                 std::int64_t run, const CleanHouse::Turn& turn) {
  clean::UndoOptions options;
  options.trash = turn.trash();
  options.width = static_cast<unsigned>(settings_.performance.max_parallel_deletes);
  options.cancel = context.cancel;
  options.progress = &context.progress;
  const auto paths = split(context.parameters.at(kPaths));
  return scheduler::offload(engine_, compute_.foreground(), [&]() -> Result<clean::UndoResult> {
    auto items = items_at(turn.journal(), run, paths);
    if (!items) return tl::unexpected(std::move(items).error());
    options.items = *std::move(items);
    return clean::undo(run, turn.journal(), engine_.time(), options);
  });
}

}  // namespace lull::agent
