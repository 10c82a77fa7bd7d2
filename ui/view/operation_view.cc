// SPDX-License-Identifier: MIT
// What Optimize, cleaning and undo look like: the button, its progress, its result.
#include <algorithm>

#include "ui/view/view_parts.h"
#include "ui/view/words.h"

namespace lull::ui {
namespace {

// Rates of the first moments are noise.
constexpr double kFirstRateSeconds = 1.0;
// Counts operations, not files.
constexpr std::string_view kMemoryStage = "relieving memory";
// Nobody waits for longer with the window open.
constexpr double kLongestLeft = 86400;

std::optional<double> fraction_of(const Progress& progress) {
  if (!progress.percent) return std::nullopt;
  return std::clamp(*progress.percent / 100, 0.0, 1.0);
}

void join(std::string& text, const std::string& part) {
  if (!text.empty()) text += " · ";
  text += part;
}

std::string rate_text(const Progress& progress) {
  if (progress.elapsed_seconds < kFirstRateSeconds) return "";
  if (progress.done_bytes > 0)
    return bytes_text(static_cast<std::uint64_t>(static_cast<double>(progress.done_bytes) /
                                                 progress.elapsed_seconds)) +
           "/s";
  return "";
}

std::string time_left(const Progress& progress) {
  const double seconds = progress.left_seconds.value_or(0);
  if (seconds <= 0 || seconds > kLongestLeft) return "";
  const auto whole = std::chrono::seconds(static_cast<std::int64_t>(seconds + 0.999));
  return "about " + short_duration(whole) + " left";
}

// "3 of 7 steps", "1,240 of 3,124 items", "12 items".
std::string items_text(const Progress& progress) {
  const bool is_memory = progress.stage == kMemoryStage;
  const char* one = is_memory ? "step" : "item";
  const char* many = is_memory ? "steps" : "items";
  const std::uint64_t total = progress.total_items.value_or(0);
  if (total >= progress.done_items && total > 0)
    return number_text(progress.done_items) + " of " + count_text(total, one, many);
  return progress.done_items > 0 ? count_text(progress.done_items, one, many) : "";
}

std::string progress_detail(const std::optional<Progress>& progress) {
  if (!progress) return "";
  std::string text;
  for (const std::string& part :
       {items_text(*progress), rate_text(*progress), time_left(*progress)})
    if (!part.empty()) join(text, part);
  return text;
}

std::string running_title(const Operation& operation) {
  if (operation.phase == Phase::kCancelling) return "Stopping…";
  if (operation.progress && !operation.progress->stage.empty())
    return stage_text(operation.progress->stage);
  switch (operation.kind) {
    case OperationKind::kOptimize:
      return "Optimizing";
    case OperationKind::kOffer:
      return "Looking at what would go";
    case OperationKind::kClean:
      return "Cleaning";
    case OperationKind::kUndo:
      return "Putting files back";
  }
  return "Working";
}

std::uint64_t freed_memory(const OperationResult& result) {
  std::uint64_t bytes = 0;
  for (const MemoryStep& step : result.steps)
    if (step.outcome == "freed") bytes += step.bytes;
  return bytes;
}

std::string memory_line(const OperationResult& result) {
  const std::uint64_t freed = freed_memory(result);
  std::string text =
      freed > 0 ? "Memory: " + bytes_text(freed) + " freed" : "Memory: nothing to free";
  std::string by;
  for (const MemoryStep& step : result.steps)
    if (step.outcome == "freed" && step.bytes > 0)
      by += (by.empty() ? "" : ", ") + memory_step_title(step.id);
  return by.empty() ? text : text + " (" + by + ")";
}

std::string files_line(const OperationResult& result, base::WallTime now) {
  if (result.moved_items == 0) return "Files: nothing to move";
  const std::string files = count_text(result.moved_items, "item", "items");
  if (result.rehearsal) return "Files: " + bytes_text(result.moved_bytes) + " could go, " + files;
  std::string text = "Files: " + bytes_text(result.moved_bytes) + " moved to the trash, " + files;
  // Of a week that has just begun, the first seconds are not missed.
  if (result.purge_at && *result.purge_at > now)
    text += "; kept " + span_text(now, *result.purge_at + std::chrono::minutes(1));
  return text;
}

void describe_optimize(const OperationResult& result, base::WallTime now, OptimizeView& view) {
  const std::uint64_t freed = freed_memory(result);
  // Memory and disk are not added up: they are different things to have room in.
  view.title = "Already in good order";
  if (result.moved_bytes > 0 && !result.rehearsal)
    view.title = "Cleaned " + bytes_text(result.moved_bytes);
  if (freed > 0) view.title = "Freed " + bytes_text(freed) + " of memory";
  if (!result.steps.empty()) view.lines.push_back(memory_line(result));
  if (result.has_files) view.lines.push_back(files_line(result, now));
}

void describe_result(const Operation& operation, base::WallTime now, OptimizeView& view) {
  const OperationResult& result = operation.result;
  switch (operation.kind) {
    case OperationKind::kOptimize:
      describe_optimize(result, now, view);
      break;
    case OperationKind::kOffer:
      break;  // has an offer instead of a result
    case OperationKind::kClean:
      view.title = result.moved_items > 0 ? "Cleaned " + bytes_text(result.moved_bytes)
                                          : "Nothing was left to clean";
      view.lines.push_back(files_line(result, now));
      break;
    case OperationKind::kUndo:
      view.title = "Put back " + bytes_text(result.moved_bytes);
      view.lines.push_back(count_text(result.moved_items, "item", "items") +
                           " where they came from");
      break;
  }
  if (result.failed_items > 0)
    view.lines.push_back(count_text(result.failed_items, "item", "items") + " could not be moved");
  if (result.skipped_items > 0)
    view.lines.push_back(count_text(result.skipped_items, "item", "items") + " left alone");
  view.tone = result.failed_items > 0 ? Tone::kWarning : Tone::kGood;
  if (operation.phase == Phase::kCancelled) {
    view.title = "Stopped. " + view.title;
    view.tone = Tone::kNeutral;
  }
}

const char* failure_title(OperationKind kind) {
  switch (kind) {
    case OperationKind::kOptimize:
      return "Could not optimize";
    case OperationKind::kOffer:
    case OperationKind::kClean:
      return "Could not clean";
    case OperationKind::kUndo:
      return "Could not put the files back";
  }
  return "Failed";
}

void describe_progress(const Operation& operation, bool connected, OptimizeView& view) {
  view.kind = OptimizeView::Kind::kProgress;
  view.title = running_title(operation);
  view.detail = progress_detail(operation.progress);
  view.cancel_enabled =
      operation.phase == Phase::kRunning && connected && !operation.elsewhere && !operation.awaited;
  if (operation.progress) view.fraction = fraction_of(*operation.progress);
}

}  // namespace

OptimizeView make_optimize(const State& state, base::WallTime now) {
  OptimizeView view;
  const bool connected = state.link == Link::kConnected;
  view.label = "Optimize";
  view.enabled = connected && !is_running(state.operation);
  if (!state.operation) return view;
  const Operation& operation = *state.operation;
  if (is_running(state.operation)) {
    describe_progress(operation, connected, view);
    return view;
  }
  view.kind = OptimizeView::Kind::kResult;
  if (operation.phase == Phase::kFailed) {
    view.title = failure_title(operation.kind);
    view.lines.push_back(with_capital(one_line(operation.failure)));
    view.tone = Tone::kCritical;
    return view;
  }
  describe_result(operation, now, view);
  if (connected && operation.kind != OperationKind::kUndo && operation.result.moved_items > 0)
    view.undo_run = operation.result.run;
  return view;
}

}  // namespace lull::ui
