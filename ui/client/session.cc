// SPDX-License-Identifier: MIT
#include "ui/client/session.h"

#include <array>
#include <utility>

#include "ui/client/decode.h"
#include "ui/client/json_read.h"

namespace lull::ui {
namespace {

using base::ErrorCode;
using base::Result;

constexpr double kWatchSeconds = 1;
// How many snapshots pass between two looks at every process.
constexpr unsigned kTopEvery = 4;
constexpr int kEveryProcess = 1000, kHistoryRows = 100;
constexpr double kPauseSeconds = 3600;

std::size_t index_of(Channel channel) { return static_cast<std::size_t>(channel); }

// What moves files or memory, by the names of its jobs and methods.
struct Work {
  const char *job, *method;
  OperationKind kind;
};
constexpr std::array kWork = {Work{"optimize", "Optimize", OperationKind::kOptimize},
                              Work{"clean", "Clean", OperationKind::kClean},
                              Work{"undo", "Undo", OperationKind::kUndo}};

std::optional<OperationKind> running_work(const model::Snapshot& snapshot) {
  for (const model::JobStatus& job : snapshot.jobs)
    for (const Work& work : kWork)
      if (job.state == "running" && job.name == work.job) return work.kind;
  return std::nullopt;
}

// What goes on for somebody, and can be followed.
struct Ongoing {
  const model::OperationStatus* status = nullptr;
  OperationKind kind = OperationKind::kOptimize;
};
std::optional<Ongoing> ongoing_work(const model::Snapshot& snapshot) {
  for (const model::OperationStatus& operation : snapshot.operations)
    for (const Work& work : kWork)
      if (operation.id != 0 && operation.method == work.method)
        return Ongoing{&operation, work.kind};
  return std::nullopt;
}

bool is_over(const std::optional<Operation>& operation) {
  return !operation ||
         (operation->phase != Phase::kRunning && operation->phase != Phase::kCancelling);
}

}  // namespace

void Session::call(Channel channel, std::string method, Object parameters, bool more, Take take) {
  pending_[index_of(channel)].push_back({take, more});
  send_({channel, std::move(method), std::move(parameters), more});
}

void Session::on_connected(base::WallTime) {
  state_.link = Link::kConnected;
  call(Channel::kQuick, "GetConfig", {}, false, &Session::take_settings);
  call(Channel::kWatch, "Watch", {{"interval_seconds", kWatchSeconds}}, true,
       &Session::take_snapshot);
  ask_history();
  // What a scan found is kept over a restart of the agent; else one is run or joined.
  if (!state_.scan) begin_scan();
}

void Session::on_lost() {
  for (auto& calls : pending_) calls.clear();
  following_ = 0;
  stale_ = false;
  if (state_.link == Link::kConnected) state_.link = Link::kReconnecting;
  if (state_.scanning) state_.scanning = false;
  if (is_over(state_.operation)) return;
  state_.operation->phase = Phase::kFailed;
  state_.operation->failure = "The agent went away; the history says how far it got";
}

void Session::on_reply(Channel channel, control::Reply reply, base::WallTime now) {
  auto& calls = pending_[index_of(channel)];
  if (calls.empty()) return;
  if (reply.continues) {
    if (reply.result) on_progress(channel, *reply.result, now);
    return;
  }
  const Pending first = calls.front();
  calls.pop_front();
  (this->*first.take)(reply.result, now);
}

void Session::on_progress(Channel channel, const Object& reply, base::WallTime now) {
  if (channel == Channel::kWatch) return take_snapshot(reply, now);
  auto progress = decode_progress(reply);
  if (!progress) return;
  if (channel == Channel::kScan) {
    state_.scan_progress = std::move(progress);
  } else if (channel == Channel::kOperation && !is_over(state_.operation)) {
    state_.operation->progress = std::move(progress);
  }
}

void Session::take_snapshot(const Result<Object>& reply, base::WallTime now) {
  if (!reply) return;
  const auto last_run = [this] {
    return state_.snapshot && state_.snapshot->last_run ? state_.snapshot->last_run->run : 0;
  };
  const std::int64_t before = last_run();
  const bool first = !state_.snapshot;
  state_.snapshot = decode_snapshot(*reply);
  state_.trend.seed(decode_recent(*reply), now);
  TrendSample sample{now, {}, {}};
  if (state_.snapshot->cpu) sample.cpu_percent = state_.snapshot->cpu->percent;
  if (state_.snapshot->pressure)
    sample.pressure_percent = model::some_avg10(state_.snapshot->pressure->reading);
  state_.trend.add(sample);
  if (snapshots_++ % kTopEvery == 0)
    call(Channel::kQuick, "Top", {{"limit", kEveryProcess}, {"sort", "memory"}}, false,
         &Session::take_top);
  if (!first && last_run() != before) ask_history();
  follow_other_work();
}

// A window that is opened in the middle of a run shows it as its own, and says when it is over. A
// result that is shown stays.
void Session::follow_other_work() {
  if (std::exchange(stale_, false)) return;
  const auto ongoing = ongoing_work(*state_.snapshot);
  if (ongoing && may_follow()) return follow(ongoing->kind, *ongoing->status);
  if (ongoing && following_ == ongoing->status->id && !is_over(state_.operation))
    state_.operation->awaited = ongoing->status->callers > 0;
  const auto kind = running_work(*state_.snapshot);
  if (kind && !state_.operation) {
    state_.operation = Operation{*kind, Phase::kRunning, {}, {}, {}, true};
  } else if (!kind && state_.operation && state_.operation->elsewhere) {
    state_.operation.reset();
    ask_history();
    begin_scan();
  }
}

// One that was left, since others wait for it still, has no result.
bool Session::may_follow() const {
  if (!state_.operation || state_.operation->elsewhere) return true;
  if (!is_over(state_.operation)) return state_.operation->awaited && following_ == 0;
  const OperationResult& result = state_.operation->result;
  return state_.operation->phase == Phase::kCancelled && result.steps.empty() && !result.has_files;
}

void Session::follow(OperationKind kind, const model::OperationStatus& ongoing) {
  following_ = ongoing.id;
  asked_ = {};
  state_.operation = Operation{kind, Phase::kRunning, {}, {}, {}, false, ongoing.callers > 0};
  call(Channel::kOperation, "Follow", {{"operation", ongoing.id}}, true, &Session::take_followed);
}

void Session::take_followed(const Result<Object>& reply, base::WallTime now) {
  following_ = 0;
  if (!reply && reply.error().code == ErrorCode::kNotFound) {  // it ended before it was followed
    stale_ = true;
    state_.operation.reset();
    ask_history();
    return begin_scan();
  }
  if (!reply && reply.error().code == ErrorCode::kCancelled) {
    // It was left, not ended: others wait for it. The next snapshot says whether they still do.
    state_.operation->phase = Phase::kRunning;
    state_.operation->awaited = true;
    return;
  }
  if (!reply) return take_operation(reply, now);
  const Object* result = child(*reply, "result");
  take_operation(result != nullptr ? *result : Object{}, now);
}

void Session::take_top(const Result<Object>& reply, base::WallTime) {
  if (reply) state_.processes = decode_processes(*reply);
}

void Session::begin_scan() {
  if (state_.scanning) return;
  state_.scanning = true;
  state_.scan_failure.clear();
  state_.scan_progress.reset();
  call(Channel::kScan, "Scan", {}, true, &Session::take_scan);
}

void Session::take_scan(const Result<Object>& reply, base::WallTime) {
  state_.scanning = false;
  state_.scan_progress.reset();
  if (reply) state_.offer.reset();  // it is about what was found before
  if (reply)
    state_.scan = decode_scan(*reply);
  else
    state_.scan_failure = reply.error().message;
}

void Session::ask_history() {
  call(Channel::kQuick, "History", {{"limit", kHistoryRows}}, false, &Session::take_history);
}

void Session::take_history(const Result<Object>& reply, base::WallTime) {
  state_.history_failure = reply ? "" : reply.error().message;
  if (reply) state_.history = decode_history(*reply);
}

void Session::take_settings(const Result<Object>& reply, base::WallTime) {
  state_.settings_failure = reply ? "" : reply.error().message;
  if (reply) state_.settings = decode_settings(*reply);
}

void Session::take_nothing(const Result<Object>&, base::WallTime) {}

void Session::start(OperationKind kind, std::string method, Object parameters) {
  if (!is_over(state_.operation) || state_.link != Link::kConnected) return;
  state_.operation = Operation{kind, Phase::kRunning, {}, {}, {}, false};
  state_.page = Page::kOverview;  // where its progress is
  call(Channel::kOperation, std::move(method), std::move(parameters), true,
       &Session::take_operation);
}

void Session::clean(const std::vector<std::string>& categories) {
  if (!state_.offer || state_.offer->categories != categories) return ask_offer(categories, false);
  if (!is_over(state_.operation) || state_.link != Link::kConnected) return;
  asked_ = *std::exchange(state_.offer, std::nullopt);
  start(OperationKind::kClean, "Clean", {{"plan", asked_.plan}});
}

void Session::ask_offer(std::vector<std::string> categories, bool renewed) {
  if (!is_over(state_.operation) || state_.link != Link::kConnected) return;
  state_.offer.reset();
  asked_ = {};
  asked_.categories = std::move(categories);
  asked_.renewed = renewed;
  const boost::json::array ids(asked_.categories.begin(), asked_.categories.end());
  state_.operation = Operation{OperationKind::kOffer, Phase::kRunning, {}, {}, {}, false};
  call(Channel::kOperation, "Clean", {{"categories", ids}, {"dry_run", true}}, true,
       &Session::take_offer);
}

void Session::take_offer(const Result<Object>& reply, base::WallTime) {
  if (is_over(state_.operation)) return;
  Operation& operation = *state_.operation;
  if (!reply && reply.error().code != ErrorCode::kCancelled) {
    operation.phase = Phase::kFailed;
    operation.failure = reply.error().message;
    return;
  }
  if (!reply || operation.phase == Phase::kCancelling) return state_.operation.reset();
  Offer offer = decode_offer(*reply);
  if (offer.plan.empty()) {  // nothing is left; the result says so
    operation = Operation{OperationKind::kClean,
                          Phase::kDone,
                          {},
                          decode_result(OperationKind::kClean, *reply),
                          {},
                          false};
    return begin_scan();
  }
  offer.categories = asked_.categories;
  offer.renewed = asked_.renewed;
  state_.offer = std::move(offer);
  state_.operation.reset();
}

void Session::take_operation(const Result<Object>& reply, base::WallTime) {
  if (is_over(state_.operation)) return;
  Operation& operation = *state_.operation;
  const bool stopped = operation.phase == Phase::kCancelling;
  // The agent keeps a plan for a day. What would go now is shown before anything does.
  if (!reply && operation.kind == OperationKind::kClean && !asked_.plan.empty() &&
      (reply.error().code == ErrorCode::kNotFound ||
       reply.error().code == ErrorCode::kUnavailable)) {
    state_.operation.reset();
    return ask_offer(asked_.categories, true);
  }
  operation.progress.reset();
  stale_ = true;
  if (reply) {
    operation.phase = stopped ? Phase::kCancelled : Phase::kDone;
    operation.result = decode_result(operation.kind, *reply);
  } else if (reply.error().code == ErrorCode::kCancelled) {
    operation.phase = Phase::kCancelled;
  } else {
    operation.phase = Phase::kFailed;
    operation.failure = reply.error().message;
  }
  ask_history();
  if (operation.kind != OperationKind::kOptimize || operation.result.has_files) begin_scan();
}

void Session::take_cancelled(const Result<Object>&, base::WallTime) {}

void Session::set(const std::string& key, const std::string& value) {
  call(Channel::kQuick, "SetConfig", {{"key", key}, {"value", value}}, false,
       &Session::take_settings);
}

void Session::act(const Intent& intent) {
  switch (intent.kind) {
    case Intent::Kind::kOptimize:
      return start(OperationKind::kOptimize, "Optimize", {{"dry_run", false}});
    case Intent::Kind::kClean:
      return clean(intent.categories);
    case Intent::Kind::kWithdraw:
      return state_.offer.reset();
    case Intent::Kind::kUndo: {
      Object parameters;
      if (intent.run) parameters["run"] = *intent.run;
      return start(OperationKind::kUndo, "Undo", std::move(parameters));
    }
    case Intent::Kind::kCancel:
      if (!state_.operation || state_.operation->phase != Phase::kRunning) return;
      if (state_.operation->elsewhere || state_.operation->awaited) return;
      state_.operation->phase = Phase::kCancelling;
      return call(Channel::kOperation, "Cancel", {}, false, &Session::take_cancelled);
    case Intent::Kind::kDismiss:
      if (is_over(state_.operation)) state_.operation.reset();
      return;
    case Intent::Kind::kScan:
      if (state_.link == Link::kConnected) begin_scan();
      return;
    case Intent::Kind::kTick:
      for (const std::string& id : intent.categories) state_.ticks[id] = intent.flag;
      state_.offer.reset();
      return;
    case Intent::Kind::kPause:
      return call(Channel::kQuick, "Pause", {{"seconds", kPauseSeconds}}, false,
                  &Session::take_nothing);
    case Intent::Kind::kResume:
      return call(Channel::kQuick, "Resume", {}, false, &Session::take_nothing);
    case Intent::Kind::kShowPage:
      state_.page = intent.page;
      return;
    case Intent::Kind::kSet:
      return set(intent.key, intent.value);
    case Intent::Kind::kDismissWelcome:
      state_.welcome = false;
      return;
    case Intent::Kind::kClose:
      return;
  }
}

}  // namespace lull::ui
