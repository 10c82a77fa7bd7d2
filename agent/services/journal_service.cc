// SPDX-License-Identifier: MIT
#include "agent/services/journal_service.h"

#include <algorithm>
#include <utility>

#include <spdlog/spdlog.h>

#include "scheduler/offload.h"

namespace lull::agent {
namespace {

// Runs kept in memory while the disk refuses them.
constexpr std::size_t kUnwrittenRuns = 100;

std::optional<scheduler::Outcome> outcome_of(std::string_view word) {
  using scheduler::Outcome;
  for (const Outcome outcome :
       {Outcome::kDone, Outcome::kPartial, Outcome::kFailed, Outcome::kCancelled})
    if (scheduler::outcome_name(outcome) == word) return outcome;
  return std::nullopt;
}

clean::StoredJobState to_stored(const scheduler::JobState& state) {
  return {state.name,
          state.next_due,
          state.last_started,
          state.last_outcome ? std::string(scheduler::outcome_name(*state.last_outcome)) : "",
          state.last_message,
          state.checkpoint,
          state.failures};
}

scheduler::JobState from_stored(const clean::StoredJobState& stored) {
  return {
      stored.name,         stored.next_due,   stored.last_started, outcome_of(stored.last_outcome),
      stored.last_message, stored.checkpoint, stored.failures};
}

}  // namespace

JournalService::JournalService(scheduler::Engine& engine, scheduler::Executor& blocking,
                               std::string path, Access access)
    : engine_(engine),
      blocking_(blocking),
      wanted_path_(std::move(path)),
      access_(access),
      writers_(engine) {}

// What the disk refused is offered a last time.
JournalService::~JournalService() {
  if (!queue_.empty()) start_writer();
  writers_.join();
}

std::unique_ptr<JournalService> JournalService::open(scheduler::Engine& engine,
                                                     scheduler::Executor& blocking,
                                                     const std::string& path, Access access) {
  std::unique_ptr<JournalService> service(new JournalService(engine, blocking, path, access));
  scheduler::offload(engine, blocking, [&] { service->open_first(); });
  return service;
}

void JournalService::open_first() {
  auto journal = wanted_path_.empty() ? clean::Journal::open_in_memory()
                                      : clean::Journal::open(wanted_path_, &notice_);
  if (journal) {
    path_ = wanted_path_;
    journal_ = *std::move(journal);
  } else {
    open_to_read(std::move(journal).error());
  }
  load_from_disk();
}

void JournalService::open_to_read(const base::Error& why_not_to_write) {
  notice_ = "history is not kept on disk: " + why_not_to_write.to_string();
  refusing_ = true;  // and that line says so
  auto stored = clean::Journal::open_to_read(wanted_path_);
  if (stored) {
    stored_ = *std::move(stored);
  } else if (stored.error().code != base::ErrorCode::kNotFound) {
    unread_ = std::move(stored).error();
  }
}

void JournalService::load_from_disk() {
  clean::Journal* const from = reader();
  if (from == nullptr) return;
  if (auto jobs = from->load_jobs()) {
    for (const auto& stored : *jobs) loaded_.push_back(from_stored(stored));
  } else {
    notice_ = "job states could not be read: " + jobs.error().to_string();
  }
  if (auto runs = from->history(1); runs && !runs->empty()) last_run_ = runs->front();
  // Only comfort: without them everything works.
  if (auto openings = from->load_openings()) openings_ = *std::move(openings);
  if (auto uses = from->load_path_uses()) path_uses_ = *std::move(uses);
  if (auto costs = from->load_run_costs()) run_costs_ = *std::move(costs);
  if (auto apps = from->load_left_alone()) left_alone_ = *std::move(apps);
  if (auto pause = from->load_pause()) pause_ = *std::move(pause);
}

std::vector<scheduler::JobState> JournalService::load() { return loaded_; }

void JournalService::save(const scheduler::JobState& state) {
  if (access_ == Access::kReadOnly) return;
  queue_.jobs[state.name] = to_stored(state);
  start_writer();
}

std::optional<scheduler::SavedPause> JournalService::load_pause() {
  if (!pause_) return std::nullopt;
  return scheduler::SavedPause{pause_->since, pause_->until};
}

void JournalService::save_pause(const std::optional<scheduler::SavedPause>& pause) {
  if (access_ == Access::kReadOnly) return;
  queue_.pause.emplace();
  if (pause) *queue_.pause = clean::StoredPause{pause->since, pause->until};
  start_writer();
}

void JournalService::add_run(model::HistoryEntry entry) {
  if (access_ == Access::kReadOnly) return;
  last_run_ = entry;
  queue_.runs.push_back(std::move(entry));
  if (queue_.runs.size() > kUnwrittenRuns) queue_.runs.pop_front();
  start_writer();
}

void JournalService::note_still_free(std::string kind, base::WallTime started_at,
                                     std::uint64_t bytes) {
  if (access_ == Access::kReadOnly) return;
  const auto is_it = [&](const model::HistoryEntry& entry) {
    return entry.kind == kind && entry.started_at == started_at;
  };
  if (last_run_ && is_it(*last_run_)) last_run_->still_free_bytes = bytes;
  if (const auto unwritten = std::find_if(queue_.runs.begin(), queue_.runs.end(), is_it);
      unwritten != queue_.runs.end()) {
    unwritten->still_free_bytes = bytes;
    return;
  }
  model::HistoryEntry entry;
  entry.kind = std::move(kind);
  entry.started_at = started_at;
  entry.still_free_bytes = bytes;
  queue_.still_free.push_back(std::move(entry));
  if (queue_.still_free.size() > kUnwrittenRuns) queue_.still_free.pop_front();
  start_writer();
}

void JournalService::save_opening(const clean::StoredOpening& opening) {
  if (access_ == Access::kReadOnly) return;
  queue_.openings[opening.hour] = opening;
  start_writer();
}

void JournalService::save_path_uses(std::vector<clean::StoredPathUse> uses) {
  if (access_ == Access::kReadOnly) return;
  queue_.path_uses = std::move(uses);
  start_writer();
}

void JournalService::save_left_alone(std::vector<clean::StoredLeftAlone> apps) {
  if (access_ == Access::kReadOnly) return;
  queue_.left_alone = std::move(apps);
  start_writer();
}

void JournalService::save_run_cost(const clean::StoredRunCost& cost) {
  if (access_ == Access::kReadOnly) return;
  queue_.costs[cost.work] = cost;
  start_writer();
}

void JournalService::forget_habits() {
  if (access_ == Access::kReadOnly) return;
  openings_.clear();
  path_uses_.clear();
  queue_.forget_habits = true;
  queue_.openings.clear();
  queue_.path_uses.reset();
  start_writer();
}

bool JournalService::Queue::empty() const {
  return jobs.empty() && runs.empty() && still_free.empty() && !forget_habits && openings.empty() &&
         !path_uses && costs.empty() && !left_alone && !pause;
}

base::Status JournalService::Queue::write(clean::Journal& journal) {
  for (; !jobs.empty(); jobs.erase(jobs.begin())) LULL_TRY(journal.save_job(jobs.begin()->second));
  for (; !runs.empty(); runs.pop_front())
    if (auto id = journal.add_run(runs.front()); !id) return tl::unexpected(id.error());
  for (; !still_free.empty(); still_free.pop_front())
    LULL_TRY(journal.save_still_free(still_free.front()));
  if (forget_habits) LULL_TRY(journal.forget_habits());
  forget_habits = false;
  for (; !openings.empty(); openings.erase(openings.begin()))
    LULL_TRY(journal.save_opening(openings.begin()->second));
  if (path_uses) LULL_TRY(journal.replace_path_uses(*path_uses));
  path_uses.reset();
  for (; !costs.empty(); costs.erase(costs.begin()))
    LULL_TRY(journal.save_run_cost(costs.begin()->second));
  if (left_alone) LULL_TRY(journal.replace_left_alone(*left_alone));
  left_alone.reset();
  if (pause) LULL_TRY(journal.save_pause(*pause));
  pause.reset();
  return {};
}

void JournalService::Queue::put_back(Queue&& older) {
  jobs.merge(older.jobs);
  runs.insert(runs.begin(), older.runs.begin(), older.runs.end());
  still_free.insert(still_free.begin(), older.still_free.begin(), older.still_free.end());
  costs.merge(older.costs);
  if (!left_alone) left_alone = std::move(older.left_alone);
  if (!pause) pause = older.pause;
  if (forget_habits) return;  // asked for since: what is older goes
  forget_habits = older.forget_habits;
  openings.merge(older.openings);
  if (!path_uses) path_uses = std::move(older.path_uses);
}

// Of what is only looked at, what is there is enough.
bool JournalService::opens_again() const {
  return !journal_ && !wanted_path_.empty() && access_ == Access::kReadWrite;
}

// From the writer's fiber alone.
base::Status JournalService::open_again() {
  std::string notice;
  auto journal = scheduler::offload(engine_, blocking_,
                                    [&] { return clean::Journal::open(wanted_path_, &notice); });
  if (!journal) return tl::unexpected(std::move(journal).error());
  journal_ = *std::move(journal);
  path_ = wanted_path_;
  notice_ = std::move(notice);
  unread_.reset();
  spdlog::info("the journal can be written again");
  if (!notice_.empty()) spdlog::warn("{}", notice_);
  return {};
}

void JournalService::start_writer() {
  if (writing_ || (!journal_ && !opens_again())) return;
  writing_ = true;
  writers_.spawn("journal writer", [this](const base::CancelToken&) {
    write_queued();
    writing_ = false;
  });
}

void JournalService::refused(const base::Error& error) {
  ++write_errors_;
  if (!std::exchange(refusing_, true))
    spdlog::warn("the journal cannot be written ({}); going on, and trying again later",
                 error.message);
}

void JournalService::write_queued() {
  if (!journal_) {
    if (const auto opened = open_again(); !opened) return refused(opened.error());
    refusing_ = false;
  }
  while (!queue_.empty()) {
    Queue batch = std::exchange(queue_, {});
    const base::Status status =
        scheduler::offload(engine_, blocking_, [&] { return batch.write(*journal_); });
    if (status) {
      refusing_ = false;
      continue;
    }
    refused(status.error());
    queue_.put_back(std::move(batch));
    return;
  }
}

base::Result<std::vector<model::HistoryEntry>> JournalService::history(std::size_t limit) {
  flush();
  if (unread_) return tl::unexpected(*unread_);
  std::vector<model::HistoryEntry> unwritten(queue_.runs.rbegin(), queue_.runs.rend());
  clean::Journal* const from = reader();
  if (from == nullptr) return unwritten;
  auto stored = scheduler::offload(engine_, blocking_, [&] { return from->history(limit); });
  if (!stored) return stored;
  stored->insert(stored->begin(), unwritten.begin(), unwritten.end());
  if (limit != 0 && stored->size() > limit) stored->resize(limit);
  return stored;
}

base::Status JournalService::trim(std::size_t keep_runs) {
  if (!journal_) return {};
  return scheduler::offload(engine_, blocking_, [&] { return journal_->trim_history(keep_runs); });
}

base::Result<clean::Journal*> JournalService::on_disk() {
  if (opens_again()) {
    start_writer();
    writers_.join();
  }
  if (access_ == Access::kReadWrite && journal_ && !path_.empty()) return journal_.get();
  std::string why = "nothing is moved without a journal on disk, since it could not be undone";
  if (!notice_.empty()) why += ": " + notice_;
  return base::fail(base::ErrorCode::kUnavailable, std::move(why));
}

base::Result<clean::CleanJournal*> JournalService::cleans() { return on_disk(); }
base::Result<clean::AutoJournal*> JournalService::autos() { return on_disk(); }

base::Result<model::AutoState> JournalService::auto_state() {
  if (unread_) return tl::unexpected(*unread_);
  clean::Journal* const from = reader();
  if (from == nullptr) return model::AutoState{};
  return scheduler::offload(engine_, blocking_, [&] { return from->load_auto_state(); });
}

base::Result<model::RunDetail> JournalService::run_detail(std::int64_t run) {
  flush();
  clean::Journal* const from = reader();
  if (from == nullptr) return base::fail(base::ErrorCode::kUnavailable, notice_);
  return scheduler::offload(engine_, blocking_, [&] { return from->run_detail(run); });
}

base::Result<std::uint64_t> JournalService::forget() {
  const auto journal = on_disk();
  if (!journal) return tl::unexpected(journal.error());
  flush();
  openings_.clear();
  path_uses_.clear();
  run_costs_.clear();
  queue_.openings.clear();
  queue_.path_uses.reset();
  queue_.costs.clear();
  left_alone_.clear();
  queue_.left_alone.reset();
  auto gone = scheduler::offload(engine_, blocking_, [&] { return (*journal)->forget(); });
  last_run_.reset();
  look_again();
  return gone;
}

void JournalService::look_again() {
  clean::Journal* const from = reader();
  if (from == nullptr) return;
  const auto runs = scheduler::offload(engine_, blocking_, [&] { return from->history(1); });
  if (runs && !runs->empty()) last_run_ = runs->front();
}

void JournalService::shed() {
  if (clean::Journal* const from = reader())
    scheduler::offload(engine_, blocking_, [&] { from->shed(); });
}

void JournalService::flush() {
  if (!refusing_) start_writer();
  writers_.join();
}

}  // namespace lull::agent
