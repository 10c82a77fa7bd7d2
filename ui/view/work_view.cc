// SPDX-License-Identifier: MIT
// What Lull did and will do: jobs, the day, the history.
#include <algorithm>
#include <map>
#include <optional>

#include "core/base/cost_text.h"
#include "ui/view/view_parts.h"
#include "ui/view/words.h"

namespace lull::ui {
namespace {

// Which job the line "Next" is about: one that is due already before those that will be.
const model::JobStatus* next_job(const std::vector<model::JobStatus>& jobs) {
  const model::JobStatus* best = nullptr;
  for (const model::JobStatus& job : jobs) {
    if (!job.next_at || job.state == "running") continue;
    if (best == nullptr || *job.next_at < *best->next_at) best = &job;
  }
  return best;
}

const model::JobStatus* running_job(const std::vector<model::JobStatus>& jobs) {
  const auto found = std::find_if(jobs.begin(), jobs.end(),
                                  [](const auto& job) { return job.state == "running"; });
  return found == jobs.end() ? nullptr : &*found;
}

const model::JobStatus* last_job(const std::vector<model::JobStatus>& jobs) {
  const model::JobStatus* last = nullptr;
  for (const model::JobStatus& job : jobs)
    if (job.last_started_at && (last == nullptr || *job.last_started_at > *last->last_started_at))
      last = &job;
  return last;
}

std::string reasons(const std::vector<std::string>& codes) {
  std::string text;
  for (const std::string& code : codes) text += (text.empty() ? "" : ", ") + condition_text(code);
  return text;
}

void describe_next(const std::vector<model::JobStatus>& jobs, base::WallTime now, WorkView& view) {
  if (const auto* running = running_job(jobs)) {
    view.next = job_title(running->name);
    view.next_when = "running";
    return;
  }
  const model::JobStatus* next = next_job(jobs);
  if (next == nullptr) return;
  view.next = job_title(next->name);
  view.next_when = until_text(*next->next_at, now);
  if (*next->next_at <= now) view.next_when = "waiting";
  if (!next->blocked_by.empty() && *next->next_at <= now)
    view.waiting = "Waiting: " + reasons(next->blocked_by);
}

std::string kind_title(const model::HistoryEntry& entry) {
  static const std::map<std::string, std::string, std::less<>> kTitles = {
      {"clean", "Cleaned"},       {"optimize", "Optimized"}, {"relief", "Relieved memory"},
      {"undo", "Put files back"}, {"purge", "Emptied"},      {"scan", "Looked around"}};
  const auto found = kTitles.find(entry.kind);
  std::string title = found == kTitles.end() ? one_line(entry.kind) : found->second;
  if (entry.origin == "automatic") title += " by itself";
  if (entry.origin == "rehearsal") title += ", as a rehearsal";
  return title;
}

std::string still_free_text(const model::HistoryEntry& entry) {
  if (!entry.still_free_bytes) return {};
  const std::string gave = entry.idle_apps_bytes
                               ? bytes_text(*entry.idle_apps_bytes) + " from idle apps"
                               : "what idle apps gave";
  return " · of " + gave + " " + bytes_text(*entry.still_free_bytes) + " still free a minute later";
}

std::string detail_of(const model::HistoryEntry& entry) {
  if (!entry.summary.empty()) return one_line(entry.summary) + still_free_text(entry);
  std::string text = one_line(entry.outcome);
  if (entry.bytes > 0) text = bytes_text(entry.bytes) + (text.empty() ? "" : ", " + text);
  return text;
}

std::string text_of(const model::RunUsage& usage) {
  return base::cost_text(std::chrono::duration<double>(usage.cpu).count(), usage.read_bytes,
                         usage.written_bytes, usage.on_battery);
}

// Of what is not known of one run, nothing is known of the sum.
void add(std::optional<std::uint64_t>& sum, std::optional<std::uint64_t> more) {
  sum = sum && more ? std::optional(*sum + *more) : std::nullopt;
}

void add(std::optional<model::RunUsage>& sum, const model::RunUsage& more) {
  if (!sum) {
    sum = more;
    return;
  }
  sum->cpu += more.cpu;
  add(sum->read_bytes, more.read_bytes);
  add(sum->written_bytes, more.written_bytes);
  sum->on_battery = sum->on_battery || more.on_battery;
}

// Of memory that was relieved nothing lasts that could be added up; a rehearsal moves nothing.
bool counts_for_day(const model::HistoryEntry& entry) {
  return entry.origin != "rehearsal" && (entry.kind == "clean" || entry.kind == "optimize");
}

}  // namespace

WorkView make_work(const State& state, base::WallTime now) {
  WorkView view;
  view.last = view.next = kUnknown;
  if (!state.snapshot) return view;
  const auto& jobs = state.snapshot->jobs;
  if (const auto* last = last_job(jobs)) {
    view.last = job_title(last->name);
    view.last_when = ago_text(*last->last_started_at, now);
  } else if (const auto& run = state.snapshot->last_run) {
    view.last = kind_title(*run);
    view.last_when = ago_text(run->started_at, now);
  }
  describe_next(jobs, now, view);
  return view;
}

DayView make_day(const State& state, base::WallTime now) {
  DayView view;
  view.title = "Cleaned, last 24 h";
  view.summary = kUnknown;
  if (!state.history) return view;
  std::array<std::uint64_t, 24> hours{};
  std::uint64_t total = 0;
  std::optional<model::RunUsage> usage;
  for (const model::HistoryEntry& entry : *state.history) {
    const auto hour =
        std::chrono::duration_cast<std::chrono::hours>(now - entry.started_at).count();
    if (hour < 0 || hour >= 24) continue;
    if (entry.usage) add(usage, *entry.usage);
    if (!counts_for_day(entry)) continue;
    hours[static_cast<std::size_t>(23 - hour)] += entry.bytes;
    total += entry.bytes;
  }
  view.summary = bytes_text(total);
  if (usage) view.cost = "By itself: " + text_of(*usage);
  const std::uint64_t most = *std::max_element(hours.begin(), hours.end());
  for (std::size_t at = 0; at < hours.size() && most > 0; ++at)
    view.bars[at] = static_cast<float>(static_cast<double>(hours[at]) / static_cast<double>(most));
  return view;
}

HistoryView make_history(const State& state, base::WallTime now) {
  HistoryView view;
  if (!state.history_failure.empty()) view.note = one_line(state.history_failure);
  if (!state.history) {
    if (view.note.empty()) view.note = "Reading the history…";
    return view;
  }
  if (state.history->empty()) view.note = "Nothing was done yet";
  const bool free_to_act = state.link == Link::kConnected && !is_running(state.operation);
  for (const model::HistoryEntry& entry : *state.history)
    view.rows.push_back({entry.run, kind_title(entry), ago_text(entry.started_at, now),
                         detail_of(entry) + (entry.usage ? " · " + text_of(*entry.usage) : ""),
                         entry.undoable && free_to_act});
  return view;
}

}  // namespace lull::ui
