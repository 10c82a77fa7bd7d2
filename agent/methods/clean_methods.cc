// SPDX-License-Identifier: MIT
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "agent/control/json_codec.h"
#include "agent/methods/methods.h"
#include "agent/methods/parameters.h"
#include "agent/methods/progress_pump.h"

namespace lull::agent {
namespace {

using base::Result;
using control::Call;
using control::Object;

constexpr std::size_t kMostPaths = 10'000;

struct CleanWish {
  std::vector<std::string> categories;
  std::string plan;
  bool dry_run = false, items = false, free_now = false;
};

Result<CleanWish> wish_of(const Call& call) {
  Parameters parameters(call.parameters);
  CleanWish wish;
  wish.categories = parameters.texts("categories");
  wish.plan = parameters.text("plan");
  wish.dry_run = parameters.flag("dry_run");
  wish.items = parameters.flag("items");
  wish.free_now = parameters.flag("free_now");
  if (!wish.plan.empty() && (wish.dry_run || !wish.categories.empty()))
    parameters.refuse(
        "a plan says itself what goes: neither 'categories' nor 'dry_run' go with it");
  LULL_TRY(parameters.finish());
  return wish;
}

// By which the next one like it knows how long this one took.
std::string work_of(const CleanWish& wish) {
  std::string work = wish.free_now ? "clean, free now" : "clean";
  for (const std::string& category : wish.categories) work += " " + category;
  return work;
}

// Scans and moves, unless it is one of both.
Forecast forecast_of(const CleanWish& wish, const RunCosts& costs) {
  if (wish.dry_run) return {Counts::kSeen};
  if (!wish.plan.empty()) return {Counts::kMoved};
  Forecast forecast{Counts::kMoved, true};
  if (const auto cost = costs.last(work_of(wish))) forecast.took = cost->elapsed;
  return forecast;
}

Result<model::PlanReport> offer(const MethodServices& services, Call& call, const CleanWish& wish,
                                ProgressPump& pump) {
  return services.clean.offer(services.jobs, wish.categories, wish.items, call.cancel,
                              [&](const auto& ticket) { pump.watch(ticket, Counts::kSeen); });
}

Result<Object> carry_out(const MethodServices& services, Call& call, const std::string& plan,
                         bool free_now, ProgressPump& pump) {
  const auto report =
      services.clean.clean(services.jobs, plan, free_now, call.cancel,
                           [&](const auto& ticket) { pump.watch(ticket, Counts::kMoved); });
  if (!report) return tl::unexpected(report.error());
  return control::encode(*report);
}

// Nothing was found, or not all was looked at: no run, and so says the answer.
Object nothing_done(const model::PlanReport& offered, bool items) {
  Object answer = control::encode(offered, items);
  answer["dry_run"] = false;
  for (const char* none : {"moved_items", "moved_bytes", "pending_bytes"}) answer[none] = 0;
  return answer;
}

Result<Object> clean(const MethodServices& services, Call& call) {
  const auto wish = wish_of(call);
  if (!wish) return tl::unexpected(wish.error());
  services.habits.looked(Habits::Look::kResult);
  ProgressPump pump(services.engine, call, forecast_of(*wish, services.costs));
  if (!wish->plan.empty()) return carry_out(services, call, wish->plan, wish->free_now, pump);
  const base::SteadyTime begun = services.engine.now();
  const auto offered = offer(services, call, *wish, pump);
  if (!offered) return tl::unexpected(offered.error());
  if (wish->dry_run) return control::encode(*offered, wish->items);
  if (offered->id.empty()) return nothing_done(*offered, wish->items);
  auto answer = carry_out(services, call, offered->id, wish->free_now, pump);
  if (answer && !call.cancel.cancelled()) {
    base::ProgressSnapshot done;
    done.done_items = offered->items;
    services.costs.learn(work_of(*wish), done, services.engine.now() - begun);
  }
  return answer;
}

Result<Object> undo(const MethodServices& services, Call& call) {
  Parameters parameters(call.parameters);
  const auto run = parameters.integer("run", 1, std::numeric_limits<std::int64_t>::max());
  const std::vector<std::string> paths = parameters.paths("paths", kMostPaths);
  LULL_TRY(parameters.finish());
  ProgressPump pump(services.engine, call, {Counts::kMoved});
  const auto report =
      services.undo.undo(services.jobs, run, paths, call.cancel,
                         [&](const auto& ticket) { pump.watch(ticket, Counts::kMoved); });
  if (!report) return tl::unexpected(report.error());
  return control::encode(*report);
}

}  // namespace

void add_clean_methods(control::MethodTable& table, const MethodServices& services) {
  table.add(
      "Clean", [services](Call& call) { return clean(services, call); }, is_no_dry_run);
  table.add(
      "Undo", [services](Call& call) { return undo(services, call); }, control::always_outlives);
}

}  // namespace lull::agent
