// SPDX-License-Identifier: MIT
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "agent/control/json_codec.h"
#include "agent/methods/methods.h"
#include "agent/methods/parameters.h"
#include "agent/methods/progress_pump.h"
#include "scheduler/task_group.h"

namespace lull::agent {
namespace {

using base::Result;
using control::Call;
using control::Object;

enum class Files : std::uint8_t { kNone, kPlan, kMove };
struct Wish {
  bool dry_run = false;
  Files files = Files::kMove;
};

Result<Wish> wish_of(const Call& call) {
  Parameters parameters(call.parameters);
  Wish wish;
  wish.dry_run = parameters.flag("dry_run");
  const std::string files = parameters.text("clean");
  if (files == "none")
    wish.files = Files::kNone;
  else if (files == "plan")
    wish.files = Files::kPlan;
  else if (!files.empty() && files != "move")
    parameters.refuse("'clean' is one of none, plan, move");
  LULL_TRY(parameters.finish());
  return wish;
}

// By which the next one like it knows how long this one took.
std::string work_of(const Wish& wish) {
  if (wish.dry_run) return wish.files == Files::kNone ? "optimize dry, memory" : "optimize dry";
  constexpr std::array kNames = {"optimize memory", "optimize plan", "optimize move"};
  return kNames[static_cast<std::size_t>(wish.files)];
}

Forecast forecast_of(const Wish& wish, const RunCosts& costs) {
  Forecast forecast;
  if (wish.files == Files::kNone) forecast.last = Counts::kSteps;
  if (wish.files == Files::kMove && !wish.dry_run) forecast.last = Counts::kMoved;
  forecast.several = wish.files != Files::kNone;
  if (const auto cost = costs.last(work_of(wish))) forecast.took = cost->elapsed;
  return forecast;
}

// The scan goes on beside the memory operations; what moves waits for both.
class Optimize {
 public:
  Optimize(const MethodServices& services, Call& call, const Wish& wish)
      : services_(services),
        call_(call),
        wish_(wish),
        pump_(services.engine, call, forecast_of(wish, services.costs)) {}

  Result<Object> run() {
    const base::SteadyTime begun = services_.engine.now();
    if (wish_.files == Files::kNone) {
      relieve();
    } else {
      scheduler::TaskGroup group(services_.engine, call_.cancel);
      group.spawn("optimize scan", [this](const base::CancelToken& cancel) { look(cancel); });
      relieve();
      group.join();
    }
    if (!report_) return tl::unexpected(report_.error());
    Object answer = control::encode(*report_);
    answer["clean"] = files();
    const base::Duration elapsed = services_.engine.now() - begun;
    answer["elapsed_seconds"] = base::to_seconds(elapsed);
    learn(elapsed);
    return answer;
  }

 private:
  void relieve() {
    report_ = services_.optimize.optimize(
        services_.jobs, wish_.dry_run, call_.cancel,
        [this](const auto& ticket) { pump_.watch(ticket, Counts::kSteps); });
  }

  void look(const base::CancelToken& cancel) {
    offered_ = services_.clean.offer(services_.jobs, {}, false, cancel, [this](const auto& ticket) {
      pump_.watch(ticket, Counts::kSeen);
    });
  }

  // What could not be looked at or moved does not undo what was said of memory.
  boost::json::value files() {
    if (!offered_) return nullptr;
    if (!*offered_) return failed(offered_->error());
    const bool moves = wish_.files == Files::kMove && !wish_.dry_run;
    if (!moves || (*offered_)->id.empty() || call_.cancel.cancelled()) {
      Object plan = control::encode(**offered_, false);
      if (moves) {
        plan["dry_run"] = false;
        for (const char* none : {"moved_items", "moved_bytes", "pending_bytes"}) plan[none] = 0;
      }
      return plan;
    }
    const auto moved =
        services_.clean.clean(services_.jobs, (*offered_)->id, false, call_.cancel,
                              [this](const auto& ticket) { pump_.watch(ticket, Counts::kMoved); });
    if (!moved) return failed(moved.error());
    return control::encode(*moved);
  }

  // One that was cut short tells nothing about the next.
  void learn(base::Duration elapsed) {
    if (report_->cancelled || call_.cancel.cancelled()) return;
    base::ProgressSnapshot steps;
    steps.done_items = report_->operations.size();
    services_.costs.learn(work_of(wish_), steps, elapsed);
  }

  static Object failed(const base::Error& error) {
    Object object = control::encode(model::CleanReport{});
    object["run"] = nullptr;
    object["outcome"] = "failed";
    object["failed"] =
        boost::json::array{Object{{"path", error.path}, {"error", error.to_string()}}};
    return object;
  }

  const MethodServices& services_;
  Call& call_;
  const Wish wish_;
  ProgressPump pump_;
  Result<model::OptimizeReport> report_ =
      base::fail(base::ErrorCode::kInternal, "it did not begin");
  std::optional<Result<model::PlanReport>> offered_;
};

Result<Object> optimize(const MethodServices& services, Call& call) {
  const auto wish = wish_of(call);
  if (!wish) return tl::unexpected(wish.error());
  services.habits.looked(Habits::Look::kResult);
  return Optimize(services, call, *wish).run();
}

}  // namespace

void add_optimize_methods(control::MethodTable& table, const MethodServices& services) {
  table.add(
      "Optimize", [services](Call& call) { return optimize(services, call); }, is_no_dry_run);
}

}  // namespace lull::agent
